"""Surveys beside each other and beside a journey study, and the improvement plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from journey.action.service import NewAction, approve_action, record_action
from journey.auth.queries import actor_of
from journey.auth.scope import get_study
from journey.models import Survey, User
from journey.questionnaire.definition import parse_questionnaire
from journey.questionnaire.service import record_questionnaire
from journey.report.survey_compare import compare_page
from journey.resources import folder
from journey.rules.errors import Invalid
from journey.rules.roles import MANAGER, RESEARCHER
from journey.survey.service import record_response
from journey.work import Work
from tests.support.build import build_study, build_user, sign_in, token_headers
from tests.survey.conftest import Surveys, build_survey


def answer(work: Work, code: str, grades: list[int], agree: int, of: int) -> None:
    study = get_study(work, code)
    for place, grade in enumerate(grades):
        given: dict[str, object] = {"desk_grade": grade}
        if place < of:
            given["helped"] = "agree" if place < agree else "disagree"
        record_response(work, study, "noord", "web", given)


def test_a_later_year_is_tested_against_the_earlier_one(surveys: Surveys) -> None:
    with surveys.house.work() as work:
        build_survey(work, "kort", "kort-2024")
        build_survey(work, "kort", "kort-2025", starts_on=date(2025, 1, 6))
        answer(work, "kort-2024", [5, 6, 5, 6, 5, 6] * 6, 10, 36)
        answer(work, "kort-2025", [8, 9, 8, 7, 8, 9] * 6, 12, 36)
        found = compare_page(work, get_study(work, "kort-2025"), "kort-2024")
    lines = {line.label: line for line in found.lines}
    grade, helped = lines["Cijfer voor de balie"], lines["Vriendelijk en doelmatig geholpen"]
    assert (grade.ours, grade.theirs, grade.verdict) == ("8,2", "5,5", "hoger")
    assert (helped.ours, helped.theirs, helped.verdict) == ("33 %", "28 %", "geen aantoonbaar verschil")


def test_other_words_are_another_question(surveys: Surveys) -> None:
    text = (folder("seeds") / "questionnaires" / "kort.toml").read_text(encoding="utf-8")
    other = text.replace('id = "kort"', 'id = "anders"').replace("mij vriendelijk en doelmatig", "mij snel")
    with surveys.house.work() as work:
        record_questionnaire(work, parse_questionnaire(other, "anders.toml"))
        build_survey(work, "kort", "een")
        build_survey(work, "anders", "twee")
        found = compare_page(work, get_study(work, "een"), "twee")
    assert found.different == 1
    assert "Vriendelijk en doelmatig geholpen" not in [line.label for line in found.lines]


def test_a_survey_stands_beside_a_journey_study_where_both_ask_it(surveys: Surveys) -> None:
    with surveys.house.work() as work:
        build_survey(work, "kort")
        build_study(work, "haarlem-test")
        found = compare_page(work, get_study(work, "kort"), "haarlem-test")
    assert [line.label for line in found.lines] == [
        "Cijfer voor de balie",
        "Cijfer voor de contactpersoon",
        "Vriendelijk en doelmatig geholpen",
    ]
    assert {line.verdict for line in found.lines} == {"–"}


@pytest.mark.parametrize("role", [RESEARCHER, MANAGER])
def test_the_page_and_that_journeys_do_not_exist_here(of_2022: Surveys, role: str) -> None:
    client = sign_in(of_2022.app, f"{role}@example.nl", role)
    page = client.get("/studies/participatiewet-2022/compare?with=minima-2022")
    assert page.status_code == 200 and "Dienstverlening als geheel" in page.text
    headers = token_headers(of_2022.house, role)
    for address in ("figures", "closing", "lead-times"):
        found = of_2022.client.get(f"/api/v1/studies/minima-2022/{address}", headers=headers)
        assert found.status_code == 404


def test_an_improvement_of_a_section_stands_in_the_report(of_2022: Surveys) -> None:
    new = NewAction("staff", date(2023, 6, 28), {"nl": {"heard": "Steeds een ander.", "done": "Eén vaste."}})
    build_user(of_2022.house, "een@example.nl", RESEARCHER)
    build_user(of_2022.house, "twee@example.nl", MANAGER)
    with of_2022.house.work() as work:
        study = get_study(work, "participatiewet-2022")
        users = work.session.exec(select(User).order_by(User.email)).all()
        first, second = (replace(work, actor=actor_of(work.session, user)) for user in users[:2])
        with pytest.raises(Invalid):
            record_action(first, study, replace(new, step="cv"))
        approve_action(second, study, record_action(first, study, new))
    client = sign_in(of_2022.app, "r@example.nl", RESEARCHER)
    assert "Eén vaste." in client.get("/studies/participatiewet-2022/report").text
    assert client.get("/studies/participatiewet-2022/actions/new").status_code == 200


def test_two_versions_of_a_questionnaire_stand_side_by_side(surveys: Surveys) -> None:
    """Half-way another version: nothing is added up over the two."""
    text = (folder("seeds") / "questionnaires" / "kort.toml").read_text(encoding="utf-8")
    with surveys.house.work() as work:
        study = build_survey(work, "kort")
        answer(work, "kort", [4, 4], 0, 0)
        second = record_questionnaire(
            work, parse_questionnaire(text.replace("version = 1", "version = 2"), "k")
        )
        survey = work.session.get_one(Survey, study.id)
        survey.questionnaire_id = second.id or 0
        work.session.add(survey)
        work.session.flush()
        answer(work, "kort", [10], 0, 0)
    rows = [
        row
        for row in surveys.get("kort/items")["rows"]
        if (row["item"], row["unit"]) == ("desk_grade", "all")
    ]
    assert [(row["n"], row["value"]) for row in rows] == [(2, 4.0), (1, 10.0)]
    assert [row["version"] for row in rows] == [1, 2]
    client = sign_in(surveys.app, "r@example.nl", RESEARCHER)
    page = client.get("/studies/kort/figures").text
    assert "De vragenlijst veranderde onderweg" in page and "versie 2" in page


def test_people_of_other_studies_see_nothing(of_2022: Surveys) -> None:
    headers = token_headers(of_2022.house, RESEARCHER, "minima-2022")
    for address in ("items", "response"):
        assert (
            of_2022.client.get(f"/api/v1/studies/participatiewet-2022/{address}", headers=headers).status_code
            == 404
        )
    body = {"mode": "web", "answers": {"overall": 1}}
    posted = of_2022.client.post("/api/v1/studies/participatiewet-2022/responses", json=body, headers=headers)
    assert posted.status_code == 404
