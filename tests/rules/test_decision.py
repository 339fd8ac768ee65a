"""The decision clock as a table that someone who knows Awb 4:13-4:15 can check with a calendar.

Columns: today, what happened, state, days suspended, days used, last day (- while the clock stands still).
"""

from __future__ import annotations

from datetime import date

import pytest

from journey.rules.decision import Clock, ClockState, Extension, Suspension, decision_clock, notices_due
from journey.rules.errors import Invalid


def d(text: str) -> date:
    return date.fromisoformat(text)


def happened(text: str) -> tuple[list[Suspension], list[Extension], date | None]:
    """`1a 2026-02-10 term 2026-02-24; extension 2026-03-30 until 2026-04-21; sent 2026-04-01` as facts."""
    suspensions, extensions, sent = [], [], None
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        kind, first, *rest = part.split()
        named = {name: d(day) for name, day in zip(rest[::2], rest[1::2], strict=True)}
        if kind == "sent":
            sent = d(first)
        elif kind == "extension":
            extensions.append(Extension(d(first), **named))
        else:
            start = {"1a": "invited", "1b": "told"}.get(kind, "from_")
            suspensions.append(Suspension(kind, **{start: d(first)}, **named))
    return suspensions, extensions, sent


def clock(received: str, today: str, events: str = "", mode: str = "wet") -> Clock:
    suspensions, extensions, sent = happened(events)
    return decision_clock(d(received), d(today), suspensions, extensions, sent, mode)


WORKED = [
    # The worked examples of the rules (wet).
    ("2026-02-03", "2026-03-16", "", "running", 0, 41, "2026-03-31"),
    ("2026-01-10", "2026-03-07", "", "running", 0, 56, "2026-03-09"),
    ("2026-02-06", "2026-04-02", "", "running", 0, 55, "2026-04-07"),
    ("2026-03-10", "2026-05-04", "", "running", 0, 55, "2026-05-06"),
    (
        "2026-10-01",
        "2026-11-16",
        "1a 2026-10-05 term 2026-10-26 supplied 2026-10-19",
        "running",
        13,
        33,
        "2026-12-09",
    ),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24", "running", 14, 27, "2026-04-14"),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-03-10 supplied 2026-02-24; 2a 2026-02-20 to 2026-03-06",
        "running",
        24,
        17,
        "2026-04-24",
    ),
    ("2026-02-03", "2026-03-16", "1a 2026-03-09 term 2026-03-23", "stopped", 7, 34, "-"),
    ("2026-02-03", "2026-04-01", "extension 2026-03-30 until 2026-04-21", "running", 0, 56, "2026-04-21"),
]

HOLIDAYS = [
    # Day 56 on a free day: the term runs on to the next day that is none (ATW 1).
    ("2025-03-01", "2025-03-02", "", "running", 0, 1, "2025-04-28"),  # 26 April 2025: King's Day a day early
    ("2025-04-04", "2025-04-05", "", "running", 0, 1, "2025-06-02"),  # Fri 30 May 2025, by decree
    ("2026-03-19", "2026-03-20", "", "running", 0, 1, "2026-05-18"),  # Thu 14 May Ascension, Fri by decree
    ("2026-03-30", "2026-03-31", "", "running", 0, 1, "2026-05-26"),  # Whit Monday
    ("2026-10-30", "2026-10-31", "", "running", 0, 1, "2026-12-28"),  # Fri 25 and Sat 26 December
    ("2025-11-06", "2025-11-07", "", "running", 0, 1, "2026-01-05"),  # 1 January, 2 January by decree
    ("2024-11-01", "2024-11-02", "", "running", 0, 1, "2024-12-30"),  # 27 December 2024 by decree
    ("2027-03-12", "2027-03-13", "", "running", 0, 1, "2027-05-10"),  # Fri 7 May 2027 by decree
    ("2026-03-02", "2026-03-03", "", "running", 0, 1, "2026-04-28"),  # Mon 27 April 2026: King's Day
    ("2017-03-03", "2017-03-04", "", "running", 0, 1, "2017-05-01"),  # Fri 28 April 2017 by decree
    ("2017-03-31", "2017-04-01", "", "running", 0, 1, "2017-05-29"),  # Fri 26 May 2017 by decree
    ("2018-03-16", "2018-03-17", "", "running", 0, 1, "2018-05-14"),  # Fri 11 May 2018 by decree
    ("2018-11-05", "2018-11-06", "", "running", 0, 1, "2019-01-02"),  # Mon 31 December 2018 by decree
    # Only once, at the very end: a free day in between costs nothing.
    ("2026-03-17", "2026-05-05", "", "running", 0, 49, "2026-05-12"),
    # The suspended days come first, then the ATW on the result: day 56 is Sat 4 April, then Easter.
    (
        "2026-02-03",
        "2026-03-01",
        "1a 2026-02-10 term 2026-02-20 supplied 2026-02-15",
        "running",
        4,
        22,
        "2026-04-07",
    ),
]

