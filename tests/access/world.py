"""One small study with a row of everything, another municipality beside it, and somebody of every role in both.

`PLACES` fills the parameters of every address with what is really there: an address with a parameter that nobody
filled fails the tests, so a new view cannot slip through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from journey.action.service import NewAction, record_action
from journey.agenda.service import create_feed
from journey.app import create_app
from journey.auth import service
from journey.auth.queries import actor_of
from journey.auth.service import create_token, create_user
from journey.call.help import choose_helper, send_help_signal
from journey.document.service import record_snapshot
from journey.imports.keeping import keep
from journey.imports.service import Source
from journey.models import Approach, Call, ReferenceGroup, Reply, RouteVersion, Study, User
from journey.outbox.service import plan_message, record_reply
from journey.participant.case_links import link_case
from journey.participant.queries import get_journey
from journey.participant.service import NewConsent
from journey.portal.service import create_link
from journey.progress.service import create_journey, record_application, record_step
from journey.rating.service import NewRating, record_rating
from journey.recruitment.service import record_meeting
from journey.resources import folder as resource
from journey.route.queries import get_study_route
from journey.rules.roles import ADMIN, LEAD, MANAGER, PRIVACY, RESEARCHER, ROLES
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.study.queries import get_municipality
from journey.upload.service import NewUpload, record_upload
from journey.web.csrf import token_for
from journey.work import House, Work
from tests.support.build import PASSWORD, build_participant, build_study
from tests.support.databases import Databases
from tests.upload.samples import wav

STUDY, OTHER = "haarlem-test", "zandvoort-test"
TODAY = date(2026, 3, 16)
STAFF = (RESEARCHER, LEAD, MANAGER, ADMIN, PRIVACY)
# Words about our person that nobody of another study may read anywhere.
NAME, PHONE, QUOTE, NOTE, TEXT = "Quirijna", "0612345678", "citroengeel", "olifantpad", "zeepaardje"
CONSENT = NewConsent(
    participate=True, text_version="2026-1", given_via="oral", quotes=True, recording=True, photos=True
)
FILE = b"referentie;route\nR-1;27plus\n"


@dataclass(frozen=True)
class Person:
    """Somebody who calls: a signed-in user, a token, a participant with a link, or nobody."""

    label: str
    role: str
    study: str
    client: TestClient
    token: str = ""
    csrf: str = ""
    link: str = ""


@dataclass
class World:
    app: FastAPI
    places: dict[str, str]
    special: dict[str, dict[str, str]]
    forms: dict[str, dict[str, str]]
    secrets: tuple[str, ...]
    people: list[Person]

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    def of(self, study: str) -> list[Person]:
        return [one for one in self.people if one.study == study]

    def address(self, path: str) -> str:
        """The address with what is really there; KeyError names a parameter that is not known here."""
        own = {**self.places, **next((v for k, v in self.special.items() if path.startswith(k)), {})}
        return path.format_map(own)


@contextmanager
def built(databases: Databases, folder: Path) -> Iterator[World]:
    with databases.fresh(folder) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setitem(Settings.model_config, "env_file", None)
        service._nobody_hash.cache_clear()
        app = create_app(
            Settings(database_url=url, env="development", today=TODAY, uploads=str(folder / "uploads"))
        )
        try:
            with start_blocking_portal() as portal:
                world = _fill(app)
                for person in world.people:
                    person.client.portal = portal  # one event loop for all, instead of one for each request
                yield world
        finally:
            app.state.house.database.close()
            service._nobody_hash.cache_clear()


def _fill(app: FastAPI) -> World:
    house: House = app.state.house
    with house.work() as work:
        for code, place in ((STUDY, "Haarlem"), (OTHER, "Zandvoort")):
            build_study(work, code, municipality=place)
            for role in STAFF:
                create_user(work, f"{role}@{code}.nl", role, password=PASSWORD, study=code, name=role.title())
        load_folder(work, resource("seeds") / "consent")
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        users = {user.role: user for user in work.session.exec(select(User)).all() if STUDY in user.email}
        own = replace(work, actor=actor_of(work.session, users[RESEARCHER]))
        places, special, forms = _everything(house, own, study, users)
    secrets = (NAME, PHONE, "+31612345678", QUOTE, NOTE, TEXT, places["code"])
    people = [person for code in (STUDY, OTHER) for person in _people(app, code)]
    return World(app, places, special, forms, secrets, people)


def _everything(
    house: House, work: Work, study: Study, users: Mapping[str, User]
) -> tuple[dict[str, str], dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """`work` is of the researcher of the study. What fills the parameters, per beginning of an address what differs,
    and what a form must say to lead anywhere."""
    session = work.session
    place = get_municipality(work, study.municipality_id)
    person = build_participant(work, study, call_name=NAME, phone=PHONE, consent=CONSENT)
    journey = get_journey(work, person)
    record_step(work, journey, "cv", TODAY, source="call")
    record_application(work, journey, TODAY, source="letter")
    create_journey(work, study, get_study_route(work, study, "27plus"), place, "Z-1")
    link_case(work, person, "Z-1")
    rating = record_rating(work, person, NewRating("cv", "step", "negative", "call", QUOTE))
    choose_helper(work, study, users[RESEARCHER].id)
    signal = send_help_signal(work, person, NOTE, agreed=True)
    message = plan_message(work, person, "link", TEXT, "message:1")
    record_reply(work, TEXT, "SM1", participant=person)
    reply = session.exec(select(Reply)).one()
    upload = record_upload(work, person, NewUpload("voice", wav(seconds=1)))
    call = session.exec(select(Call).where(Call.participant_id == person.id)).one()
    call.note = NOTE
    meeting = record_meeting(work, study, TODAY, "Bijeenkomst", 12)
    approach = Approach(
        meeting_id=meeting.id or 0, answer="later", recorded_by=work.actor.label, recorded_at=work.now
    )
    action = record_action(
        work, study, NewAction("cv", TODAY, {"nl": {"heard": "Het duurt lang.", "done": "Een brief eerder."}})
    )
    group = ReferenceGroup(
        study_id=study.id or 0,
        name="2016",
        source="rapport",
        figures={"route": "27plus", "rows": [], "grade": None, "grade_n": None, "times": {}, "differs": ""},
        entered_by=work.actor.label,
        entered_at=work.now,
    )
    session.add_all([approach, group, call])
    session.flush()
    manager = replace(work, actor=actor_of(session, users[MANAGER]))
    record_snapshot(manager, study, "manager")
    version = session.exec(select(RouteVersion)).first()
    kept = keep(house, work.actor, study, Source("journeys", FILE, ";"))
    forgotten = keep(house, work.actor, study, Source("journeys", FILE + b"R-2;27plus\n", ";"))
    link = create_link(work, person)
    places = {
        "study": study.code,
        "code": person.code,
        "token": link.link.rpartition("/")[2],
        "step": "cv",
        "kind": "application",
        "route": "27plus",
        "call_id": str(call.id),
        "signal_id": str(signal.id),
        "message_id": str(message.id if message else 0),
        "reply_id": str(reply.id),
        "upload_id": str(upload.id),
        "meeting_id": str(meeting.id),
        "rating": str(rating.id),
        "action_id": str(action.id),
        "group_id": str(group.id),
        "number": "1",
        "section": "summary",
        "occasion": "call_announced",
        "language": "nl",
        "researcher": str(users[LEAD].id),
        "user_id": str(users[MANAGER].id),
        "act": "close",
        "version": str(version.id if version else 0),
        "content": "journeys",
        "name": kept,
    }
    feed = create_feed(work)
    special = {
        "/agenda/feed/": {"token": feed.rpartition("/")[2].removesuffix(".ics")},
        "/admin/languages/": {"code": "en"},
        "/studies/{study}/import-template/": {"name": "reizen.csv"},
        "/studies/{study}/import/{content}/{name}/forget": {"name": forgotten},
        "/studies/{study}/team/hand-over/": {"researcher": str(users[RESEARCHER].id)},
        "/recordings/": {"name": "niets.mp3"},
    }
    forms = {
        "/participants/new": {"study": study.code},
        "/participants/new/read": {"study": study.code},
        "/participants/{code}/reference": {"reference": "Z-1"},
        "/participants/{code}/steps/{step}/ratings": {"subject": "step", "value-step": "neutral"},
        "/studies/{study}/recruitment/{meeting_id}/answers": {"approach": str(approach.id)},
        "/studies/{study}/team/moves": {"to": str(users[LEAD].id), "code": person.code},
    }
    return places, special, forms


def _people(app: FastAPI, study: str) -> Iterator[Person]:
    house: House = app.state.house
    for role in STAFF:
        client = visitor(app)
        answer = client.post("/sign-in", data={"email": f"{role}@{study}.nl", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        secret = house.settings.secret_key.get_secret_value()
        csrf = token_for(client.cookies["journey_session"], secret)
        yield Person(f"{role} of {study}", role, study, client, csrf=csrf)
    with house.work() as work:
        tokens = {role: create_token(work, role, study) for role in ROLES}
        place = work.session.exec(select(Study).where(Study.code == study)).one()
        holder = build_participant(work, place, call_name="Tobias", phone="0687654321")
        link = create_link(work, holder).link.rpartition("/")[2]
    for role, token in tokens.items():
        yield Person(f"token {role} of {study}", role, study, visitor(app), token=token)
    yield Person(f"participant of {study}", "participant", study, visitor(app), link=link)
    yield Person(f"nobody beside {study}", "nobody", study, visitor(app))


def visitor(app: FastAPI) -> TestClient:
    """Redirects are answers here, and a fault is the answer 500."""
    return TestClient(
        app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False, follow_redirects=False
    )
