"""Studies over the API."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from journey.auth.service import create_token
from journey.models import Municipality
from journey.work import House
from tests.api.conftest import Api
from tests.api.test_requests import problem

BODY: dict[str, Any] = {
    "code": "haarlem-2027",
    "name": "Haarlem 2027",
    "municipality": "haarlem",
    "routes": ["jongeren", "27plus"],
    "starts_on": "2027-01-04",
}


def test_an_administrator_makes_a_study(admin: Api) -> None:
    answer = admin.post("/studies", BODY)
    assert (answer.status_code, answer.json()) == (201, BODY | {"ends_on": None})


def test_a_municipality_is_known_by_code_or_name(admin: Api, house: House) -> None:
    for number, name in enumerate(("Haarlem", "haarlem", "Den Haag", "den-haag")):
        assert admin.post("/studies", BODY | {"code": f"s-{number}", "municipality": name}).status_code == 201
    with house.work(write=False) as work:
        names = sorted(work.session.exec(select(Municipality.name)).all())
    assert names == ["Den Haag", "Haarlem", "Zaanstad"]


def test_a_code_is_used_once(admin: Api) -> None:
    problem(admin.post("/studies", BODY | {"code": "haarlem-2026"}), 409)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "Haarlem 2027"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "../x"}, "code"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"municipality": "!"}, "municipality"),
        ({"routes": []}, "routes"),
        ({"routes": ["27plus", "bbz"]}, "routes"),
        ({"routes": "27plus"}, "routes"),
        ({"ends_on": "2026-12-31"}, "ends_on"),
        ({"starts_on": None}, "starts_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(admin: Api, change: dict[str, Any], field: str) -> None:
    assert problem(admin.post("/studies", BODY | change), 400)["errors"][0]["field"] == field


@pytest.mark.parametrize("role", ["researcher", "lead", "manager", "privacy", "integrator"])
def test_only_an_administrator_makes_studies(http: TestClient, tokens: dict[str, str], role: str) -> None:
    problem(Api(http, tokens[role]).post("/studies", BODY), 403)


def test_an_administrator_of_one_study_makes_no_other(http: TestClient, house: House) -> None:
    with house.work() as work:
        token = create_token(work, "admin", "haarlem-2026")
    problem(Api(http, token).post("/studies", BODY), 403)
