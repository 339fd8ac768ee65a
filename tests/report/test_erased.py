"""Who lets everything be erased leaves no trace in a figure but that N is lower; the page says how many did."""

from __future__ import annotations

from fastapi import FastAPI

from journey.consent.service import withdraw_participant
from tests.support.build import build_participant, build_study, sign_in


def test_the_page_of_figures_says_how_many_let_everything_be_erased(app: FastAPI) -> None:
    with app.state.house.work() as work:
        study = build_study(work)
        people = [build_participant(work, study) for _ in range(3)]
    page = sign_in(app, "r@example.org", "researcher")
    assert 'id="erased"' not in page.get("/studies/haarlem-test/figures").text
    with app.state.house.work() as work:
        for person in people[:2]:
            withdraw_participant(work, work.session.merge(person), "erase")
        withdraw_participant(work, work.session.merge(people[2]), "stop")
    assert "2 deelnemers lieten alles wissen" in page.get("/studies/haarlem-test/figures").text
