"""Answers and the closing interview: what counts, what stays as history, what cannot be recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Call, ClosingInterview, Contact, Participant, Rating
from journey.participant.queries import get_journey
from journey.progress.service import record_step
from journey.rating.queries import (
    current_ratings,
    find_closing_interview,
    list_answers,
    list_closing_answers,
)
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.rating.statements import list_statements
from journey.rules.errors import Conflict, Invalid
from journey.work import House, Work
from tests.support.build import build_participant, build_study, get_study_by


@pytest.fixture
def house(house: House) -> House:
    with house.work() as work:
        build_participant(work, build_study(work))
    return house


def person(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def test_a_later_answer_counts_and_the_earlier_one_stays(house: House) -> None:
    with house.work() as work:
        for value in ("negative", "positive"):
            record_rating(work, person(work), NewRating("cv", "step", value, "call"))
        answers = list_answers(work, get_study_by(work, "haarlem-test"))
        assert [(one.step, one.value) for one in answers] == [("cv", "positive")]
        assert len(work.session.exec(select(Rating)).all()) == 2


def test_step_and_staff_are_answers_apart(house: House) -> None:
    with house.work() as work:
        record_rating(work, person(work), NewRating("werkplein", "step", "negative", "call"))
        record_rating(work, person(work), NewRating("werkplein", "staff", "positive", "web"))
        found = {key: row.value for key, row in current_ratings(work, person(work)).items()}
        assert found == {("werkplein", "step"): "negative", ("werkplein", "staff"): "positive"}


def test_the_recall_lag_is_counted_from_the_last_time_before_the_answer(house: House) -> None:
    with house.work() as work:
        journey = get_journey(work, person(work))
        for days in (9, 4):
            record_step(work, journey, "cv", work.today - timedelta(days=days), source="call")
        rating = record_rating(work, person(work), NewRating("cv", "step", "neutral", "call"))
        assert rating.recall_lag == 4


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewRating("leerplein", "step", "neutral", "call"), "step"),
        (NewRating("cv", "staff", "neutral", "call"), "subject"),
        (NewRating("cv", "step", "neutral", "call", quote="x" * 5001), "quote"),
    ],
)
def test_what_is_not_asked_cannot_be_answered(house: House, new: NewRating, field: str) -> None:
    with house.work() as work, pytest.raises(Invalid) as refusal:
        record_rating(work, person(work), new)
    assert refusal.value.field == field


def test_answers_from_the_withdrawn_step_on_do_not_count(house: House) -> None:
    with house.work() as work:
        for step in ("cv", "workshop"):
            record_rating(work, person(work), NewRating(step, "step", "neutral", "call"))
        withdraw_participant(work, person(work), "from_step", "participatiegesprek")
        answers = list_answers(work, get_study_by(work, "haarlem-test"))
        assert [one.step for one in answers] == ["cv"]


def test_nothing_is_recorded_about_somebody_who_stopped(house: House) -> None:
    with house.work() as work:
        withdraw_participant(work, person(work), "stop")
    for act in (
        lambda work: record_rating(work, person(work), NewRating("cv", "step", "neutral", "call")),
        lambda work: record_closing_interview(work, person(work), NewClosing()),
    ):
        with house.work() as work, pytest.raises(Conflict):
            act(work)


def test_the_closing_interview_empties_the_contact_store_and_ends_the_calls(house: House) -> None:
    with house.work() as work:
        record_closing_interview(work, person(work), NewClosing(Decimal("6.1")))
    with house.work() as work:
        assert person(work).state == "closed"
        assert work.session.exec(select(Contact)).all() == []
        assert work.session.exec(select(Call.state)).all() == ["cancelled"]


def test_a_second_closing_interview_corrects_the_first(house: House) -> None:
    with house.work() as work:
        for grade in ("6.1", "7"):
            new = NewClosing(Decimal(grade), statements={"friendly": "agree" if grade == "7" else "neutral"})
            record_closing_interview(work, person(work), new)
        answers = list_closing_answers(work, get_study_by(work, "haarlem-test"))
        assert [(one.grade, one.statements) for one in answers] == [(70, {"friendly": "agree"})]
        assert len(work.session.exec(select(ClosingInterview)).all()) == 2
        known = find_closing_interview(work, person(work))
        assert known is not None
        assert known[1] == {"friendly": "agree"}


def test_without_a_closing_interview_there_is_none(house: House) -> None:
    with house.work() as work:
        assert find_closing_interview(work, person(work)) is None


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewClosing(Decimal("10.1")), "grade"),
        (NewClosing(Decimal("0.9")), "grade"),
        (NewClosing(Decimal("6.15")), "grade"),
        (NewClosing(Decimal("NaN")), "grade"),
        (NewClosing(grade_desk=Decimal("Infinity")), "grade_desk"),
        (NewClosing(grade_case_manager=Decimal("-1")), "grade_case_manager"),
        (NewClosing(statements={"friendly": "maybe"}), "statements.friendly"),
        (NewClosing(statements={"handsome": "agree"}), "statements.handsome"),
        (NewClosing(open_answer="x" * 5001), "open"),
    ],
)
def test_closing_answers_that_cannot_be_name_their_field(house: House, new: NewClosing, field: str) -> None:
    with house.work() as work, pytest.raises(Invalid) as refusal:
        record_closing_interview(work, person(work), new)
    assert refusal.value.field == field


def test_the_statements_of_2016_and_ours_are_asked_once_each() -> None:
    ids = [one.id for one in list_statements()]
    assert len(ids) == len(set(ids)) == 8
    assert "kind_and_efficient" in ids


def test_five_statements_are_those_of_the_report() -> None:
    assert sum(one.since_2016 for one in list_statements()) == 5
