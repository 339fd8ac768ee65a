"""Changed choices with their history, and the three levels of withdrawal."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from journey.models import Call, Consent, Contact, Withdrawal
from journey.rating.service import NewRating, record_rating
from tests.support.desk import Desk, hidden_value


def test_a_changed_choice_is_a_new_line(desk: Desk) -> None:
    code = desk.enrol()
    seen = hidden_value(desk.get(f"/participants/{code}/consent").text, "seen")
    typed = {"given_via": "paper", "recording": "yes", "seen": seen}
    assert desk.post(f"/participants/{code}/consent", typed).status_code == 303
    with desk.house.work(write=False) as work:
        rows = work.session.exec(select(Consent).order_by(Consent.id)).all()  # type: ignore[arg-type]
    assert [(row.quotes, row.recording, row.given_via) for row in rows] == [
        (True, False, "oral"),
        (False, True, "paper"),
    ]
    page = desk.get(f"/participants/{code}/consent").text
    assert page.count("Sinds maandag 16 maart 2026: nee, op papier, aan Researcher.") == 4


def test_a_stale_form_does_not_overwrite_a_choice(desk: Desk) -> None:
    code = desk.enrol()
    seen = hidden_value(desk.get(f"/participants/{code}/consent").text, "seen")
    typed = {"given_via": "oral", "seen": seen}
    assert desk.post(f"/participants/{code}/consent", typed).status_code == 303
    answer = desk.post(f"/participants/{code}/consent", {**typed, "quotes": "yes"})
    assert answer.status_code == 422
    assert "Een collega veranderde deze keuzes" in answer.text


def withdraw(desk: Desk, code: str, **typed: Any) -> Any:
    return desk.post(f"/participants/{code}/withdrawal", typed)


def test_each_level_is_explained_and_none_is_chosen_beforehand(desk: Desk) -> None:
    page = desk.get(f"/participants/{desk.enrol()}/withdrawal").text
    assert page.count('name="level"') == 3
    assert " checked" not in page


def test_stopping_takes_contact_and_calls_at_once(desk: Desk) -> None:
    code = desk.enrol()
    assert withdraw(desk, code, level="stop").headers["location"] == f"/participants/{code}"
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Contact)).all() == []
        assert [call.state for call in work.session.exec(select(Call)).all()] == ["cancelled"]


def test_from_a_step_on_needs_a_step_of_the_route(desk: Desk) -> None:
    code = desk.enrol()
    for step in ("", "zoektermijn", "x" * 5000):
        answer = withdraw(desk, code, level="from_step", step=step)
        assert answer.status_code == 422
        assert 'id="step-error"' in answer.text
    assert withdraw(desk, code, level="from_step", step="workshop").status_code == 303
    with desk.house.work(write=False) as work:
        assert work.session.exec(select(Withdrawal)).one().from_step == "workshop"


def test_an_empty_or_unknown_level_withdraws_nobody(desk: Desk) -> None:
    code = desk.enrol()
    for typed in ({}, {"level": "alles"}):
        assert withdraw(desk, code, **typed).status_code == 422
    with desk.house.work(write=False) as work:
        assert desk.person(work, code).state == "active"


def test_a_step_chosen_with_another_level_does_not_stand_in_the_way(desk: Desk) -> None:
    code = desk.enrol()
    assert withdraw(desk, code, level="stop", step="workshop").status_code == 303


def test_who_stopped_may_still_have_everything_removed(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        record_rating(work, desk.person(work, code), NewRating("cv", "step", "positive", "call"))
    withdraw(desk, code, level="stop")
    assert withdraw(desk, code, level="erase").status_code == 303
    page = desk.get(f"/participants/{code}").text
    assert "Alles verwijderd" in page
    assert "al verwijderd" in desk.get(f"/participants/{code}/withdrawal").text
    assert withdraw(desk, code, level="stop").status_code == 409


def test_the_history_of_choices_stays_after_stopping_without_a_form(desk: Desk) -> None:
    code = desk.enrol()
    withdraw(desk, code, level="stop")
    page = desk.get(f"/participants/{code}/consent").text
    assert "Woorden in het verslag" in page
    assert 'action="/participants' not in page


def test_a_changed_choice_keeps_the_language_in_which_it_was_asked(desk: Desk) -> None:
    """There is no consent text in Somali: it was read in Dutch."""
    code = desk.enrol(language="so")
    seen = hidden_value(desk.get(f"/participants/{code}/consent").text, "seen")
    desk.post(f"/participants/{code}/consent", {"given_via": "oral", "seen": seen})
    with desk.house.work(write=False) as work:
        assert {row.language for row in work.session.exec(select(Consent)).all()} == {"nl"}
