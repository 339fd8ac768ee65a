"""The lines of a term as a table: every day once, in order, with its law; and the drawing that shows the same."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.progress.term_days import ATW, LAST, MARK, Calendar, Line, calendar, decision_lines
from journey.rules.decision import Extension, Suspension, decision_clock
from journey.rules.standing import Facts


def d(text: str) -> date:
    return date.fromisoformat(text)


def lines_of(
    received: str,
    today: str,
    *suspensions: Suspension,
    extensions: tuple[Extension, ...] = (),
    sent: str | None = None,
) -> tuple[Line, ...]:
    facts = Facts(d(received), suspensions, extensions, d(sent) if sent else None)
    clock = decision_clock(facts.received, d(today), suspensions, extensions, facts.sent)
    return decision_lines(facts, clock)


def shown(lines: tuple[Line, ...]) -> list[tuple[str, str, str, str]]:
    return [(line.first.isoformat(), line.last.isoformat(), line.kind, line.law) for line in lines]


UNUSED = Suspension("1a", invited=d("2026-02-10"), term=d("2026-02-24"))  # type: ignore[arg-type]


def test_running_and_standing_days_in_turn() -> None:
    assert shown(lines_of("2026-02-03", "2026-03-16", UNUSED)) == [
        ("2026-02-03", "2026-02-03", MARK, "Awb 4:13"),
        ("2026-02-04", "2026-02-10", "used", "Awb 4:13"),
        ("2026-02-11", "2026-02-24", "still", "Awb 4:15 lid 1 onder a"),
        ("2026-02-25", "2026-03-16", "used", "Awb 4:13"),
        ("2026-03-17", "2026-04-14", "ahead", "Awb 4:13"),
        ("2026-04-14", "2026-04-14", LAST, "Awb 4:13"),
    ]


def test_running_days_are_numbered_on_after_a_standstill() -> None:
    texts = [line.text for line in lines_of("2026-02-03", "2026-03-16", UNUSED)]
    assert texts[1:5] == [
        "dag 1 t/m 7",
        "de klok staat stil: gevraagd om aanvulling",
        "dag 8 t/m 27",
        "dag 28 t/m 56",
    ]


def test_free_days_that_move_the_end_are_named() -> None:
    moved = next(line for line in lines_of("2026-02-06", "2026-04-02") if line.kind == "moved")
    assert (moved.first, moved.last, moved.law) == (d("2026-04-04"), d("2026-04-07"), ATW)
    assert "3 april: Goede Vrijdag, 4 april: zaterdag, 5 april: zondag, 6 april: tweede paasdag" in moved.text


def test_delay_and_what_is_late() -> None:
    extension = (Extension(d("2026-03-30"), d("2026-04-21")),)
    lines = lines_of("2026-02-03", "2026-04-25", extensions=extension)
    assert shown(lines)[2:] == [
        ("2026-04-01", "2026-04-21", "extended", "Awb 4:14 lid 3"),
        ("2026-04-21", "2026-04-21", LAST, "Awb 4:14 lid 3"),
        ("2026-04-22", "2026-04-25", "late", "Awb 4:13 en 4:17"),
    ]


def test_a_decision_ends_the_counting() -> None:
    lines = lines_of("2026-02-03", "2026-05-01", sent="2026-03-10")
    assert [(line.first.isoformat(), line.text) for line in lines[2:]] == [
        ("2026-03-10", "besluit verstuurd"),
        ("2026-03-11", "dag 36 t/m 56, niet meer nodig"),
        ("2026-03-31", "laatste dag"),
    ]


def test_while_the_clock_stands_still_the_lines_end_today() -> None:
    still_open = Suspension("1a", invited=d("2026-03-09"), term=d("2026-03-23"))  # type: ignore[arg-type]
    lines = lines_of("2026-02-03", "2026-03-16", still_open)
    assert (lines[-1].kind, lines[-1].last) == ("still", d("2026-03-16"))
    assert LAST not in {line.kind for line in lines}


DAYS = st.integers(-20, 120).map(lambda n: date(2026, 2, 3) + timedelta(days=n))


@st.composite
def suspension(draw: st.DrawFn) -> Suspension:
    first = draw(DAYS)
    if draw(st.booleans()):
        return Suspension("1a", invited=first, term=first + timedelta(days=draw(st.integers(0, 30))))  # type: ignore[arg-type]
    return Suspension("2a", from_=first, to=first + timedelta(days=draw(st.integers(0, 30))))  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(st.lists(suspension(), max_size=4), DAYS, st.none() | st.integers(0, 120))
def test_every_day_stands_in_one_line_and_the_counts_are_those_of_the_clock(
    suspensions: list[Suspension], today: date, sent_after: int | None
) -> None:
    received = date(2026, 2, 3)
    sent = received + timedelta(days=sent_after) if sent_after is not None else None
    clock = decision_clock(received, today, suspensions, sent=sent)
    lines = decision_lines(Facts(received, tuple(suspensions), (), sent), clock)
    spans = [line for line in lines if not line.is_moment]
    counted = sum(line.days for line in spans if line.kind == "used")
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(spans))
    assert counted == clock.days_used
    assert sum(line.days for line in spans if line.kind == "still") == clock.suspended_days
    assert all(line.law for line in lines)


# --- The drawing ------------------------------------------------------------------------------------


def drawn(lines: tuple[Line, ...], today: str) -> Calendar:
    found = calendar(lines, d(today))
    assert found is not None
    return found


def test_a_week_is_a_row_from_monday_to_sunday() -> None:
    weeks = drawn(lines_of("2026-02-03", "2026-03-16", UNUSED), "2026-03-16").weeks
    assert len(weeks) == 11
    assert all(week.cells[0].day.weekday() == 0 and len(week.cells) == 7 for week in weeks)
    assert [week.label for week in weeks if week.label] == ["feb", "mrt", "apr"]


def test_every_day_is_drawn_as_what_its_line_says() -> None:
    lines = lines_of("2026-02-06", "2026-04-10", UNUSED)
    cells = {
        cell.day: cell.kind for week in drawn(lines, "2026-04-10").weeks for cell in week.cells if cell.kind
    }
    assert cells == {
        line.first + timedelta(days=n): line.kind
        for line in lines
        if not line.is_moment
        for n in range(line.days)
    }


def test_the_last_day_the_events_and_today_are_marked() -> None:
    found = drawn(lines_of("2026-02-03", "2026-03-16"), "2026-03-16")
    marked = {cell.day.isoformat(): cell.mark for week in found.weeks for cell in week.cells if cell.mark}
    assert marked == {"2026-02-03": MARK, "2026-03-31": LAST}
    assert found.marks == {MARK, LAST, "today"}


def test_a_term_of_years_leaves_out_equal_weeks() -> None:
    years = Suspension("2a", from_=d("2026-03-01"), to=d("2028-03-01"))  # type: ignore[arg-type]
    weeks = drawn(lines_of("2026-02-06", "2030-04-10", years), "2030-04-10").weeks
    assert len(weeks) < 15
    assert [(week.left_out, week.kind) for week in weeks if week.left_out] == [
        (104, "still"),
        (4, "used"),
        (104, "late"),
    ]
    assert [week.label for week in weeks if "’" in week.label] == ["mrt ’28", "apr ’30"]


def test_weeks_with_something_in_them_are_never_left_out() -> None:
    delay = (Extension(d("2026-03-02"), d("2029-03-01")),)
    found = drawn(lines_of("2026-02-06", "2027-06-15", extensions=delay), "2027-06-15")
    assert "today" in found.marks


def test_nothing_to_draw() -> None:
    assert calendar(()) is None


@pytest.mark.parametrize("received", ["2026-12-20", "2027-01-01"])
def test_a_new_year_is_named(received: str) -> None:
    labels = [week.label for week in drawn(lines_of(received, received), received).weeks if week.label]
    assert labels == (["dec", "jan ’27", "feb"] if received.startswith("2026") else ["jan", "feb"])
