"""The description of the API: complete by the Dutch API Design Rules, and true when it is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from tests.api.conftest import STUDY, Api

HURRY = list(HealthCheck)


@pytest.fixture
def document(http: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def test_it_says_what_it_is_where_it_is_and_whom_to_ask(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])
    assert document["info"]["contact"]["url"]
    assert [server["url"] for server in document["servers"]] == ["http://127.0.0.1:8000/api/v1"]


def test_the_answer_carries_the_version_that_is_described(http: TestClient, document: dict[str, Any]) -> None:
    assert http.get("/api/v1/openapi.json").headers["API-Version"] == document["info"]["version"]


def test_every_operation_asks_for_a_token_and_names_its_refusals(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    for name, operation in operations(document):
        assert operation["security"] == [{"token": []}], name
        assert {"400", "401", "403", "404", "409"} <= operation["responses"].keys(), name
        assert "422" not in operation["responses"], name
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_every_answer_carries_the_version(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            ref = response.get("$ref", "").rsplit("/", 1)[-1]
            described = document["components"]["responses"][ref] if ref else response
            assert "API-Version" in described["headers"], (name, status)


def test_names_are_snake_case_and_paths_have_no_slash_at_the_end(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert re.fullmatch(r"\w+ (/[a-z{][a-z_}-]*)+", name), name
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "header":
                assert re.fullmatch("[a-z_]+", parameter["name"]), name
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}):
            assert re.fullmatch("[a-z][a-z0-9_]*", field)


def test_every_reference_in_it_exists(document: dict[str, Any]) -> None:
    for ref in re.findall(r"'\$ref': '([^']+)'", str(document)):
        place: Any = document
        for part in ref.removeprefix("#/").split("/"):
            place = place[part]


def test_nothing_that_is_sent_breaks_it(app: FastAPI, api: Api, admin: Api, integrator: Api) -> None:
    """A few made-up requests per operation: refused or done, never a fault."""
    api.enrol()
    callers = {"post /studies": admin, "post /studies/{study}/journeys": integrator}
    for found in schemathesis.openapi.from_asgi("/api/v1/openapi.json", app).get_all_operations():
        operation = found.ok()
        try_out(operation, callers.get(f"{operation.method} {operation.path}", api))


def try_out(operation: Any, caller: Api) -> None:
    @settings(
        max_examples=3,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=HURRY,
    )
    @given(case=operation.as_strategy())
    def tried(case: schemathesis.Case) -> None:
        known = {"code": "H-001", "study": STUDY}
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        answer = case.call(headers={"Authorization": f"Bearer {caller.token}"})
        assert answer.status_code < 500, (case.method, case.path, case.body, answer.text)

    tried()
