"""The two surveys of 2022 in a database, with the invented people that give every printed number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI

from journey.imports.service import Source, import_file
from journey.models import Study
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.study.service import NewStratum, NewStudy, create_study
from journey.work import House, Work
from tests.support.build import token_headers
from tests.support.pages import PageClient

STRATA = {
    "participatiewet-2022": (("hengelo", 1700), ("haaksbergen", 310), ("borne", 290)),
    "minima-2022": (("hengelo", 2007), ("haaksbergen", 323), ("borne", 364)),
}


def build_survey(work: Work, questionnaire: str, code: str = "", **changes: Any) -> Study:
    """A survey of autumn 2022 without answers; the questionnaires must have been loaded."""
    strata = changes.pop("strata", STRATA.get(questionnaire, (("noord", 100), ("zuid", 50))))
    new = NewStudy(
        code=code or questionnaire,
        name=f"Onderzoek {code or questionnaire}",
        municipality="Hengelo",
        routes=(),
        starts_on=date(2022, 10, 1),
        kind="survey",
        questionnaire=questionnaire,
        strata=tuple(NewStratum(unit, unit.title(), n, n) for unit, n in strata),
    )
    return create_study(work, NewStudy(**{**vars(new), **changes}))


def load_responses(work: Work, study: str, name: str = "") -> None:
    file = folder("seeds") / (name or study) / "responses.csv"
    import_file(work, study, Source("responses", file.read_bytes()), lambda _done, _total: None)


@dataclass
class Surveys:
    """The app with both surveys; `get` asks the API as somebody of that role."""

    app: FastAPI
    client: PageClient
    headers: dict[str, dict[str, str]]

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    def get(self, address: str, role: str = "researcher") -> Any:
        answer = self.client.get(f"/api/v1/studies/{address}", headers=self._as(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, address: str, body: dict[str, Any], role: str = "researcher") -> Any:
        return self.client.post(f"/api/v1/{address}", json=body, headers=self._as(role))

    def rows(
        self, study: str, role: str = "researcher", ask: str = ""
    ) -> dict[tuple[str, str], dict[str, Any]]:
        return {(row["item"], row["unit"]): row for row in self.get(f"{study}/items{ask}", role)["rows"]}

    def _as(self, role: str) -> dict[str, str]:
        if role not in self.headers:
            self.headers[role] = token_headers(self.house, role)
        return self.headers[role]


@pytest.fixture
def questionnaires(app: FastAPI) -> FastAPI:
    house: House = app.state.house
    with house.work() as work:
        load_folder(work, folder("seeds") / "questionnaires")
    return app


@pytest.fixture
def surveys(questionnaires: FastAPI, client: PageClient) -> Iterator[Surveys]:
    yield Surveys(questionnaires, client, {})


@pytest.fixture
def of_2022(surveys: Surveys) -> Surveys:
    with surveys.house.work() as work:
        for name in STRATA:
            build_survey(work, name)
            load_responses(work, name)
    return surveys
