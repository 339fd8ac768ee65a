"""The decision clock once more, as someone with a paper calendar would: day by day, from the rules alone. Both must
agree on cases that nobody chose."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pytest
from dateutil.easter import easter
from typer.testing import CliRunner

from journey.cli.main import app

DAY = timedelta(days=1)
DECREES = {date(2023, 4, 28), date(2023, 5, 19), date(2024, 5, 10), date(2024, 12, 27), date(2025, 5, 30)}
DECREES |= {date(2026, 1, 2), date(2026, 5, 15), date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26)}
Period = tuple[date, date, date]  # invited, end of the term, supplied


def is_free(day: date) -> bool:
    king = 26 if date(day.year, 4, 27).weekday() == 6 else 27
    fixed = {(1, 1), (4, king), (5, 5), (12, 25), (12, 26)}
    moving = (day - easter(day.year)).days in (-2, 1, 39, 50)
    return day.weekday() > 4 or (day.month, day.day) in fixed or moving or day in DECREES


def on_paper(received: date, today: date, periods: list[Period], mode: str) -> dict[str, object]:
    still: set[date] = set()
    for invited, term, supplied in periods:
        end = supplied - (DAY if mode == "wet" else 0 * DAY) if supplied <= term else term
        still |= {invited + n * DAY for n in range(1, (end - invited).days + 1)}
    day, counted, suspended = received, 0, 0
    while counted < 56:
        day += DAY
        suspended += day in still
        counted += day not in still
    used = sum(received + n * DAY not in still for n in range(1, (today - received).days + 1))
    last = day
    while is_free(last):
        last += DAY
    return {
        "days_used": min(used, 56),
        "days_left": 56 - min(used, 56),
        "suspended_days": suspended,
        "raw_last_day": day.isoformat(),
        "last_day": last.isoformat(),
        "days_late": max(0, (today - last).days),
    }


@pytest.mark.parametrize("seed", range(60))
def test_the_clock_agrees_with_a_paper_calendar(seed: int) -> None:
    chance = random.Random(seed)
    received = date(chance.randint(2023, 2028), 1, 1) + chance.randrange(300) * DAY
    periods = []
    for _ in range(chance.randrange(4)):
        invited = received + chance.randrange(70) * DAY
        periods.append((invited, invited + chance.randint(1, 20) * DAY, invited + chance.randrange(25) * DAY))
    today = max([received, *(max(period) for period in periods)]) + chance.randint(1, 90) * DAY
    mode = chance.choice(["wet", "circulaire"])
    asked = ["term", "decision", "--received", str(received), "--today", str(today), "--mode", mode, "--json"]
    for invited, term, supplied in periods:
        asked += ["--suspension", f"ground=1a,invited={invited},term={term},supplied={supplied}"]
    said = json.loads(CliRunner().invoke(app, asked).stdout)
    expected = on_paper(received, today, periods, mode)
    assert {name: said[name] for name in expected} == expected
