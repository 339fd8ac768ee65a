"""A list that is longer than anybody calls in a day."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI

from journey.call import pages
from journey.call.service import plan_calls
from journey.work import House
from tests.call.conftest import MONDAY
from tests.support.build import build_participant, get_study_by, sign_in


@pytest.fixture
def today() -> date:
    return MONDAY


def test_the_first_are_shown_and_the_others_one_tap_away(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_SHOWN", 2)
    with house.work() as work:
        for number in range(3):
            build_participant(work, get_study_by(work, "haarlem-test"), phone=f"061234560{number}")
        plan_calls(work)
    lead = sign_in(app, "lead@example.org", "lead", "haarlem-test")
    short = lead.get("/calls").text
    assert short.count('<li class="due') == 2
    assert 'href="/calls?on=2026-03-16&amp;who=all&amp;show=all">Toon alle 3</a>' in short
    whole = lead.get("/calls?on=2026-03-16&who=all&show=all").text
    assert whole.count('<li class="due') == 3
    assert "Toon alle" not in whole
