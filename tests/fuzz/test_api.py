"""The JSON API against made-up requests of every token and of none: whatever is sent, the answer is one that the
description names, and a refusal is a problem that tells nothing of how we work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from journey.rules.roles import ROLES
from tests.fuzz.hostile import HOSTILE
from tests.fuzz.world import MARK, STUDY, World, built, visitor
from tests.support.databases import Databases

pytestmark = pytest.mark.both

CALLERS = (*ROLES, "nobody")
TELLTALE = ("Traceback", 'File "', "sqlalchemy", "psycopg", "sqlite3", "journey/", "pydantic")
DEEP = "[" * 1000 + "]" * 1000
JSON = "application/json"
RAW = (
    (b"", JSON),
    (b"{", JSON),
    (b"\xff\xfe\x00", JSON),
    (b'{"step": "cv", "step": "workshop", "step": 1}', JSON),
    (f'{{"step": {DEEP}}}'.encode(), JSON),
    (b"[" * 100_000, JSON),
    (b'{"grade": NaN, "statements": {"friendly": Infinity}}', JSON),
    (b'{"grade": 1e400}', JSON),
    (b'{"corrects": ' + b"9" * 4000 + b"}", JSON),
    (b'{"corrects": ' + b"9" * 5000 + b"}", JSON),
    (b'{"\\u0000": "\\ud800"}', JSON),
    (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "application/gzip"),
    (b"<a/>", "application/xml"),
    (b"step=cv&source=call", "application/x-www-form-urlencoded"),
    (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', "multipart/form-data; boundary=x"),
    (b"--x", "multipart/form-data"),
    (b"{}", "application/json; charset=utf-16"),
    (b"{}", "text/plain\x00"),
)


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(databases, tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="module")
def http(world: World) -> TestClient:
    return visitor(world.app)


@pytest.fixture(scope="module")
def document(http: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/api/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def operations(world: World) -> list[Any]:
    found: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", world.app).get_all_operations()
    return [one.ok() for one in found]


def judged(named: str, answer: Any, described: Any) -> list[str]:
    """What is wrong with an answer to an operation with these described responses."""
    said = answer.content[:100_000].decode(errors="replace")  # an export is a file
    problems = [f"{named}: tells {word}" for word in TELLTALE if word in said]
    if MARK in said:
        problems.append(f"{named}: shows another municipality")
    if str(answer.status_code) not in described:
        problems.append(f"{named}: {answer.status_code} is not described")
    elif answer.status_code >= 400:
        kind = answer.headers.get("content-type", "")  # a list in the answers of schemathesis
        body = answer.json() if "application/problem+json" in kind else {}
        if body.get("status") != answer.status_code or not body.get("detail"):
            problems.append(f"{named}: {answer.status_code} is no problem: {said[:200]}")
    return problems


def headers_of(world: World, caller: str) -> dict[str, str]:
    return {} if caller == "nobody" else {"Authorization": f"Bearer {world.tokens[caller]}"}


def known(world: World) -> dict[str, str]:
    """Ids that exist, so that what is made up reaches the code behind them."""
    return {"study": STUDY, "code": world.codes[0], "call_id": "1"}


@pytest.mark.parametrize("caller", CALLERS)
def test_made_up_requests_get_described_answers(world: World, operations: list[Any], caller: str) -> None:
    problems: list[str] = []
    for operation in operations:
        examples = 4 if caller == "researcher" else 1
        problems += try_out(world, operation, caller, examples)
    assert not problems, "\n".join(problems[:30])


def try_out(world: World, operation: Any, caller: str, examples: int) -> list[str]:
    problems: list[str] = []

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def tried(case: Any) -> None:
        case.path_parameters = {
            name: known(world).get(name, value) for name, value in case.path_parameters.items()
        }
        answer = case.call(headers=headers_of(world, caller))
        named = f"{caller} {case.method} {case.formatted_path} {case.query} {case.body!r}"[:500]
        problems.extend(judged(named, answer, operation.definition.raw["responses"]))

    tried()
    return problems


def writing(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        if "post" in item:
            yield path, item["post"]


def test_raw_bodies_of_every_kind_are_refused_as_problems(
    world: World, http: TestClient, document: dict[str, Any]
) -> None:
    problems: list[str] = []
    for path, operation in writing(document):
        for body, content_type in RAW:
            headers: Any = {**headers_of(world, "researcher"), "Content-Type": content_type.encode()}
            answer = http.post("/api/v1" + path.format(**known(world)), content=body, headers=headers)
            problems += judged(f"{path} {body[:60]!r} {content_type}", answer, operation["responses"])
    assert not problems, "\n".join(problems[:30])


def test_hostile_words_in_each_field_are_kept_or_refused(
    world: World, http: TestClient, document: dict[str, Any]
) -> None:
    """One hostile word in every field at once; each address gets a third of the words."""
    problems: list[str] = []
    for number, (path, operation) in enumerate(writing(document)):
        reference = (
            operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {}).get("$ref")
        )
        if not reference:
            continue
        fields = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]["properties"]
        for word in HOSTILE[number % 3 :: 3]:
            body = json.dumps({name: shaped(schema, word) for name, schema in fields.items()})
            headers = {**headers_of(world, "researcher"), "Content-Type": JSON}
            answer = http.post("/api/v1" + path.format(**known(world)), content=body, headers=headers)
            problems += judged(f"{path} {body[:200]}", answer, operation["responses"])
    assert not problems, "\n".join(problems[:30])


def shaped(schema: dict[str, Any], word: str) -> Any:
    """A choice that exists where there is one, else the word."""
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("enum"):
            return one["enum"][0]
        if one.get("type") == "boolean":
            return True
    return word


@pytest.mark.parametrize("word", [word for word in HOSTILE if word and len(word) < 300][::2])
def test_hostile_words_in_an_address_are_not_found(world: World, http: TestClient, word: str) -> None:
    headers = headers_of(world, "researcher")
    for path in (
        "/participants/{}",
        "/participants/{}/deadline",
        "/studies/{}/figures",
        "/studies/{}/lead-times",
    ):
        answer = http.get("/api/v1" + path.format(quote(word, safe="")), headers=headers)
        assert answer.status_code in (404, 405), (path, answer.text)
    for query in ("calls?on=", f"studies/{STUDY}/figures?route=", f"studies/{STUDY}/lead-times?population="):
        answer = http.get(f"/api/v1/{query}{quote(word, safe='')}", headers=headers)
        assert answer.status_code in (200, 400, 404), (query, answer.text)
