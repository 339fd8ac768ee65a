"""The call rhythm as data and back, and figures that cannot go together."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from journey.rules.cadence import DEFAULTS, CadenceSettings
from journey.rules.errors import Invalid
from journey.rules.rhythm import cadence_from_data, cadence_to_data, check_cadence, find_faults


def test_the_usual_rhythm_is_nothing_to_keep_and_without_faults() -> None:
    assert cadence_to_data(DEFAULTS) == {}
    assert cadence_from_data({}) == DEFAULTS
    assert find_faults(DEFAULTS) == []


def test_only_what_differs_is_kept_and_read_back() -> None:
    hours = {**DEFAULTS.hours, 6: (time(12), time(14))}
    del hours[5]
    changed = replace(DEFAULTS, hours=hours, rest_days=14, evening_from=time(18), evening_needed=False)
    data = cadence_to_data(changed)
    assert data == {
        "rest_days": 14,
        "evening_from": "18:00",
        "evening_needed": False,
        "hours": {"sat": "", "sun": "12:00-14:00"},
    }
    assert cadence_from_data(data) == changed


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"speed": 3}, "speed"),
        ({"attempts_a_day": 0}, "attempts_a_day"),
        ({"attempts_a_day": True}, "attempts_a_day"),
        ({"late_legal_day": 57}, "late_legal_day"),
        ({"evening_from": "25:00"}, "evening_from"),
        ({"evening_needed": "yes"}, "evening_needed"),
        ({"hours": {"someday": "09:00-10:00"}}, "hours"),
        ({"hours": {"mon": "09:00"}}, "hours.mon"),
        ({"hours": "always"}, "hours"),
    ],
)
def test_what_cannot_be_read_names_its_field(data: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cadence_from_data(data)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": {0: (time(17), time(9))}, "evening_needed": False, "day_parts": 1}, "hours.mon"),
        ({"hours": {}}, "hours.mon"),
        ({"evening_from": time(12)}, "evening_from"),
        ({"evening_from": time(21)}, "evening_from"),
        ({"attempts_a_day": 7}, "attempts_a_day"),
        ({"attempts_a_round": 2}, "day_parts"),
        ({"hours": {0: (time(13), time(20))}}, "day_parts"),
        ({"hours_between": 12}, "hours_between"),
        ({"hours_from_failed_time": 6}, "hours_from_failed_time"),
        ({"rounds_to_other_channel": 3}, "rounds_to_other_channel"),
    ],
)
def test_figures_that_cannot_go_together_are_told_at_their_field(
    changes: dict[str, object], field: str
) -> None:
    settings: CadenceSettings = replace(DEFAULTS, **changes)  # type: ignore[arg-type]
    assert field in [fault.field for fault in find_faults(settings)]
    with pytest.raises(Invalid):
        check_cadence(settings)