SUPPLEMENT = [
    # 1a: invited on I, supplied on S: I+1 up to S-1 (wet); a supplement without a term was met in time.
    ("2026-02-03", "2026-03-16", "1a 2026-02-10", "running", 0, 41, "2026-03-31"),  # no term: no effect
    # Two worked examples as they are often noted: the supplement came, and nobody wrote down the term of the letter.
    ("2026-10-01", "2026-11-16", "1a 2026-10-05 supplied 2026-10-19", "running", 13, 33, "2026-12-09"),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 supplied 2026-02-24; 2a 2026-02-20 to 2026-03-06",
        "running",
        24,
        17,
        "2026-04-24",
    ),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 supplied 2026-02-20", "running", 9, 32, "2026-04-09"),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-24 supplied 2026-02-10",
        "running",
        0,
        41,
        "2026-03-31",
    ),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-24 supplied 2026-02-11",
        "running",
        0,
        41,
        "2026-03-31",
    ),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-24 supplied 2026-02-12",
        "running",
        1,
        40,
        "2026-04-01",
    ),
    # Supplied on the last day of the term is in time; the day after is not, and the whole term counts.
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-24 supplied 2026-02-24",
        "running",
        13,
        28,
        "2026-04-13",
    ),
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-24 supplied 2026-02-25",
        "running",
        14,
        27,
        "2026-04-14",
    ),
    # The day of sending still runs; the clock stops the day after.
    ("2026-02-03", "2026-02-10", "1a 2026-02-10 term 2026-02-24", "running", 0, 7, "2026-03-31"),
    ("2026-02-03", "2026-02-11", "1a 2026-02-10 term 2026-02-24", "stopped", 1, 7, "-"),
    # Open on the last day of the term, running the day after.
    ("2026-02-03", "2026-02-24", "1a 2026-02-10 term 2026-02-24", "stopped", 14, 7, "-"),
    ("2026-02-03", "2026-02-25", "1a 2026-02-10 term 2026-02-24", "running", 14, 8, "2026-04-14"),
    # The term is set by the college: a Saturday stays a Saturday (no ATW).
    ("2026-02-03", "2026-02-22", "1a 2026-02-10 term 2026-02-21", "running", 11, 8, "2026-04-13"),
    # A supplement that lies ahead has not come: the clock still stands still.
    ("2026-02-03", "2026-02-15", "1a 2026-02-10 term 2026-02-24 supplied 2026-02-20", "stopped", 5, 7, "-"),
    ("2026-02-03", "2026-02-09", "1a 2026-02-10 term 2026-02-24", "running", 0, 6, "2026-03-31"),
    # Two invitations after each other.
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-14; 1a 2026-02-16 term 2026-02-20",
        "running",
        8,
        33,
        "2026-04-08",
    ),
    # Only while the term still has days: day 56 itself can be suspended, an invitation on day 56 is too late.
    ("2026-02-03", "2026-03-31", "1a 2026-03-30 term 2026-04-02", "stopped", 1, 55, "-"),
    (
        "2026-02-03",
        "2026-04-03",
        "1a 2026-03-30 term 2026-04-02",
        "running",
        3,
        56,
        "2026-04-07",
    ),  # 3 April: Good Friday
    ("2026-02-03", "2026-04-01", "1a 2026-03-31 term 2026-04-14", "running", 0, 56, "2026-03-31"),
    ("2026-01-10", "2026-03-09", "1a 2026-03-07 term 2026-03-21", "running", 0, 56, "2026-03-09"),
    ("2026-01-10", "2026-03-09", "1a 2026-03-08 term 2026-03-21", "running", 0, 56, "2026-03-09"),
    # An earlier suspension moves day 56, so a later invitation can still be in time.
    (
        "2026-02-03",
        "2026-05-01",
        "1a 2026-04-10 term 2026-04-17; 1a 2026-02-10 term 2026-02-24",
        "running",
        21,
        56,
        "2026-04-21",
    ),
]

