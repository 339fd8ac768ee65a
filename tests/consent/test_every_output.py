"""Who stopped is gone from every output at once: each address that a lead, a manager or a token may read, every export
and every form of the report is fetched, whoever stopped it and however far.

The addresses come from the code itself, so that a new page, feed or file is searched too.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from pypdf import PdfReader

from journey.auth.scope import get_participant
from journey.export.queries import FORMATS
from journey.portal.inbound import receive_text
from journey.rules.roles import LEAD, MANAGER, RESEARCHER
from tests.access.table import entries
from tests.access.world import NAME, NOTE, PHONE, QUOTE, STUDY, TEXT, Person, World, built
from tests.support.databases import Databases

REACH = (NAME, PHONE, "+31612345678", "06 12345678")
SAID = (QUOTE, NOTE, TEXT)
# A lead may all that a researcher may.
READERS = ((LEAD, False), (MANAGER, False), (RESEARCHER, True))
# What a page about one person, asked for by code, may still say to a researcher after a stop.
ABOUT_ONE = ("{code}", "{call_id}", "{rating}", "{reply_id}", "{message_id}")
# Where the pseudonym of who stopped stands on purpose: who left, what was done, and answers that were left to use.
KEEPS_CODE = re.compile(r"^/(participants$|api/v1/participants/|participants/|admin/|studies/[^/]+/quotes)")

Found = dict[str, set[str]]


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    with built(databases, tmp_path) as world:
        yield world


def readers(world: World) -> list[Person]:
    return [one for one in world.of(STUDY) if (one.role, bool(one.token)) in READERS]


def answers(world: World) -> Iterator[tuple[str, Response]]:
    """Every answer to a question that somebody may ask; a page, a feed or a file."""
    for entry in entries(world.app):
        if entry.method != "GET" or (entry.roles is None and not entry.path.startswith("/agenda/feed/")):
            continue
        for who in readers(world):
            if entry.roles is not None and (who.role not in entry.roles or bool(who.token) != entry.token):
                continue
            headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
            yield entry.path, who.client.get(world.address(entry.path), headers=headers)
    own = next(one for one in readers(world) if one.token)
    bearer = {"Authorization": f"Bearer {own.token}"}
    files = [("answers", form) for form in FORMATS] + [("journeys", "xes"), ("figures", "json")]
    for content, form in files:
        body = {"content": content, "format": form, "purpose": "toets"}
        answer = own.client.post(f"/api/v1/studies/{STUDY}/exports", json=body, headers=bearer)
        yield f"export {content} {form}", answer
    signed = next(one for one in readers(world) if one.role == LEAD)
    for form in ("pdf", "docx"):
        yield f"report {form}", signed.client.get(f"/studies/{STUDY}/report?format={form}")


def text_of(answer: Response) -> str:
    """What can be read in an answer, also in a file that is packed."""
    body = answer.content
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return body.decode("utf-8", "replace")


def search(world: World, words: tuple[str, ...]) -> Found:
    """By word the addresses whose answer holds it."""
    found: Found = {word: set() for word in words}
    for place, answer in answers(world):
        assert answer.status_code < 500, place
        text = text_of(answer) if answer.status_code == 200 else ""
        for word in words:
            if word in text:
                found[word].add(place)
    return found


def stop(world: World, way: str, level: str) -> None:
    code, step = world.places["code"], "cv" if level == "from_step" else ""
    typed = {"level": level, "step": step}
    own = {bool(one.token): one for one in world.of(STUDY) if one.role == RESEARCHER}
    if way == "page":
        guest = next(one for one in world.people if one.role == "nobody")
        answer = guest.client.post(f"/p/{world.special.get('/p/', world.places)['token']}/stop", data=typed)
    elif way == "researcher":
        answer = own[False].client.post(
            f"/participants/{code}/withdrawal", data={**typed, "csrf_token": own[False].csrf}
        )
    elif way == "api":
        body = {"level": level, **({"step": step} if step else {})}
        bearer = {"Authorization": f"Bearer {own[True].token}"}
        answer = own[True].client.post(f"/api/v1/participants/{code}/withdrawal", json=body, headers=bearer)
    else:
        with world.house.work() as work:
            assert receive_text(work, "+31612345678", "STOP", "SM-stop") == "stopped"
        return
    assert answer.status_code in (200, 201, 303), answer.text


def test_before_a_stop_all_of_it_can_be_found(world: World) -> None:
    found = search(world, (NAME, QUOTE, NOTE, TEXT, world.places["code"]))
    assert all(found.values()), found
    assert any(place.startswith("export answers") for place in found[QUOTE])
    assert {"/calls", "/api/v1/calls"} <= found[world.places["code"]]


@pytest.mark.parametrize(
    ("way", "level"), [("page", "erase"), ("researcher", "from_step"), ("sms", "stop"), ("api", "erase")]
)
def test_a_stop_holds_on_every_output(world: World, way: str, level: str) -> None:
    stop(world, way, level)
    code = world.places["code"]
    with world.house.work(write=False) as work:
        assert get_participant(work, code).state == ("erased" if level == "erase" else "stopped")
    found = search(world, (*REACH, *SAID, code))
    assert {place for word in REACH for place in found[word]} == set()
    if level != "stop":
        assert {place for place in found[QUOTE] if not any(one in place for one in ABOUT_ONE)} == set()
    if level == "erase":
        assert {place for word in SAID for place in found[word]} == set()
    working = {"/calls", "/api/v1/calls", "/agenda", "/agenda/feed/{token}.ics", "/participants/letters"}
    assert found[code] & working == set()
    left = {place for place in found[code] if not KEEPS_CODE.match(place) and not place.startswith("export")}
    assert level != "erase" or left == set(), left
