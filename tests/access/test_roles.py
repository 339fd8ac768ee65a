"""Every address called as every role and as somebody of another municipality: who may, may; who may not, reads and
changes nothing.

Refusals really commit here and the tables are counted; what is allowed is rolled back, so that one row of everything
is there for the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event, func, select
from sqlmodel import Session, SQLModel

from journey.models import AuditEntry, Participant, Study, Upload
from journey.rules.roles import ADMIN, INTEGRATOR, MANAGER, RESEARCHER
from tests.access.table import INNER, Entry, entries, table
from tests.access.world import NAME, NOTE, OTHER, QUOTE, STUDY, Person, World, built
from tests.support.databases import Databases
from tests.support.source import REPOSITORY

pytestmark = pytest.mark.both

DAY = "2026-03-10"
# What a token must send to be heard at all; a new address with a body needs one here.
BODIES: dict[str, Any] = {
    "/calls/{call_id}/attempts": {"outcome": "no_answer"},
    "/participants/{code}/withdrawal": {"level": "stop"},
    "/studies/{study}/participants": {
        "route": "27plus",
        "channel": "call",
        "phone": "0611111111",
        "consent": {
            "participate": True,
            "quotes": False,
            "recording": False,
            "given_via": "oral",
            "text_version": "2026-1",
        },
    },
    "/participants/{code}/steps": {"step": "cv", "happened_on": DAY, "source": "call"},
    "/participants/{code}/application": {"received_on": DAY, "source": "call"},
    "/participants/{code}/suspensions": {"ground": "1a", "invited_on": DAY, "term": "2026-03-20"},
    "/participants/{code}/extension": {"sent_on": DAY, "until": "2026-06-01"},
    "/participants/{code}/reference": {"reference": "Z-1"},
    "/participants/{code}/decision": {"sent_on": DAY, "outcome": "granted"},
    "/participants/{code}/departure": {"left_on": DAY, "reason": "moved"},
    "/participants/{code}/link": None,
    "/participants/{code}/ratings": {
        "step": "cv",
        "subject": "step",
        "value": "neutral",
        "channel": "call",
    },
    "/participants/{code}/closing-interview": {"grade": 7, "statements": {}},
    "/studies/{study}/journeys": {"reference": "R-9", "route": "27plus", "facts": []},
    "/studies/{study}/exports": {"content": "figures", "format": "csv", "purpose": "toets"},
    "/studies/{study}/responses": {"mode": "web", "answers": {}},
    "/studies": {
        "code": "nieuw",
        "name": "Nieuw",
        "municipality": "Haarlem",
        "routes": ["27plus"],
        "starts_on": DAY,
    },
}
# Parameters that belong to one study: for another they do not exist.
OURS = (
    "study",
    "code",
    "call_id",
    "signal_id",
    "message_id",
    "reply_id",
    "upload_id",
    "meeting_id",
    "rating",
    "action_id",
    "group_id",
    "number",
    "user_id",
    "researcher",
)
SHARED = ("/admin/languages/", "/p/", "/recordings/", "/webhooks/")
# What the installation of this test does not have.
NOT_HERE = {
    "GET /metrics",
    "GET /recordings/{language}/{name}",
    "GET /.well-known/security.txt",
    "GET /studies/{study}/published",  # only of the study of 2016
    "POST /admin/languages/{code}/recordings",  # takes a sentence and a sound
    # Only of a survey: tests/survey/test_roles.py.
    "GET /api/v1/studies/{study}/items",
    "GET /api/v1/studies/{study}/response",
    "POST /api/v1/studies/{study}/responses",
    "GET /studies/{study}/response",
    "GET /studies/{study}/questionnaire",
    "GET /studies/{study}/questionnaire.xlsx",
}
# Rows that every request may touch: when a session or token was last used, how often something was tried, and the line
# that says somebody was refused.
TOUCHED = re.compile(
    r"(insert into|update|delete from) (user_session|api_token|throttle)\b|insert into audit_entry\b",
    re.IGNORECASE,
)
WRITES = re.compile(r"(insert into|update|delete from) ", re.IGNORECASE)


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(databases, tmp_path_factory.mktemp("access")) as world:
        yield world


@pytest.fixture(scope="module")
def every(world: World) -> list[Entry]:
    """Questions before changes: a change may use up what a question asks for."""
    return sorted(entries(world.app), key=lambda entry: entry.method == "POST")


def call(world: World, who: Person, entry: Entry, address: str | None = None) -> Response:
    options: dict[str, Any] = {}
    if who.token:
        options["headers"] = {"Authorization": f"Bearer {who.token}"}
    reads = entry.method in ("GET", "HEAD")
    if entry.token and not reads:
        options["json"] = BODIES[entry.path.removeprefix("/api/v1")]
    elif not reads:
        options["data"] = {"csrf_token": who.csrf, **world.forms.get(entry.path, {})}
    return who.client.request(entry.method, address or world.address(entry.path), **options)


def admits(entry: Entry, who: Person) -> bool:
    """Whether the declaration lets this person in."""
    return entry.roles is None or (who.role in entry.roles and bool(who.token) == entry.token)


@contextmanager
def written(world: World) -> Iterator[list[str]]:
    """The statements that change rows, while this lasts."""
    seen: list[str] = []

    def look(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if WRITES.match(statement) and not TOUCHED.match(statement):
            seen.append(statement)

    engine = world.house.database.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", look)


def counted(world: World) -> dict[str, int]:
    """Rows per table; of the audit trail the lines that are about more than a refusal."""
    with world.house.database.read() as session:
        rows = {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
            if name not in ("user_session", "api_token", "throttle")
        }
        refused = select(func.count()).where(AuditEntry.action == "access.refuse")  # type: ignore[arg-type]
        rows["audit_entry"] -= session.execute(refused).scalar_one()
    return rows


@pytest.fixture
def rolled_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views run and answer as always, and nothing stays."""
    database = world.house.database
    original = database.write

    @contextmanager
    def write(*args: Any, **options: Any) -> Iterator[Session]:
        with original(*args, **options) as session:

            def take_back() -> None:
                session.flush()
                session.expunge_all()  # what was read stays readable, as after a commit
                session.rollback()

            session.commit = take_back  # type: ignore[method-assign]
            yield session

    monkeypatch.setattr(database, "write", write)