OTHER_GROUNDS = [
    # 1b: from the day after the applicant was told until receipt.
    ("2026-02-03", "2026-03-16", "1b 2026-02-10", "stopped", 34, 7, "-"),
    ("2026-02-03", "2026-02-10", "1b 2026-02-10", "running", 0, 7, "2026-03-31"),
    ("2026-02-03", "2026-03-16", "1b 2026-02-10 received 2026-03-01", "running", 18, 23, "2026-04-20"),
    # 2a, 2b, 2c: the days named, both included.
    ("2026-02-03", "2026-03-16", "2a 2026-02-10 to 2026-02-10", "running", 1, 40, "2026-04-01"),
    ("2026-02-03", "2026-03-16", "2b 2026-02-10 to 2026-02-19", "running", 10, 31, "2026-04-10"),
    ("2026-02-03", "2026-02-19", "2b 2026-02-10 to 2026-02-19", "stopped", 10, 6, "-"),
    ("2026-02-03", "2026-02-20", "2b 2026-02-10 to 2026-02-19", "running", 10, 7, "2026-04-10"),
    ("2026-02-03", "2026-03-16", "2c 2026-03-10", "stopped", 7, 34, "-"),
    # What was agreed for later counts already.
    ("2026-02-03", "2026-03-02", "2a 2026-03-10 to 2026-03-19", "running", 10, 27, "2026-04-10"),
    # Overlap counts once: 11-20 and 15-24 February are 14 days.
    (
        "2026-02-03",
        "2026-03-16",
        "1a 2026-02-10 term 2026-02-20; 2b 2026-02-15 to 2026-02-24",
        "running",
        14,
        27,
        "2026-04-14",
    ),
    # Days before receipt do not count, nor does the day of receipt.
    ("2026-02-03", "2026-03-16", "2a 2026-01-20 to 2026-02-05", "running", 2, 39, "2026-04-02"),
    # Agreed on day 56 itself: that day stands still. From the day after: too late.
    ("2026-02-03", "2026-04-10", "2a 2026-03-31 to 2026-04-01", "running", 2, 56, "2026-04-02"),
    ("2026-02-03", "2026-04-10", "2a 2026-04-01 to 2026-04-05", "running", 0, 56, "2026-03-31"),
]

