"""An administrator makes a survey on the page where studies are made."""

from __future__ import annotations

import pytest
from sqlmodel import select

from journey.models import Stratum, Study
from journey.rules.roles import ADMIN
from tests.support.build import csrf_of, sign_in
from tests.survey.conftest import Surveys

FORM = {
    "name": "Hoe was het contact",
    "code": "contact-2026",
    "municipality": "Haarlem",
    "questionnaire": "kort",
    "strata": "balie; De balie; 1.200; 300\nthuis; Thuis; 80",
    "starts_on": "2026-01-05",
    "minimum_group": "10",
}


def make(surveys: Surveys, **changes: str) -> tuple[int, str]:
    client = sign_in(surveys.app, "a@example.nl", ADMIN)
    form = {**FORM, **changes, "csrf_token": csrf_of(client)}
    answer = client.post("/admin/studies/new", data=form, follow_redirects=False)
    return answer.status_code, answer.text


def test_a_survey_is_made_with_its_groups(surveys: Surveys) -> None:
    assert make(surveys)[0] == 303
    with surveys.house.work() as work:
        assert work.session.exec(select(Study)).one().is_survey
        found = work.session.exec(select(Stratum).order_by(Stratum.position)).all()
        assert [(one.code, one.population, one.approached) for one in found] == [
            ("balie", 1200, 300),
            ("thuis", 80, 80),
        ]


@pytest.mark.parametrize(
    ("strata", "words"),
    [
        ("", "ten minste één groep"),
        ("balie; De balie", "Regel 1: schrijf code"),
        ("a; A; 10\nb; B; veel", "Regel 2: schrijf code"),
        ("a; A; 10; 11", "Regel 1: U vroeg 11"),
        ("a; A; 0", "Regel 1: De populatie"),
        ("a; A; 10\na; B; 10", "Regel 2: De groep a staat er twee keer"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_stays_typed(surveys: Surveys, strata: str, words: str) -> None:
    status, page = make(surveys, strata=strata)
    assert status == 422 and words in page and "Hoe was het contact" in page
    assert strata.partition("\n")[0] in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"routes": "27plus"}, "Een vragenlijstonderzoek volgt geen route"),
        ({"questionnaire": ""}, "Kies dat soort"),
    ],
)
def test_routes_and_groups_do_not_mix(surveys: Surveys, changes: dict[str, str], words: str) -> None:
    assert words in make(surveys, **changes)[1]
