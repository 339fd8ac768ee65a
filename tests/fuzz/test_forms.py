"""Every form that a walk finds, posted empty, with random and with hostile values: no fault, nothing that becomes more
than words, nothing of another municipality. `make fuzz` does the same for longer, with other seeds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.fuzz.forms import CSRF, FoundForm, Walk, filled, walk
from tests.fuzz.hostile import HOSTILE, injected, inline
from tests.fuzz.world import EVERYBODY, MARK, World, built
from tests.support.databases import Databases

pytestmark = pytest.mark.both

ROUNDS = 1
READERS = ("researcher", "participant")
FILES = (
    ("leeg.csv", b"", "text/csv"),
    ("naam\r\nX: 1.csv", b'code;route\n\x00\xff\xfe;"', "text/csv"),
    ("../../etc/passwd", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png"),
    ("plaatje.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='qz()'/>", "image/svg+xml"),
    ("x" * 300 + ".xlsx", b"PK\x03\x04" + b"\0" * 40, "application/zip"),
    ("geluid.webm", b"RIFF\0\0\0\0WEBPVP8 ", "audio/webm"),
)


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(databases, tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="module")
def walks(world: World) -> dict[str, Walk]:
    """Every role's pages and forms, before anything was posted."""
    return {role: walk(world.app, world.clients[role], starts(world, role), per_view=1) for role in EVERYBODY}


def starts(world: World, role: str) -> list[str]:
    if role == "participant":
        return [*world.links[:1], "/code", "/check"]
    if role == "nobody":
        return ["/", "/code", "/check", "/privacy", "/accessibility"]
    return ["/", "/studies", "/admin", f"/participants/{world.codes[0]}"]


def test_every_role_walks_without_a_fault(walks: dict[str, Walk]) -> None:
    assert [fault for one in walks.values() for fault in one.faults] == []
    assert len(walks["researcher"].pages) > 40
    assert all(one.forms for one in walks.values())


def test_no_page_holds_a_script_a_style_or_a_handler(walks: dict[str, Walk]) -> None:
    found = {page: inline(html) for one in walks.values() for page, html in one.pages.items()}
    assert {page: what for page, what in found.items() if what} == {}


def test_no_page_names_another_municipality(walks: dict[str, Walk]) -> None:
    named = [(role, page) for role, one in walks.items() for page, html in one.pages.items() if MARK in html]
    assert named == []


def test_what_is_posted_breaks_nothing_and_stays_words(world: World, walks: dict[str, Walk]) -> None:
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    problems = list(attack(world, walks, Random(seed), ROUNDS))
    for role in READERS:
        again = walk(world.app, world.clients[role], starts(world, role), per_view=1)
        problems += again.faults
        for page, html in again.pages.items():
            problems += judged(f"{role} GET {page}", html)
    assert not problems, "\n".join(problems[:40])


def attack(world: World, walks: dict[str, Walk], random: Random, rounds: int) -> Iterator[str]:
    """Each form of each role: without its fields, then filled in `rounds` ways. What a lead shares with a researcher is
    tried as one of them."""
    tried = {"/sign-out"}
    for role in EVERYBODY:
        client = world.clients[role]
        for form in walks[role].forms.values():
            if form.template in tried:
                continue
            for number in range(rounds + 1):
                fields = filled(form, random, HOSTILE) if number else _empty(form)
                yield from post(client, role, form, fields, random)
        if role == "researcher":
            tried |= {form.template for form in walks[role].forms.values()}


def post(
    client: TestClient, role: str, form: FoundForm, fields: dict[str, list[str]], random: Random
) -> Iterator[str]:
    named = f"{role} POST {form.action} {fields}"[:600]
    options: dict[str, Any] = {}
    names = [control.name for control in form.controls if control.kind == "file"]
    if form.multipart:
        options["files"] = {name: random.choice(FILES) for name in names}
    answer = client.post(form.action, data=fields, follow_redirects=False, **options)
    if answer.status_code >= 500:
        yield f"{named}: {answer.status_code}"
    if any(
        name.lower() == "set-cookie" and value.startswith("qz=")
        for name, value in answer.headers.multi_items()
    ):
        yield f"{named}: a header was made"
    if answer.headers.get("content-type", "").startswith("text/html"):
        yield from judged(named, answer.text)


def judged(named: str, html: str) -> list[str]:
    problems = [f"{named}: {what}" for what in injected(html)]
    return [*problems, *([f"{named}: shows another municipality"] if MARK in html else [])]


def _empty(form: FoundForm) -> dict[str, list[str]]:
    return {name: values for name, values in form.as_is().items() if name == CSRF}