EXTENSIONS = [
    # Awb 4:14 lid 3: sent on or before the then last day.
    ("2026-02-03", "2026-04-01", "extension 2026-03-31 until 2026-04-21", "running", 0, 56, "2026-04-21"),
    ("2026-02-03", "2026-04-02", "extension 2026-04-01 until 2026-04-21", "running", 0, 56, "2026-03-31"),
    # The date named is not moved by the ATW: Sat 25 April.
    ("2026-02-03", "2026-03-16", "extension 2026-03-10 until 2026-04-25", "running", 0, 41, "2026-04-25"),
    # On the Monday that the ATW added it is still in time.
    ("2026-01-10", "2026-03-10", "extension 2026-03-09 until 2026-03-20", "running", 0, 56, "2026-03-20"),
    # An earlier date has no effect.
    ("2026-02-03", "2026-03-16", "extension 2026-03-10 until 2026-03-20", "running", 0, 41, "2026-03-31"),
    # The later of the two: a suspension after it moves the computed day past the named one.
    (
        "2026-02-03",
        "2026-03-20",
        "extension 2026-02-20 until 2026-04-07; 1a 2026-03-02 term 2026-03-16",
        "running",
        14,
        31,
        "2026-04-14",
    ),
    # Sent while the clock stood still: it cannot be too late.
    (
        "2026-02-03",
        "2026-04-20",
        "1a 2026-03-23 term 2026-04-10; extension 2026-04-06 until 2026-05-12",
        "running",
        18,
        56,
        "2026-05-12",
    ),
    # Two notices; the second in time only because of the first.
    (
        "2026-02-03",
        "2026-04-20",
        "extension 2026-04-15 until 2026-05-06; extension 2026-03-30 until 2026-04-15",
        "running",
        0,
        56,
        "2026-05-06",
    ),
    # Not sent yet on the day one looks.
    ("2026-02-03", "2026-03-16", "extension 2026-03-20 until 2026-04-21", "running", 0, 41, "2026-03-31"),
    # An invitation after day 56 has no effect, even within the delay.
    (
        "2026-02-03",
        "2026-04-10",
        "extension 2026-03-30 until 2026-04-21; 1a 2026-04-02 term 2026-04-16",
        "running",
        0,
        56,
        "2026-04-21",
    ),
]

DECIDED = [
    ("2026-02-03", "2026-11-22", "sent 2026-03-16", "decided", 0, 41, "2026-03-31"),
    ("2026-02-03", "2026-11-22", "sent 2026-03-31", "decided", 0, 56, "2026-03-31"),
    ("2026-02-03", "2026-11-22", "sent 2026-04-01", "decided", 0, 56, "2026-03-31"),
    ("2026-02-03", "2026-11-22", "sent 2026-02-03", "decided", 0, 0, "2026-03-31"),
    # An open suspension ends on the day of sending.
    (
        "2026-02-03",
        "2026-11-22",
        "1a 2026-03-09 term 2026-03-23; sent 2026-03-16",
        "decided",
        7,
        34,
        "2026-04-07",
    ),
    # What happened after the decision does not count.
    (
        "2026-02-03",
        "2026-11-22",
        "sent 2026-03-16; 1a 2026-03-20 term 2026-03-27",
        "decided",
        0,
        41,
        "2026-03-31",
    ),
    # A decision that lies ahead was not sent yet.
    ("2026-02-03", "2026-03-16", "sent 2026-03-20", "running", 0, 41, "2026-03-31"),
]


@pytest.mark.parametrize(
    ("received", "today", "events", "state", "suspended", "used", "last_day"),
    WORKED + HOLIDAYS + SUPPLEMENT + OTHER_GROUNDS + EXTENSIONS + DECIDED,
)
def test_the_clock(
    received: str, today: str, events: str, state: str, suspended: int, used: int, last_day: str
) -> None:
    now = clock(received, today, events)
    found = (now.clock, now.suspended_days, now.days_used, str(now.last_day or "-"))
    assert found == (state, suspended, used, last_day)
    assert now.days_left == 56 - used


CIRCULAIRE = [
    # The day of supplying stands still too; a term unused counts the same in both modes.
    ("2026-10-01", "2026-11-16", "1a 2026-10-05 term 2026-10-26 supplied 2026-10-19", 14, 32, "2026-12-10"),
    ("2026-10-01", "2026-11-16", "1a 2026-10-05 supplied 2026-10-19", 14, 32, "2026-12-10"),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24", 14, 27, "2026-04-14"),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24 supplied 2026-02-24", 14, 27, "2026-04-14"),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24 supplied 2026-02-26", 14, 27, "2026-04-14"),
    ("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24 supplied 2026-02-10", 0, 41, "2026-03-31"),
    ("2026-02-03", "2026-03-16", "1b 2026-02-10 received 2026-03-01", 19, 22, "2026-04-20"),
    ("2026-02-03", "2026-03-16", "2a 2026-02-10 to 2026-02-19", 10, 31, "2026-04-10"),
    # Supplied today: that day stands still, but nothing is open any more, so there is a last day.
    ("2026-02-03", "2026-02-20", "1a 2026-02-10 term 2026-02-24 supplied 2026-02-20", 10, 7, "2026-04-10"),
]


