"""Lead times: what counts as start, end and open, and the curve against scipy and by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from journey.rules import leadtimes
from journey.rules.leadtimes import Case, Spell, Summary, WithinLimit

START = date(2026, 2, 2)
TODAY = date(2026, 6, 1)


def after(days: int) -> date:
    return START + timedelta(days=days)


def test_the_first_occurrence_of_a_repeated_step_counts() -> None:
    assert leadtimes.first_occurrences([("cv", after(9)), ("cv", after(4)), ("aanvraag", after(10))]) == {
        "cv": after(4),
        "aanvraag": after(10),
    }


def test_the_three_lead_times_are_three_figures() -> None:
    case = Case(START, workshop=after(11), received=after(10), sent=after(36), suspended_days=5)
    assert leadtimes.gate(case, TODAY) == Spell(11, ended=True)
    assert leadtimes.application(case, TODAY) == Spell(26, ended=True)
    assert leadtimes.application_net(case, TODAY) == Spell(21, ended=True)
    assert leadtimes.total(case, TODAY) == Spell(36, ended=True)


@pytest.mark.parametrize(
    ("end", "left", "expected"),
    [
        (None, None, Spell(119, ended=False)),
        (after(0), None, Spell(0, ended=True)),
        (None, after(30), Spell(30, ended=False, left=True)),
        (TODAY + timedelta(days=3), None, Spell(119, ended=False)),  # planned, not happened
        (after(-2), None, None),  # taken in another order
    ],
)
def test_a_spell(end: date | None, left: date | None, expected: Spell | None) -> None:
    assert leadtimes.spell(START, end, TODAY, left) == expected


def test_what_has_not_started_has_no_lead_time() -> None:
    assert leadtimes.spell(None, after(3), TODAY) is None
    assert leadtimes.spell(TODAY + timedelta(days=1), None, TODAY) is None


def test_a_decision_without_a_workshop_ends_the_wait_for_one() -> None:
    assert leadtimes.gate(Case(START, sent=after(20)), TODAY) == Spell(20, ended=False, left=True)


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (START, 12),  # the whole wait of 28 days lies within the 40
        (after(-10), 22),  # ten days of it lay before the desk visit
        (after(-40), 40),
        (None, 40),
    ],
)
def test_the_total_without_the_youth_wait(reported: date | None, expected: int) -> None:
    case = Case(START, sent=after(40), reported=reported)
    assert leadtimes.total_without_wait(case, TODAY) == Spell(expected, ended=True)


def test_pairs_of_consecutive_steps() -> None:
    first = {"werkplein": START, "rechten": after(3), "workshop": after(1), "besluit": after(30)}
    route = ["werkplein", "rechten", "gesprek", "workshop", "aanvraag", "besluit"]
    assert leadtimes.pairs(route, first, TODAY) == {
        ("werkplein", "rechten"): Spell(3, ended=True),
        # No gesprek, and a later step was taken: it will not come.
        ("rechten", "gesprek"): Spell(0, ended=False, left=True),
        ("workshop", "aanvraag"): Spell(29, ended=False, left=True),
    }


def test_the_last_step_so_far_waits_for_the_next() -> None:
    assert leadtimes.pairs(["a", "b", "c"], {"a": START}, TODAY) == {("a", "b"): Spell(119, ended=False)}


def test_the_summary_leaves_open_cases_out_and_counts_them() -> None:
    spells = [Spell(days, ended=True) for days in (1, 2, 3, 4, 10)]
    spells += [Spell(99, ended=False), Spell(50, ended=False, left=True)]
    assert leadtimes.summary([*spells, None]) == Summary(n=5, open=1, mean=4, median=3, p90=10, max=10)


def test_the_90th_percentile_is_nearest_rank() -> None:
    assert leadtimes.summary([Spell(days, ended=True) for days in range(1, 11)]).p90 == 9
    assert leadtimes.summary([Spell(days, ended=True) for days in range(1, 12)]).p90 == 10


def test_a_summary_without_ended_cases_has_no_figures() -> None:
    assert leadtimes.summary([Spell(3, ended=False)]) == Summary(0, 1, None, None, None, None)


LIMIT = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("sent", "last_day", "today", "left", "expected"),
    [
        (date(2026, 3, 31), LIMIT, TODAY, None, True),
        (date(2026, 4, 1), LIMIT, TODAY, None, False),
        (None, LIMIT, date(2026, 3, 31), None, None),  # open, the last day is today
        (None, LIMIT, date(2026, 4, 1), None, False),  # open and past it
        (None, None, TODAY, None, None),  # the clock stands still
        (None, LIMIT, TODAY, date(2026, 3, 20), None),  # left in time
        (None, LIMIT, TODAY, date(2026, 4, 2), False),
    ],
)
def test_within_the_own_limit(
    sent: date | None, last_day: date | None, today: date, left: date | None, expected: bool | None
) -> None:
    case = Case(received=START, sent=sent, last_day=last_day, left_on=left)
    assert leadtimes.within_limit(case, today) is expected


def test_the_share_within_the_limit_counts_open_cases_past_it() -> None:
    sent = [Case(received=START, sent=LIMIT, last_day=LIMIT)] * 3
    late = [Case(received=START, last_day=LIMIT)]
    fresh = [Case(received=TODAY, last_day=TODAY)]
    assert leadtimes.count_within_limit(sent + late + fresh, TODAY) == WithinLimit(4, 3, 0.75)
    assert leadtimes.count_within_limit(fresh, TODAY) == WithinLimit(0, 0, None)


def test_a_curve_by_hand() -> None:
    # 4 at risk on day 5 (1 ends), 2 on day 8 (1 ends; the one censored on day 5 still counted then).
    curve = leadtimes.survival_curve([5, 5, 8, 9], [True, False, True, False])
    assert [(point.day, point.waiting) for point in curve] == [(0, 1.0), (5, 0.75), (8, 0.375), (9, 0.375)]


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined:RuntimeWarning")
@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=2, max_size=40).filter(
        lambda cases: any(seen for _, seen in cases)
    )
)
def test_the_curve_and_its_interval_equal_scipy(cases: list[tuple[int, bool]]) -> None:
    durations, observed = [days for days, _ in cases], [seen for _, seen in cases]
    censored = [days for days, seen in cases if not seen]
    survival = ecdf(CensoredData([days for days, seen in cases if seen], right=censored)).sf
    interval = survival.confidence_interval(method="log-log")
    for point in leadtimes.survival_curve(durations, observed)[1:]:
        assert point.waiting == pytest.approx(survival.evaluate(point.day), abs=1e-12)
        if point.waiting > 0:
            assert point.low == pytest.approx(interval.low.evaluate(point.day), abs=1e-9)
            assert point.high == pytest.approx(interval.high.evaluate(point.day), abs=1e-9)


def test_where_everyone_has_ended_the_interval_stays_as_wide_as_it_was() -> None:
    *_, before, last = leadtimes.survival_curve([3, 5, 7], [True, True, True])
    assert (last.waiting, last.low, last.high) == (0.0, 0.0, before.high)


def test_a_curve_without_cases_or_without_ends() -> None:
    assert leadtimes.survival_curve([], []) == []
    followed = leadtimes.survival_curve([4, 9], [False, False])
    assert [(point.day, point.waiting) for point in followed] == [(0, 1.0), (9, 1.0)]


def test_who_left_is_censored_in_the_curve() -> None:
    curve = leadtimes.curve_of([Spell(4, ended=False, left=True), Spell(6, ended=True), None])
    assert [(point.day, point.waiting) for point in curve] == [(0, 1.0), (6, 0.0)]
