"""A study with its researcher at the screen: what tests of pages about people stand on."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import FastAPI
from httpx2 import Response

from journey.models import Participant
from journey.participant.queries import get_journey, get_writable
from journey.resources import folder
from journey.rules.roles import RESEARCHER
from journey.seeding.load import load_folder
from journey.work import House, Work
from tests.support.again import arranged
from tests.support.build import (
    build_participant,
    build_study,
    build_user,
    csrf_of,
    get_study_by,
    open_session_of,
    signed_in,
)
from tests.support.pages import PageClient

STUDY, OTHER = "haarlem-test", "zandvoort-test"
MONDAY = date(2026, 3, 16)


@dataclass
class Desk:
    """`client` is signed in as a researcher of `STUDY`; `post` sends a form of our own page."""

    app: FastAPI
    client: PageClient

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    def work(self) -> AbstractContextManager[Work]:
        return self.house.work()

    def enrol(self, study: str = STUDY, **changes: Any) -> str:
        with self.work() as work:
            return build_participant(work, get_study_by(work, study), **changes).code

    def arrange(self, code: str, act: Callable[..., Any], *args: Any, **changes: Any) -> None:
        """Call a service that takes the work and the journey of a person."""
        with self.work() as work:
            act(work, get_journey(work, get_writable(work, code)), *args, **changes)

    def person(self, work: Work, code: str) -> Participant:
        from journey.auth.scope import get_participant

        return get_participant(work, code)

    def get(self, address: str) -> Response:
        return self.client.get(address, follow_redirects=False)

    def post(self, address: str, data: dict[str, Any] | None = None, **options: Any) -> Response:
        form = {"csrf_token": csrf_of(self.client), **(data or {})}
        return self.client.post(address, data=form, follow_redirects=False, **options)


def build_desk(app: FastAPI, role: str = RESEARCHER, study: str | None = STUDY) -> Desk:
    """Two studies of two municipalities, the consent texts, and somebody signed in."""
    house: House = app.state.house

    def arrange() -> str:
        with house.work() as work:
            build_study(work, STUDY)
            build_study(work, OTHER, municipality="Zandvoort")
            load_folder(work, folder("seeds") / "consent")
        email = f"{role}@example.nl"
        build_user(house, email, role, study)
        return open_session_of(house, email)

    token = arranged(house, ("desk", role, study), arrange)
    return Desk(app, signed_in(app, token))


def hidden_value(html: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]