@pytest.mark.parametrize(("received", "today", "events", "suspended", "used", "last_day"), CIRCULAIRE)
def test_the_clock_counted_as_the_circular_does(
    received: str, today: str, events: str, suspended: int, used: int, last_day: str
) -> None:
    now = clock(received, today, events, "circulaire")
    assert (now.suspended_days, now.days_used, str(now.last_day)) == (suspended, used, last_day)


def test_the_last_day_of_the_other_mode_is_given_when_it_differs() -> None:
    events = "1a 2026-10-05 term 2026-10-26 supplied 2026-10-19"
    assert clock("2026-10-01", "2026-11-16", events).last_day_other_mode == d("2026-12-10")
    assert clock("2026-10-01", "2026-11-16", events, "circulaire").last_day_other_mode == d("2026-12-09")


def test_the_last_day_of_the_other_mode_is_left_out_when_the_atw_makes_it_equal() -> None:
    now = clock("2026-02-03", "2026-03-16", "1b 2026-02-10 received 2026-03-01")
    assert (now.raw_last_day, now.last_day, now.last_day_other_mode) == (
        d("2026-04-18"),
        d("2026-04-20"),
        None,
    )


IF_UNUSED = [
    ("2026-03-16", "1a 2026-03-09 term 2026-03-23", "2026-04-14"),
    ("2026-03-09", "1a 2026-03-09 term 2026-03-23", "2026-04-14"),  # sent today
    ("2026-03-16", "1b 2026-03-09", None),  # no end in sight
    ("2026-03-16", "2c 2026-03-10", None),
    ("2026-03-16", "2a 2026-03-10 to 2026-03-23", "2026-04-14"),
    ("2026-03-16", "1a 2026-03-09 term 2026-03-23; 1b 2026-03-12", None),
    ("2026-03-16", "1a 2026-03-09 term 2026-03-23; 1a 2026-03-11 term 2026-03-25", "2026-04-16"),
    ("2026-03-16", "1a 2026-03-09 term 2026-03-23; extension 2026-03-10 until 2026-04-24", "2026-04-24"),
    ("2026-03-24", "1a 2026-03-09 term 2026-03-23", None),  # nothing open any more
]


@pytest.mark.parametrize(("today", "events", "expected"), IF_UNUSED)
def test_what_the_last_day_is_when_open_terms_pass_unused(
    today: str, events: str, expected: str | None
) -> None:
    assert clock("2026-02-03", today, events).last_day_if_unused == (d(expected) if expected else None)


def test_while_the_clock_stands_still_there_is_no_last_day_and_nothing_is_late() -> None:
    now = clock("2026-02-03", "2026-06-01", "1b 2026-02-10")
    assert now.clock is ClockState.stopped
    assert (now.raw_last_day, now.last_day, now.days_to_last_day, now.days_late) == (None, None, None, 0)


LATE = [
    ("2026-03-30", "", 1, 0),
    ("2026-03-31", "", 0, 0),  # today is the last day
    ("2026-04-01", "", -1, 1),
    ("2026-04-10", "", -10, 10),
    ("2026-11-22", "sent 2026-03-31", 0, 0),  # counted from the day of sending
    ("2026-11-22", "sent 2026-04-01", -1, 1),
    ("2026-11-22", "sent 2026-03-16", 15, 0),
    ("2026-01-30", "", 60, 0),  # before receipt
]


@pytest.mark.parametrize(("today", "events", "to_last_day", "late"), LATE)
def test_days_to_the_last_day_and_days_late(today: str, events: str, to_last_day: int, late: int) -> None:
    now = clock("2026-02-03", today, events)
    assert (now.days_to_last_day, now.days_late) == (to_last_day, late)


