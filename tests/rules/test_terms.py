"""Objection, advance, youth wait, WW, not treating and the penalty, as tables of dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from journey.rules import terms
from journey.rules.errors import Invalid


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("sent", "last_day"),
    [
        ("2026-03-23", "2026-05-04"),
        ("2026-03-24", "2026-05-06"),  # Tue 5 May
        ("2026-02-20", "2026-04-07"),  # Good Friday
        ("2026-01-31", "2026-03-16"),  # Saturday
        ("2026-11-13", "2026-12-28"),  # Christmas and a weekend
    ],
)
def test_objection_is_six_weeks_moved_by_the_atw(sent: str, last_day: str) -> None:
    assert terms.objection_last_day(d(sent)) == d(last_day)


def test_advances_fall_every_four_weeks_also_on_a_free_day() -> None:
    assert terms.advance(d("2026-02-03")).due == (d("2026-03-03"), d("2026-03-31"), d("2026-04-28"))
    assert terms.advance(d("2026-03-06")).due[0] == d("2026-04-03")  # Good Friday: pay before


@pytest.mark.parametrize(
    ("received", "percentage"), [("2025-12-31", "90.00"), ("2026-01-01", "95.00"), ("2014-01-01", "90.00")]
)
def test_the_percentage_of_an_advance_goes_by_the_day_of_receipt(received: str, percentage: str) -> None:
    assert terms.advance(d(received)).percentage == Decimal(percentage)


def test_no_advance_is_due_once_the_decision_was_sent() -> None:
    assert terms.advance(d("2026-02-03"), sent=d("2026-03-31")).due == (d("2026-03-03"),)


def test_young_people_may_apply_after_four_weeks() -> None:
    assert terms.youth_earliest_application(d("2026-03-02")) == d("2026-03-30")


def test_the_youth_wait_is_not_moved_by_the_atw() -> None:
    assert terms.youth_earliest_application(d("2026-03-06")) == d("2026-04-03")


@pytest.mark.parametrize("why", [{"all_under_27": False}, {"exception": True}])
def test_there_is_no_youth_wait_with_an_exception(why: dict[str, bool]) -> None:
    assert terms.youth_earliest_application(d("2026-03-02"), **why) == d("2026-03-02")


@pytest.mark.parametrize(("waived", "day"), [("2026-03-10", "2026-03-10"), ("2026-04-10", "2026-03-30")])
def test_the_college_may_waive_the_rest_of_the_wait(waived: str, day: str) -> None:
    assert terms.youth_earliest_application(d("2026-03-02"), waived=d(waived)) == d(day)


@pytest.mark.parametrize(("reported", "waived"), [("2025-12-15", "2025-12-31"), ("2026-03-02", "2026-03-01")])
def test_a_waiver_before_the_law_or_the_report_is_refused(reported: str, waived: str) -> None:
    with pytest.raises(Invalid):
        terms.youth_earliest_application(d(reported), waived=d(waived))


def test_from_ww_one_reports_from_four_weeks_before() -> None:
    assert terms.ww_report_from(d("2026-06-30")) == d("2026-06-02")


@pytest.mark.parametrize(
    ("term", "supplied", "last_day"),
    [
        ("2026-02-24", None, "2026-03-24"),
        ("2026-02-24", "2026-02-20", "2026-03-20"),
        ("2026-02-24", "2026-03-02", "2026-03-24"),  # supplied after the term: the term passed unused
        ("2026-03-06", None, "2026-04-07"),  # Good Friday
    ],
)
def test_not_treating_is_decided_within_four_weeks(term: str, supplied: str | None, last_day: str) -> None:
    assert terms.not_treating_last_day(d(term), d(supplied) if supplied else None) == d(last_day)


PENALTY = [
    # last day, notice, sent -> first day due, last day due, days, euro
    ("2026-03-31", "2026-04-01", "2026-04-17", "2026-04-16", "2026-04-16", 1, 23),
    ("2026-03-31", "2026-04-01", "2026-04-16", "2026-04-16", None, 0, 0),  # sent on the first day
    ("2026-03-31", "2026-04-01", "2026-04-10", "2026-04-16", None, 0, 0),  # within the two weeks
    ("2026-03-31", "2026-04-01", "2026-04-30", "2026-04-16", "2026-04-29", 14, 322),
    ("2026-03-31", "2026-04-01", "2026-05-01", "2026-04-16", "2026-04-30", 15, 357),
    ("2026-03-31", "2026-04-01", "2026-05-14", "2026-04-16", "2026-05-13", 28, 812),
    ("2026-03-31", "2026-04-01", "2026-05-15", "2026-04-16", "2026-05-14", 29, 857),
    ("2026-03-31", "2026-04-01", "2026-05-28", "2026-04-16", "2026-05-27", 42, 1442),
    ("2026-03-31", "2026-04-01", "2026-09-01", "2026-04-16", "2026-05-27", 42, 1442),
    ("2026-03-31", "2026-04-01", None, "2026-04-16", "2026-05-27", 42, 1442),
    # Notice + 14 days on Good Friday 3 April: moved to Tuesday 7 April, first day due Wednesday 8.
    ("2026-03-10", "2026-03-20", "2026-04-10", "2026-04-08", "2026-04-09", 2, 46),
    # Notice + 14 days on Saturday: moved to Monday 4 May, first day due Tuesday 5 May, free or not.
    ("2026-03-31", "2026-04-18", "2026-05-07", "2026-05-05", "2026-05-06", 2, 46),
]


@pytest.mark.parametrize(("last_day", "notice", "sent", "first", "last", "days", "euro"), PENALTY)
def test_the_penalty(
    last_day: str, notice: str, sent: str | None, first: str, last: str | None, days: int, euro: int
) -> None:
    result = terms.penalty(d(last_day), d(notice), d(sent) if sent else None)
    assert result == terms.Penalty(True, d(first), d(last) if last else None, days, euro)


@pytest.mark.parametrize(
    ("notice", "sent"),
    [("2026-03-31", None), ("2026-03-01", "2026-05-01"), ("2026-04-10", "2026-04-09")],
)
def test_a_notice_not_after_the_last_day_or_after_the_decision_does_not_count(
    notice: str, sent: str | None
) -> None:
    result = terms.penalty(d("2026-03-31"), d(notice), d(sent) if sent else None)
    assert result == terms.Penalty(False, None, None, 0, 0)
