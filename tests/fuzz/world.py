"""A small study with everything in it, beside one of another municipality whose every word is marked.

Who looks at or writes in the first may never see a mark of the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from journey.app import create_app
from journey.auth import service
from journey.auth.service import create_token
from journey.models import Participant
from journey.outbox.service import plan_message, record_reply
from journey.participant.queries import get_journey
from journey.portal.service import create_link
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.rules.roles import ROLES
from journey.seeding.simulate import simulate
from journey.settings import Settings
from journey.work import House
from tests.support.build import build_participant, build_study, sign_in
from tests.support.databases import Databases

STUDY, OTHER = "haarlem-test", "zaanstad-merk"
MARK = "Qzmerk"
TODAY = date(2026, 3, 16)
PEOPLE = 5
STAFF = ("researcher", "lead", "manager", "privacy", "admin")
EVERYBODY = ("participant", "nobody", *STAFF)


@dataclass
class World:
    """`clients` by role; all reach `STUDY` only. `codes` are its people, one who is followed first; `links` are own
    pages of some of them."""

    app: FastAPI
    clients: dict[str, TestClient]
    tokens: dict[str, str]
    codes: list[str]
    links: list[str]
    other: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house


@contextmanager
def quick_hasher() -> Iterator[None]:
    """The fixture of each test comes too late for a world that a whole module shares."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        service._nobody_hash.cache_clear()
        yield
    service._nobody_hash.cache_clear()


@contextmanager
def built(databases: Databases, folder: Path, *, seed: int = 1) -> Iterator[World]:
    """A fresh world; nothing that a fault raises reaches the test: it becomes the answer 500, as outside."""
    with databases.fresh(folder) as url, quick_hasher():
        settings = Settings(database_url=url, today=TODAY, uploads=str(folder / "uploads"))
        app = create_app(settings)
        try:
            yield _fill(app, seed)
        finally:
            app.state.house.database.close()


def _fill(app: FastAPI, seed: int) -> World:
    house: House = app.state.house
    with house.work() as work:
        simulate(work, STUDY, PEOPLE, seed)
        people = work.session.exec(select(Participant).order_by(Participant.code)).all()
        codes = [person.code for person in people]
        active = next(person.code for person in people if person.state == "active")
        links = [
            create_link(work, person).link.removeprefix(house.settings.base_url)
            for person in people
            if person.state == "active"
        ]
        codes.sort(key=lambda code: code != active)
        tokens = {role: create_token(work, role, STUDY) for role in ROLES}
    other = _fill_other(house)
    clients = {role: visitor(app) for role in EVERYBODY}
    for role in STAFF:
        clients[role].cookies.update(dict(sign_in(app, f"{role}@example.nl", role, STUDY).cookies))
    return World(app, clients, tokens, codes, links, other)


def visitor(app: FastAPI) -> TestClient:
    """Not the client that refuses invalid pages: thousands of pages are read here, and others look at each."""
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


def _fill_other(house: House) -> dict[str, str]:
    with house.work() as work:
        study = build_study(work, OTHER, municipality="Zaanstad", name=f"{MARK} onderzoek", research_phone="")
        person = build_participant(work, study, call_name=f"{MARK}naam", phone="0687654321")
        journey = get_journey(work, person)
        record_step(work, journey, "cv", TODAY, source="call")
        record_rating(work, person, NewRating("cv", "step", "negative", "call", f"{MARK}citaat"))
        message = plan_message(work, person, "link", f"{MARK}bericht", "merk:1")
        record_reply(work, f"{MARK}antwoord", "SMmerk", participant=person)
        link = create_link(work, person)
        return {
            "study": OTHER,
            "code": person.code,
            "message": str(message.id) if message else "1",
            "link": link.link.rpartition("/")[2],
            "letter_code": link.letter_code,
        }