def test_before_receipt_nothing_is_used() -> None:
    now = clock("2026-02-03", "2026-02-01")
    assert (now.days_used, now.days_left) == (0, 56)


WARNINGS = [
    ("2026-03-16", "1a 2026-02-10", "geen termijn"),
    ("2026-02-15", "1a 2026-02-10 supplied 2026-02-20", "geen termijn"),
    ("2026-03-16", "1a 2026-02-10 supplied 2026-02-20", "alleen als de brief een termijn noemde"),
    ("2026-04-02", "1a 2026-03-31 term 2026-04-14", "geen effect"),
    ("2026-04-05", "1a 2026-04-02 term 2026-04-14", "geen effect"),
    ("2026-04-05", "2b 2026-04-02 to 2026-04-04", "geen effect"),
    ("2026-04-05", "extension 2026-04-01 until 2026-04-21", "na de laatste dag"),
    ("2026-03-16", "extension 2026-03-10 until 2026-03-20", "vóór de laatste dag"),
    ("2026-03-16", "extension 2026-03-20 until 2026-04-20", "na vandaag"),
    ("2026-03-16", "sent 2026-03-20", "na vandaag"),
    ("2026-03-16", "1a 2026-03-20 term 2026-04-01", "na vandaag"),
    ("2026-03-16", "1a 2026-03-09 term 2026-04-01 supplied 2026-03-20", "na vandaag"),
    ("2026-04-16", "sent 2026-03-20; 1a 2026-03-24 term 2026-04-01", "na het besluit"),
    ("2026-03-16", "1a 2026-01-24 term 2026-02-10", "vóór de ontvangst"),
    ("2026-02-01", "", "na vandaag"),
]


@pytest.mark.parametrize(("today", "events", "words"), WARNINGS)
def test_what_has_no_effect_is_a_warning_and_no_refusal(today: str, events: str, words: str) -> None:
    (warning,) = clock("2026-02-03", today, events).warnings
    assert words in warning


@pytest.mark.parametrize(("received", "today", "events", "state", "suspended", "used", "last_day"), WORKED)
def test_the_worked_examples_give_no_warnings(
    received: str, today: str, events: str, state: str, suspended: int, used: int, last_day: str
) -> None:
    assert clock(received, today, events).warnings == ()


@pytest.mark.parametrize(
    ("received", "warned"), [("2028-11-01", False), ("2028-11-04", True), ("2029-03-01", True)]
)
def test_a_last_day_in_a_year_without_a_decree_is_a_warning(received: str, warned: bool) -> None:
    # 1 Nov 2028 + 56 = Wed 27 Dec 2028; 4 Nov + 56 = Sat 30 Dec, moved to 2 January 2029.
    warnings = clock(received, received).warnings
    assert any("2029" in warning for warning in warnings) is warned


@pytest.mark.parametrize(
    ("received", "warned"),
    [("2016-11-04", True), ("2016-11-07", False), ("2020-03-10", True), ("2019-11-08", True)],
)
def test_a_last_day_in_a_past_year_without_a_loaded_decree_warns(received: str, warned: bool) -> None:
    # 4 Nov 2016 + 56 = Fri 30 Dec 2016; 7 Nov + 56 = Mon 2 Jan 2017; 8 Nov 2019 + 56 = Fri 3 Jan 2020.
    warnings = decision_clock(d(received), d(received)).warnings
    assert any("niet geladen" in warning for warning in warnings) is warned


REFUSED = [
    ("1a 2026-02-10 term 2026-02-24 supplied 2026-02-09", "supplied"),
    ("1a 2026-02-10 term 2026-02-09", "term"),
    ("1b 2026-02-10 received 2026-02-09", "received"),
    ("2a 2026-02-10 to 2026-02-09", "to"),
    ("2b 2026-02-10 to 2026-02-09", "to"),
    ("sent 2026-02-02", "sent"),
    ("extension 2026-02-02 until 2026-04-21", "sent"),
    ("2a 2026-02-10 to 9026-02-12", "to"),
    ("1a 2026-02-10 to 2026-02-12", "to"),
    ("2a 2026-02-10 supplied 2026-02-12", "supplied"),
    ("3a 2026-02-10", "ground"),
]


