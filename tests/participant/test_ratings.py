"""Answers recorded on the page of one step."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Rating
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from tests.support.desk import MONDAY, Desk


def rate(desk: Desk, code: str, subject: str = "step", step: str = "werkplein", **typed: Any) -> Any:
    return desk.post(f"/participants/{code}/steps/{step}/ratings", {"subject": subject, **typed})


def ratings(desk: Desk) -> list[Rating]:
    with desk.house.work(write=False) as work:
        return list(work.session.exec(select(Rating).order_by(Rating.id)).all())  # type: ignore[arg-type]


def test_a_tap_on_a_face_is_an_answer(desk: Desk) -> None:
    code = desk.enrol()
    desk.arrange(code, record_step, "werkplein", MONDAY, source="call")
    assert rate(desk, code, **{"value-step": "positive"}).status_code == 303
    (answer,) = ratings(desk)
    assert (answer.subject, answer.value, answer.channel, answer.recall_lag) == (
        "step",
        "positive",
        "call",
        0,
    )
    page = desk.get(f"/participants/{code}/steps/werkplein").text
    assert 'value="positive" aria-pressed="true"' in page


def test_a_later_answer_counts_and_the_earlier_stays_in_the_history(desk: Desk) -> None:
    code = desk.enrol()
    rate(desk, code, **{"value-step": "negative"})
    rate(desk, code, **{"value-step": "positive"})
    assert [row.value for row in ratings(desk)] == ["negative", "positive"]
    assert "later veranderd" in desk.get(f"/participants/{code}/steps/werkplein").text


def test_words_are_kept_with_the_answer_they_explain(desk: Desk) -> None:
    code = desk.enrol()
    rate(desk, code, **{"value-step": "positive"})
    rate(desk, code, **{"quote-step": "Fijn 😀 <script>alert(1)</script>"})
    assert [(row.value, row.quote) for row in ratings(desk)][1] == (
        "positive",
        "Fijn 😀 <script>alert(1)</script>",
    )
    assert "<script>alert" not in desk.get(f"/participants/{code}/steps/werkplein").text


def test_words_without_an_answer_ask_for_a_face_and_are_not_lost(desk: Desk) -> None:
    code = desk.enrol()
    answer = rate(desk, code, **{"quote-step": "Het duurde lang."})
    assert answer.status_code == 422
    assert "Het duurde lang." in answer.text
    assert 'href="#value-step"' in answer.text


def test_wrong_answers_are_refused(desk: Desk) -> None:
    code = desk.enrol()
    assert rate(desk, code, **{"value-step": "geweldig"}).status_code == 422
    assert rate(desk, code, **{"value-step": "positive", "quote-step": "x" * 5001}).status_code == 422
    assert rate(desk, code, "staff", "cv", **{"value-staff": "positive"}).status_code == 422
    assert rate(desk, code, "weer", **{"value-step": "positive"}).status_code in (404, 422)
    assert rate(desk, code, step="zoektermijn", **{"value-step": "positive"}).status_code == 404
    assert ratings(desk) == []


def test_answers_that_may_not_be_used_are_not_shown(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        person = desk.person(work, code)
        record_rating(work, person, NewRating("werkplein", "step", "positive", "call", "Eerste woorden"))
        record_rating(work, person, NewRating("workshop", "step", "negative", "call", "Latere woorden"))
        withdraw_participant(work, person, "from_step", "workshop")
    assert "Latere woorden" not in desk.get(f"/participants/{code}/steps/workshop").text
    assert "stap: niet goed" not in desk.get(f"/participants/{code}").text
    assert "Eerste woorden" in desk.get(f"/participants/{code}/steps/werkplein").text


def test_the_screen_says_whether_words_may_be_used(desk: Desk) -> None:
    code = desk.enrol()
    assert "Mag in het verslag, onherkenbaar." in desk.get(f"/participants/{code}/steps/cv").text
    desk.post(f"/participants/{code}/consent", {"given_via": "oral", "seen": "1"})
    assert "deze deelnemer wil niet in het verslag" in desk.get(f"/participants/{code}/steps/cv").text
