"""The page of the call rhythm: what it shows, what it refuses, who may use it, and that it holds at once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.queries import list_due
from journey.call.service import NewAttempt, record_attempt
from journey.models import AuditEntry, Call
from journey.rules.cadence import DEFAULTS
from journey.study.cadence import cadence_of
from journey.study.cadence_form import typed_of
from tests.support.build import get_study_by
from tests.support.desk import STUDY, Desk, build_desk

ADDRESS = f"/studies/{STUDY}/cadence"


def typed(**changes: Any) -> dict[str, Any]:
    return {**typed_of(DEFAULTS), **changes}


def stored(desk: Desk) -> dict[str, Any]:
    with desk.work() as work:
        return dict(get_study_by(work, STUDY).cadence)


def test_every_figure_stands_with_what_is_usual(admin: Desk) -> None:
    html = admin.get(ADDRESS).text
    assert "Standaard: 09:00 tot 20:30" in html
    assert "Standaard: 42" in html
    assert "Standaard: niet bellen" in html


def test_what_differs_is_kept_told_and_audited(admin: Desk) -> None:
    answer = admin.post(ADDRESS, typed(rest_days="14", **{"hours.fri.from": "", "hours.fri": ""}))
    assert answer.status_code == 303
    assert stored(admin) == {"rest_days": 14, "hours": {"fri": ""}}
    assert "Bewaard." in admin.get(answer.headers["location"]).text
    with admin.work() as work:
        actions = work.session.exec(select(AuditEntry.action)).all()
    assert "study.cadence" in actions


def test_back_to_what_is_usual(admin: Desk) -> None:
    admin.post(ADDRESS, typed(rest_days="14"))
    assert "Terug naar standaard" in admin.get(ADDRESS).text
    admin.post(ADDRESS, {"usual": "yes"})
    assert stored(admin) == {}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"hours.mon": "08:00"}, "hours.mon", "Het einde moet later zijn dan het begin."),
        ({"hours.mon": ""}, "hours.mon", "Vul het begin en het einde in, of laat allebei leeg."),
        ({"rounds_to_pause": "2"}, "rounds_to_other_channel", "kies minder weken"),
        ({"attempts_a_day": "0"}, "attempts_a_day", "Vul een heel getal in van 1 tot en met 10."),
        ({"evening_from": "22:00"}, "evening_from", "Op geen enkele dag wordt zo laat gebeld."),
        ({"evening_from": "laat"}, "evening_from", "Vul een tijd in, zoals 09:00."),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    admin: Desk, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = admin.post(ADDRESS, typed(**changes))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sentence in answer.text
    assert stored(admin) == {}


def test_it_holds_at_once_for_an_open_round(app: FastAPI) -> None:
    lead = build_desk(app, "lead")
    code = lead.enrol()
    with lead.work() as work:
        call = work.session.exec(select(Call)).one()
        record_attempt(work, call, NewAttempt("no_answer"))
    lead.post(ADDRESS, typed(attempts_a_round="1", day_parts="1", attempts_a_day="1"))
    with lead.work() as work:
        work.session.exec(select(Call)).one().next_at = None
        (due,) = list_due(work)
        assert (due.participant, due.reason) == (code, "Deze week is het hoogste aantal pogingen bereikt")
        assert cadence_of(get_study_by(work, STUDY)).attempts_a_round == 1


@pytest.mark.parametrize("role", ["researcher", "manager", "privacy"])
def test_others_may_not(app: FastAPI, role: str) -> None:
    assert build_desk(app, role).get(ADDRESS).status_code == 403


def test_the_rhythm_of_another_study_does_not_exist(app: FastAPI) -> None:
    assert build_desk(app, "lead").get("/studies/zandvoort-test/cadence").status_code == 404