@pytest.mark.parametrize(("events", "field"), REFUSED)
def test_dates_that_cannot_be_are_refused_at_their_field(events: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clock("2026-02-03", "2026-03-16", events)
    assert refusal.value.field == field


@pytest.mark.parametrize("ground", ["1a", "1b", "2a", "2b", "2c"])
def test_a_suspension_without_its_first_date_is_refused(ground: str) -> None:
    with pytest.raises(Invalid):
        Suspension(ground)  # type: ignore[arg-type]


def test_a_decision_before_receipt_is_refused_also_when_it_lies_ahead() -> None:
    with pytest.raises(Invalid):
        clock("2026-02-03", "2026-01-01", "sent 2026-02-02")


def test_a_case_worker_can_sign_the_explanation() -> None:
    now = clock("2026-02-03", "2026-03-16", "1a 2026-02-10 term 2026-02-24")
    assert now.explanation[0] == (
        "56 dagen vanaf 3 februari, 14 dagen stilgestaan (11 t/m 24 februari),"
        " laatste dag dinsdag 14 april 2026."
    )


def test_the_explanation_names_the_days_that_moved_the_last_day() -> None:
    sentence = clock("2026-02-06", "2026-04-02").explanation[1]
    for words in ("Goede Vrijdag", "zaterdag", "zondag", "tweede paasdag", "dinsdag 7 april 2026"):
        assert words in sentence


def test_the_explanation_while_the_clock_stands_still_says_what_is_awaited() -> None:
    text = " ".join(clock("2026-02-03", "2026-03-16", "1a 2026-03-09 term 2026-03-23").explanation)
    assert "Awb 4:15 lid 1 onder a" in text
    assert "Gaat de termijn ongebruikt voorbij, dan is de laatste dag dinsdag 14 april 2026." in text


def test_json_has_the_fields_of_the_contract() -> None:
    assert list(clock("2026-02-03", "2026-03-16").as_json()) == [
        "received",
        "today",
        "mode",
        "clock",
        "days_used",
        "days_left",
        "suspended_days",
        "raw_last_day",
        "last_day",
        "days_to_last_day",
        "days_late",
        "last_day_if_unused",
        "last_day_other_mode",
        "explanation",
        "warnings",
    ]


NOTICES = [
    ("1a 2026-02-10 term 2026-02-24", []),
    ("2a 2026-02-10 to 2026-02-24", []),
    ("1b 2026-02-10", []),
    ("1b 2026-02-10 received 2026-03-01", [("end", "2026-03-01")]),
    ("1b 2026-02-10 received 2026-03-20", []),  # not received yet
    ("2b 2026-02-10 to 2026-02-24", [("end", "2026-02-25")]),
    ("2b 2026-02-10 to 2026-03-16", []),  # still stands still today
    ("2c 2026-02-10", [("start", "2026-02-10")]),
    ("2c 2026-02-10 to 2026-02-24", [("start", "2026-02-10"), ("end", "2026-02-25")]),
    ("2c 2026-02-10; sent 2026-03-01", []),  # decided: nothing left to tell
]


@pytest.mark.parametrize(("events", "expected"), NOTICES)
def test_notices_the_applicant_must_get(events: str, expected: list[tuple[str, str]]) -> None:
    suspensions, extensions, sent = happened(events)
    due = notices_due(d("2026-02-03"), d("2026-03-16"), suspensions, extensions, sent)
    assert [(notice.moment, str(notice.due_from)) for notice in due] == expected


def test_a_notice_at_the_end_states_the_remaining_term() -> None:
    suspensions, _, _ = happened("2b 2026-02-10 to 2026-02-19")
    (notice,) = notices_due(d("2026-02-03"), d("2026-02-20"), suspensions)
    assert (notice.days_left, notice.last_day) == (49, d("2026-04-10"))