def test_the_page_about_access_is_what_the_code_says(world: World) -> None:
    page = (REPOSITORY / "docs" / "access.md").read_text(encoding="utf-8")
    assert page == table(world.app), "make access"


def test_every_address_can_be_called_here(world: World, every: list[Entry]) -> None:
    """A new parameter needs a place in `world.py`, a new body one in `BODIES`."""
    unknown = []
    for entry in every:
        try:
            world.address(entry.path)
        except KeyError as name:
            unknown.append(f"{entry.key}: {name}")
        if entry.token and entry.method != "GET" and entry.path.removeprefix("/api/v1") not in BODIES:
            unknown.append(f"{entry.key}: body")
    assert unknown == []


def test_who_may_not_is_refused_and_changes_nothing(world: World, every: list[Entry]) -> None:
    before, wrong = counted(world), []
    with written(world) as statements:
        for who in world.of(STUDY):
            for entry in every:
                if admits(entry, who) or not _speaks_for_others(entry, who):
                    continue
                answer = call(world, who, entry)
                if answer.status_code != _refusal(entry, who) or _told(world, answer):
                    wrong.append(f"{who.label}: {entry.key} {answer.status_code}")
                elif answer.status_code == 303 and answer.headers["location"] != "/":
                    wrong.append(f"{who.label}: {entry.key} to {answer.headers['location']}")
                if statements:
                    wrong.append(f"{who.label}: {entry.key} wrote {statements.pop()}")
    assert wrong == [], "\n".join(wrong)
    assert counted(world) == before


def _speaks_for_others(entry: Entry, who: Person) -> bool:
    """A page looks at no token and a link is no session, so two tokens and nobody stand for all of them."""
    return who.role != "participant" and (
        entry.token or not who.token or who.role in (RESEARCHER, INTEGRATOR)
    )


def _refusal(entry: Entry, who: Person) -> int:
    if entry.token:
        return 403 if who.token else 401
    return 403 if who.csrf else 303


def _told(world: World, answer: Response) -> list[str]:
    """Words about our person in an answer, but for those that stand in the address that was asked: the way back after
    signing in repeats it, to who typed it."""
    said, asked = answer.text + str(answer.headers), str(answer.request.url)
    return [word for word in world.secrets if word in said and word not in asked]


@pytest.mark.usefixtures("rolled_back")
def test_who_may_is_let_in_and_managers_and_integrators_read_of_nobody(
    world: World, every: list[Entry]
) -> None:
    wrong, found = [], dict.fromkeys((entry.key for entry in every), False)
    for who in world.of(STUDY):
        for entry in every:
            if not admits(entry, who) or (entry.roles is None and not _asks_for_everyone(who)):
                continue
            answer = call(world, who, entry)
            status = answer.status_code
            found[entry.key] |= status != 404
            if status >= 500 or (status in (401, 403) and entry.key not in INNER):
                wrong.append(f"{who.label}: {entry.key} {status}")
            wrong += [
                f"{who.label}: {entry.key} told {word}" for word in _forbidden(world, who, entry, answer)
            ]
    assert wrong == [], "\n".join(wrong)
    missing = {key for key, was in found.items() if not was}
    assert sorted(missing - NOT_HERE) == [], "these lead nowhere: fill their parameters and forms"


