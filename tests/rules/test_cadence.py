"""Outcomes, rounds, the order of the list and the rates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from journey.rules import cadence
from journey.rules.cadence import CallFacts, Escalation, Outcome, Rank, Round, call_order_key, rates

NOW = datetime(2026, 3, 11, 13, 0, tzinfo=UTC)  # Wednesday
TODAY = NOW.date()


def order(**facts: object) -> cadence.CallOrder:
    return call_order_key(CallFacts(**facts), NOW, TODAY)  # type: ignore[arg-type]


def test_every_outcome_belongs_to_an_aapor_group() -> None:
    assert set(cadence.AAPOR) == set(Outcome)


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [("appointment", True), ("not_now", True), ("voicemail_left", False), ("someone_else", False)],
)
def test_who_was_reached(outcome: str, reached: bool) -> None:
    assert cadence.was_reached(outcome) is reached


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 3, 11), date(2026, 3, 15)])
def test_a_round_runs_from_monday_to_sunday(day: date) -> None:
    assert cadence.round_of(day) == date(2026, 3, 9)


def test_after_downtime_there_is_one_prompt() -> None:
    assert cadence.round_to_open(date(2026, 2, 9), TODAY) == date(2026, 3, 9)
    assert cadence.round_to_open(date(2026, 3, 9), TODAY) is None
    assert cadence.round_to_open(None, TODAY) == date(2026, 3, 9)


MISSED, REACHED, NOBODY_DIALLED = Round(3, False), Round(1, True), Round(0, False)


@pytest.mark.parametrize(
    ("rounds", "missed"),
    [
        ([], 0),
        ([MISSED], 1),
        ([MISSED, MISSED], 2),
        ([MISSED, MISSED, REACHED], 0),
        ([MISSED, REACHED, MISSED], 1),
        ([MISSED, NOBODY_DIALLED, MISSED], 2),  # the researcher was ill: neither missed nor a fresh start
        ([NOBODY_DIALLED, NOBODY_DIALLED], 0),
    ],
)
def test_rounds_missed_in_a_row(rounds: list[Round], missed: int) -> None:
    assert cadence.rounds_missed(rounds) == missed


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (0, Escalation.none),
        (1, Escalation.none),
        (2, Escalation.other_channel),
        (3, Escalation.letter_and_pause),
        (4, Escalation.letter_and_pause),
    ],
)
def test_what_missed_rounds_lead_to(missed: int, expected: Escalation) -> None:
    assert cadence.escalation(missed) is expected


RANKS = [
    ({"appointment_at": NOW + timedelta(minutes=10)}, Rank.appointment_now),
    ({"asked_back_at": NOW - timedelta(hours=1)}, Rank.asked_back),
    ({"new_step_on": TODAY - timedelta(days=3)}, Rank.new_step),
    ({"reached_last_round": False}, Rank.not_reached),
    ({"legal_day": 42, "reached_last_round": True}, Rank.late_in_term),
    ({"legal_day": 41, "last_contact_on": TODAY - timedelta(days=9)}, Rank.longest_silent),
    ({"appointment_at": NOW + timedelta(hours=2), "reached_last_round": False}, Rank.later),
]


@pytest.mark.parametrize(("facts", "rank"), RANKS)
def test_the_reason_for_a_place_in_the_list(facts: dict[str, object], rank: Rank) -> None:
    assert order(**facts).rank is rank


def test_the_list_is_in_the_order_of_the_rules() -> None:
    ordered = [order(**facts) for facts, _ in RANKS]
    assert sorted(ordered) == ordered


def test_a_step_of_four_days_ago_or_a_planned_one_is_not_new() -> None:
    assert order(new_step_on=TODAY - timedelta(days=4)).rank is Rank.longest_silent
    assert order(new_step_on=TODAY + timedelta(days=1)).rank is Rank.longest_silent


def test_within_a_reason_the_longest_silent_and_the_furthest_in_the_term_go_first() -> None:
    silent = [order(last_contact_on=TODAY - timedelta(days=days)) for days in (20, 8)]
    late = [order(legal_day=day) for day in (55, 43)]
    assert sorted(silent) == silent
    assert sorted(late) == late


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"new_step_on": TODAY}, "Nieuwe stap sinds vandaag"),
        ({"new_step_on": TODAY - timedelta(days=2)}, "Nieuwe stap sinds 2026-03-09"),
        ({"legal_day": 45}, "Dag 45 van de 56 dagen beslistermijn"),
        ({"last_contact_on": TODAY - timedelta(days=9)}, "9 dagen niet gesproken"),
        ({"last_contact_on": TODAY - timedelta(days=1)}, "Gisteren gesproken"),
        ({}, "Nog niet gesproken"),
    ],
)
def test_the_reason_can_be_read(facts: dict[str, object], sentence: str) -> None:
    assert str(order(**facts)) == sentence


def test_the_rates_of_aapor() -> None:
    outcomes = ["interview"] * 5 + ["partial", "stop", "no_answer", "language", "wrong_number"]
    assert rates(outcomes) == cadence.Rates(n=10, rr1=0.5, rr2=0.6, con1=0.8, ref1=0.1)


def test_not_reached_is_never_a_refusal() -> None:
    assert rates([*cadence.NOT_REACHED]).ref1 == 0


def test_without_cases_there_are_no_rates() -> None:
    assert rates([]) == cadence.Rates(0, None, None, None, None)
