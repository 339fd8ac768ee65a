"""Two studies, a token per role, and a client that speaks JSON; the day is Monday 16 March 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from journey.auth.service import create_token
from journey.resources import folder
from journey.rules.roles import ROLES
from journey.seeding.load import load_folder
from journey.study.service import NewStudy, create_study
from journey.work import House

STUDY, OTHER = "haarlem-2026", "zaanstad-2026"
CONSENT = {
    "participate": True,
    "quotes": False,
    "recording": False,
    "given_via": "oral",
    "text_version": "2026-1",
}
PERSON = {"route": "27plus", "channel": "call", "phone": "06 12345678", "consent": CONSENT}


@dataclass(frozen=True)
class Api:
    """Calls below `/api/v1` with one token."""

    client: TestClient
    token: str | None

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers(options), **options)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        headers = self._headers(options) | ({"Idempotency-Key": key} if key else {})
        if body is not None:
            options["json"] = body
        return self.client.post(f"/api/v1{path}", headers=headers, **options)

    def enrol(self, study: str = STUDY, **changes: Any) -> str:
        answer = self.post(f"/studies/{study}/participants", PERSON | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        own: dict[str, str] = options.pop("headers", {})
        return own | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


@pytest.fixture
def today() -> date:
    return date(2026, 3, 16)


@pytest.fixture
def house(app: FastAPI) -> House:
    house: House = app.state.house
    with house.work() as work:
        load_folder(work, folder("seeds") / "routes")
        load_folder(work, folder("seeds") / "consent")
        for code, place in ((STUDY, "Haarlem"), (OTHER, "Zaanstad")):
            create_study(work, NewStudy(code, code, place, ("27plus", "jongeren"), date(2026, 1, 5)))
    return house


@pytest.fixture
def http(app: FastAPI, house: House) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def tokens(house: House) -> dict[str, str]:
    """A token per role for the study; the administrator's reaches everything."""
    with house.work() as work:
        return {role: create_token(work, role, None if role == "admin" else STUDY) for role in ROLES}


@pytest.fixture
def outsider(house: House, http: TestClient) -> Api:
    """A researcher of the other study."""
    with house.work() as work:
        return Api(http, create_token(work, "researcher", OTHER))


@pytest.fixture
def api(http: TestClient, tokens: dict[str, str]) -> Api:
    """A researcher of the study."""
    return Api(http, tokens["researcher"])


@pytest.fixture
def integrator(http: TestClient, tokens: dict[str, str]) -> Api:
    return Api(http, tokens["integrator"])


@pytest.fixture
def admin(http: TestClient, tokens: dict[str, str]) -> Api:
    return Api(http, tokens["admin"])