@pytest.mark.usefixtures("rolled_back")
def test_head_is_answered_wherever_get_is(world: World, every: list[Entry]) -> None:
    wrong = []
    for entry in every:
        who = next((who for who in world.of(STUDY) if admits(entry, who)), None)
        if entry.method != "GET" or who is None:
            continue
        full, head = call(world, who, entry), call(world, who, replace(entry, method="HEAD"))
        if (head.status_code, head.content) != (full.status_code, b""):
            wrong.append(f"{entry.key}: {head.status_code} where GET gives {full.status_code}")
        if head.headers.get("content-type") != full.headers.get("content-type"):
            wrong.append(f"{entry.key}: {head.headers.get('content-type')}")
    assert wrong == [], "\n".join(wrong)


def _asks_for_everyone(who: Person) -> bool:
    """What everybody may, does not look at the role."""
    return who.role == "nobody"


def _forbidden(world: World, who: Person, entry: Entry, answer: Response) -> list[str]:
    if entry.roles is None or who.role not in (MANAGER, INTEGRATOR, ADMIN):
        return []
    never = world.secrets if who.role != ADMIN else (NAME, NOTE, QUOTE)
    return [word for word in _told(world, answer) if word in never]


def test_for_another_municipality_nothing_of_ours_exists(world: World, every: list[Entry]) -> None:
    before, wrong = counted(world), []
    with written(world) as statements:
        for who in world.of(OTHER):
            for entry in every:
                ours = _ours(entry)
                if not admits(entry, who) or not ours:
                    continue
                answer = call(world, who, entry)
                if answer.status_code != 404:
                    wrong.append(f"{who.label}: {entry.key} {answer.status_code}")
                wrong += [f"{who.label}: {entry.key} told {word}" for word in _told(world, answer)]
                if statements:
                    wrong.append(f"{who.label}: {entry.key} wrote {statements.pop()}")
    assert wrong == [], "\n".join(wrong)
    assert counted(world) == before


def _ours(entry: Entry) -> bool:
    return not entry.path.startswith(SHARED) and any(f"{{{name}}}" in entry.path for name in OURS)


@pytest.mark.usefixtures("rolled_back")
def test_lists_of_another_municipality_hold_nobody_of_ours(world: World, every: list[Entry]) -> None:
    wrong = []
    for who in world.of(OTHER):
        for entry in every:
            if entry.method == "GET" and entry.roles is not None and admits(entry, who) and not _ours(entry):
                answer = call(world, who, entry)
                wrong += [f"{who.label}: {entry.key} told {word}" for word in _told(world, answer)]
    assert wrong == [], "\n".join(wrong)


def test_an_id_of_ours_behind_a_name_of_theirs_is_not_there(world: World, every: list[Entry]) -> None:
    """Their own study or person in the address, and our number after it."""
    holder = {"study": OTHER, "code": _code_of(world)}
    wrong, before = [], counted(world)
    for who in world.of(OTHER):
        for entry in every:
            both = [name for name in OURS[2:] if f"{{{name}}}" in entry.path]
            if not admits(entry, who) or not both or entry.path.startswith(SHARED):
                continue
            if not ("{study}" in entry.path or "{code}" in entry.path):
                continue
            address = entry.path.format_map({**world.places, **holder})
            answer = call(world, who, entry, address)
            if answer.status_code not in (404, 422):
                wrong.append(f"{who.label}: {entry.key} {answer.status_code}")
            wrong += [f"{who.label}: {entry.key} told {word}" for word in _told(world, answer)]
    assert wrong == [], "\n".join(wrong)
    assert counted(world) == before


def _code_of(world: World) -> str:
    with world.house.work(write=False) as work:
        statement = select(Participant.code).join(Study).where(Study.code == OTHER)  # type: ignore[arg-type,call-overload]
        return str(work.session.execute(statement).scalars().first())


def test_a_link_opens_one_page_only(world: World, every: list[Entry]) -> None:
    """Somebody with a link of their own and the numbers of ours."""
    holder = next(who for who in world.of(OTHER) if who.link)
    wrong = []
    for entry in every:
        if "{token}" not in entry.path or not entry.path.startswith("/p/"):
            continue
        address = entry.path.format_map({**world.places, "token": holder.link})
        answer = call(world, holder, entry, address)
        if answer.status_code >= 500:
            wrong.append(f"{entry.key} {answer.status_code}")
        wrong += [f"{entry.key} told {word}" for word in _told(world, answer)]
    assert wrong == [], "\n".join(wrong)
    with world.house.work(write=False) as work:
        assert work.session.exec(select(Upload.deleted_at)).scalars().all() == [None]


def test_a_form_without_the_field_of_the_session_is_refused(world: World, every: list[Entry]) -> None:
    wrong = []
    researcher = world.of(STUDY)[0]
    with written(world) as statements:
        for entry in every:
            if entry.method == "POST" and not entry.token and entry.roles and researcher.role in entry.roles:
                answer = researcher.client.post(world.address(entry.path), data={})
                if answer.status_code != 403 or statements:
                    wrong.append(f"{entry.key} {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_an_address_without_a_place_is_noticed(world: World) -> None:
    with pytest.raises(KeyError):
        world.address("/studies/{study}/secrets/{secret_id}")
