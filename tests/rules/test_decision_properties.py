"""What must hold for any dates, and the clock against a slow count, day by day."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from journey.rules.calendar import is_free_day, next_working_day
from journey.rules.decision import ClockState, Extension, Mode, Suspension, days_used, decision_clock

DAY = timedelta(days=1)
RECEIVED = st.dates(date(2023, 1, 1), date(2027, 12, 31))
PATIENT = settings(deadline=None, max_examples=150)  # a busy machine is no failure
MODES = st.sampled_from(list(Mode))


@st.composite
def suspensions_after(draw: st.DrawFn, received: date) -> Suspension:
    start = received + draw(st.integers(-5, 90)) * DAY
    length = draw(st.integers(0, 30)) * DAY
    ground = draw(st.sampled_from(["1a", "1b", "2a", "2b", "2c"]))
    ended = draw(st.booleans())
    if ground == "1a":
        supplied = start + draw(st.integers(0, 40)) * DAY if ended else None
        return Suspension(ground, invited=start, term=start + length, supplied=supplied)  # type: ignore[arg-type]
    if ground == "1b":
        return Suspension(ground, told=start, received=start + length if ended else None)  # type: ignore[arg-type]
    return Suspension(ground, from_=start, to=start + length if ended else None)  # type: ignore[arg-type]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, object]:
    received = draw(RECEIVED)
    sent = draw(st.none() | st.integers(0, 140).map(lambda days: received + days * DAY))
    extensions = [
        Extension(received + first * DAY, received + (first + length) * DAY)
        for first, length in draw(st.lists(st.tuples(st.integers(0, 120), st.integers(-10, 60)), max_size=2))
    ]
    return {
        "received": received,
        "today": received + draw(st.integers(-3, 150)) * DAY,
        "suspensions": draw(st.lists(suspensions_after(received), max_size=4)),
        "extensions": extensions,
        "sent": sent,
        "mode": draw(MODES),
    }


def stands_still(one: Suspension, day: date, as_of: date, mode: Mode) -> bool:
    """Whether a suspension covers a day, by what was known on `as_of`."""
    if one.ground in ("2a", "2b", "2c"):
        if one.from_ > as_of and one.to is None:
            return False
        return one.from_ <= day and (one.to is None or day <= one.to)
    start, supply = (one.invited, one.supplied) if one.ground == "1a" else (one.told, one.received)
    if start > as_of or day <= start:
        return False
    if one.ground == "1a" and day > one.term:
        return False
    in_time = supply is not None and supply <= as_of and (one.ground == "1b" or supply <= one.term)
    if not in_time:
        return True
    return day <= supply if mode is Mode.circulaire else day < supply


def is_open(one: Suspension, as_of: date) -> bool:
    if one.ground == "1a":
        return one.invited < as_of <= one.term and not (one.supplied and one.supplied <= as_of)
    if one.ground == "1b":
        return one.told < as_of and not (one.received and one.received <= as_of)
    return one.from_ <= as_of and (one.to is None or as_of <= one.to)


@PATIENT
@given(cases())
def test_the_clock_equals_a_count_day_by_day(case: dict) -> None:
    received, as_of, mode = case["received"], case["today"], case["mode"]
    now = decision_clock(received, as_of, case["suspensions"], (), None, mode)
    day, running, still, used, stopped = received, 0, 0, 0, False
    while running < 56 and still < 400:
        day += DAY
        covering = [one for one in case["suspensions"] if stands_still(one, day, as_of, mode)]
        if day > as_of:
            covering = [one for one in covering if not _only_announced(one, as_of)]
        running, still = (running, still + 1) if covering else (running + 1, still)
        used = running if day <= as_of else used
        stopped = stopped or (day == as_of and any(is_open(one, as_of) for one in covering))
    if now.clock is ClockState.stopped:
        assert stopped or still >= 400
        assert now.last_day is None
    else:
        assert not stopped
        assert (now.raw_last_day, now.suspended_days) == (day, still)
        assert now.last_day == next_working_day(day)
    assert now.days_used == used


def _only_announced(one: Suspension, as_of: date) -> bool:
    return (
        as_of in (one.invited, one.told)
        and not is_open(one, as_of)
        and as_of not in (one.supplied, one.received)
    )


@PATIENT
@given(cases())
def test_used_and_left_are_always_56(case: dict) -> None:
    now = decision_clock(**case)
    assert now.days_used + now.days_left == 56
    assert 0 <= now.days_used <= 56


@PATIENT
@given(cases())
def test_days_used_alone_are_those_of_the_clock(case: dict) -> None:
    clock = decision_clock(**case)
    alone = {name: value for name, value in case.items() if name != "extensions"}
    assert days_used(**alone) == (None if clock.clock is ClockState.decided else clock.days_used)


@PATIENT
@given(cases(), st.randoms())
def test_the_order_of_events_does_not_matter(case: dict, chance: random.Random) -> None:
    def shuffled(items: list) -> list:
        return chance.sample(items, len(items))

    other = {
        **case,
        "suspensions": shuffled(case["suspensions"]),
        "extensions": shuffled(case["extensions"]),
    }
    first, second = decision_clock(**case).as_json(), decision_clock(**other).as_json()
    for name in ("explanation", "warnings"):
        assert sorted(first.pop(name)) == sorted(second.pop(name))
    assert first == second


@PATIENT
@given(cases(), st.data())
def test_another_suspension_never_brings_the_last_day_forward(case: dict, data: st.DataObject) -> None:
    case |= {"extensions": [], "sent": None}
    more = data.draw(suspensions_after(case["received"]))
    before = decision_clock(**case).last_day
    after = decision_clock(**{**case, "suspensions": [*case["suspensions"], more]}).last_day
    assert before is None or after is None or after >= before


@PATIENT
@given(cases())
def test_the_last_day_is_a_working_day_unless_a_notice_of_delay_named_it(case: dict) -> None:
    last_day = decision_clock(**case).last_day
    named = {extension.until for extension in case["extensions"]}
    assert last_day is None or last_day in named or not is_free_day(last_day)


@PATIENT
@given(cases())
def test_there_is_a_last_day_unless_the_clock_stands_still(case: dict) -> None:
    now = decision_clock(**case)
    assert (now.last_day is None) == (now.clock is ClockState.stopped)
    assert (now.raw_last_day is None) == (now.clock is ClockState.stopped)
    if now.raw_last_day:
        assert now.raw_last_day == now.received + (56 + now.suspended_days) * DAY


@PATIENT
@given(cases())
def test_once_sent_nothing_changes_any_more(case: dict) -> None:
    sent = case["sent"]
    if sent is None:
        return
    first = decision_clock(**{**case, "today": sent})
    later = decision_clock(**{**case, "today": sent + 100 * DAY})
    assert first.clock is later.clock is ClockState.decided
    assert (first.days_used, first.last_day, first.days_late) == (
        later.days_used,
        later.last_day,
        later.days_late,
    )


@PATIENT
@given(cases())
def test_counting_as_the_circular_does_is_never_earlier(case: dict) -> None:
    case |= {"extensions": []}
    wet = decision_clock(**{**case, "mode": Mode.wet})
    circulaire = decision_clock(**{**case, "mode": Mode.circulaire})
    if wet.last_day and circulaire.last_day:
        assert circulaire.last_day >= wet.last_day
    assert circulaire.days_used <= wet.days_used
