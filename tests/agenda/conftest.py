"""A researcher with people of the own, and hands to move the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.auth.queries import actor_of
from journey.call.service import plan_appointment
from journey.clock import at_local
from journey.models import Call, Participant, User
from journey.work import Work
from tests.support.desk import Desk, build_desk

MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)

Agree = Callable[..., str]


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)


@pytest.fixture
def agree(desk: Desk) -> Agree:
    """`agree(at_local(day, 14), until)` enrols somebody of the own and makes an appointment; gives the code."""

    def make(at: datetime, until: datetime | None = None, *, email: str = "researcher@example.nl") -> str:
        code = enrol_for(desk, email)
        with early(desk) as work:
            plan_appointment(work, call_of(work, code), at, until)
        return code

    return make


def enrol_for(desk: Desk, email: str = "researcher@example.nl", **changes: Any) -> str:
    with early(desk) as work:
        user_id = user_of(work, email).id
    code = desk.enrol(**changes)
    with desk.work() as work:
        person = desk.person(work, code)
        person.researcher_id = user_id
        work.session.add(person)
    return code


def early(desk: Desk):  # type: ignore[no-untyped-def]
    """Monday at eight in the morning, as the system."""
    return desk.house.work(now=at_local(MONDAY, 8))


def as_researcher(work: Work, email: str = "researcher@example.nl") -> Work:
    return replace(work, actor=actor_of(work.session, user_of(work, email)))


def user_of(work: Work, email: str) -> User:
    return work.session.exec(select(User).where(User.email == email)).one()


def call_of(work: Work, code: str) -> Call:
    statement = select(Call).join(Participant).where(Participant.code == code, Call.state == "open")
    return work.session.exec(statement).one()
