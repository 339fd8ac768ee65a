"""The decision clock: until when the municipality may take to decide (Awb 4:13-4:15, ATW 1).

The eight weeks run from receipt of the application and end on the day the decision is sent. What lies after
`today` has not happened yet: an open term stays open, a notice not sent has no effect. Only agreed or known
days of 2a, 2b and 2c count beforehand. While the clock stands still there is no last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from journey.rules.decision_text import effect_lost, explain, warn
from journey.rules.errors import Invalid
from journey.rules.standing import Facts, Standing, standing
from journey.rules.suspension import (
    DAY,
    TERM_DAYS,
    Extension,
    Ground,
    Mode,
    Suspension,
    check_years,
)

__all__ = [
    "Clock",
    "ClockState",
    "Extension",
    "Ground",
    "Mode",
    "Notice",
    "Suspension",
    "days_used",
    "decision_clock",
    "effects_lost",
    "notices_due",
]


class ClockState(StrEnum):
    """Whether the clock runs, stands still or has ended."""

    running = "running"
    stopped = "stopped"
    decided = "decided"


@dataclass(frozen=True)
class Clock:
    """The answer of the decision clock on `today`, or on the day of sending once `decided`.

    `days_used` + `days_left` = 56. `raw_last_day` (day 56) = received + 56 + `suspended_days`; with the ATW
    and a valid notice of delay it becomes `last_day`. These and `days_to_last_day` are None while stopped,
    `suspended_days` is then the number so far. `days_to_last_day` is negative and `days_late` positive once
    late. `last_day_if_unused`: when every open term passes unused; None when there is none or no end is in
    sight. `last_day_other_mode`: None when equal.
    """

    received: date
    today: date
    mode: Mode
    clock: ClockState
    days_used: int
    days_left: int
    suspended_days: int
    raw_last_day: date | None
    last_day: date | None
    days_to_last_day: int | None
    days_late: int
    last_day_if_unused: date | None
    last_day_other_mode: date | None
    explanation: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The fields for JSON: ISO dates, lists of sentences."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def decision_clock(
    received: date,
    today: date,
    suspensions: Sequence[Suspension] = (),
    extensions: Sequence[Extension] = (),
    sent: date | None = None,
    mode: Mode | str = Mode.wet,
) -> Clock:
    """The clock of one application on `today`; all dates are local dates, their order does not matter.

    `sent` is the day the decision was sent (bekendmaking), not the day it was taken. Raises Invalid when the
    decision or a notice of delay was sent before receipt.
    """
    mode = Mode(mode)
    facts = _checked(Facts(received, tuple(suspensions), tuple(extensions), sent), today)
    decided = sent is not None and sent <= today
    as_of = sent if sent is not None and decided else today
    now = standing(facts, as_of, mode, final=decided)
    other = _other_last_day(facts, now, mode, final=decided)
    to_last_day = (now.last_day - as_of).days if now.last_day else None
    state = ClockState.decided if decided else ClockState.stopped if now.stopped else ClockState.running
    return Clock(
        received=received,
        today=today,
        mode=mode,
        clock=state,
        days_used=now.used,
        days_left=TERM_DAYS - now.used,
        suspended_days=now.suspended_days,
        raw_last_day=now.raw,
        last_day=now.last_day,
        days_to_last_day=to_last_day,
        days_late=max(0, -to_last_day) if to_last_day is not None else 0,
        last_day_if_unused=now.if_unused,
        last_day_other_mode=other,
        explanation=explain(facts, now, mode, other, decided=decided),
        warnings=warn(facts, now, mode, today, decided=decided),
    )


def days_used(
    received: date,
    today: date,
    suspensions: Sequence[Suspension] = (),
    sent: date | None = None,
    mode: Mode | str = Mode.wet,
) -> int | None:
    """How many of the 56 days are used on `today`, as `decision_clock` counts them; None once the decision was sent. A
    notice of delay uses none.
    """
    if sent is not None and sent <= today:
        return None
    facts = _checked(Facts(received, tuple(suspensions), sent=sent), today)
    return standing(facts, today, Mode(mode)).used


def effects_lost(
    received: date,
    today: date,
    suspensions: Sequence[Suspension] = (),
    extensions: Sequence[Extension] = (),
    sent: date | None = None,
    mode: Mode | str = Mode.wet,
) -> dict[Suspension | Extension, str]:
    """The suspensions and notices of delay that change nothing (Awb 4:14 lid 3, 4:15), with the reason in a sentence.

    Raises Invalid as `decision_clock` does.
    """
    mode = Mode(mode)
    facts = _checked(Facts(received, tuple(suspensions), tuple(extensions), sent), today)
    decided = sent is not None and sent <= today
    as_of = sent if sent is not None and decided else today
    return effect_lost(facts, standing(facts, as_of, mode, final=decided), mode, decided=decided)


def _checked(facts: Facts, today: date) -> Facts:
    check_years({"received": facts.received, "sent": facts.sent, "today": today})
    if facts.sent is not None and facts.sent < facts.received:
        raise Invalid(
            "Het besluit (%(sent)s) is verstuurd vóór de ontvangst van de aanvraag (%(received)s).",
            field="sent",
            sent=facts.sent,
            received=facts.received,
        )
    for one in facts.extensions:
        if one.sent < facts.received:
            raise Invalid(
                "Het uitstel (%(sent)s) is verstuurd vóór de ontvangst van de aanvraag (%(received)s).",
                field="sent",
                sent=one.sent,
                received=facts.received,
            )
    return facts


def _other_last_day(facts: Facts, now: Standing, mode: Mode, *, final: bool) -> date | None:
    if now.last_day is None or not facts.suspensions:
        return None
    other_mode = Mode.circulaire if mode is Mode.wet else Mode.wet
    last_day = standing(facts, now.as_of, other_mode, final=final).last_day
    return last_day if last_day != now.last_day else None


# --- Notices (Awb 4:15 lid 3 and 4) ----------------------------------------------------------------

NOTICE_AT_START: Final = frozenset({Ground.force_majeure})
NOTICE_AT_END: Final = frozenset({Ground.foreign_body, Ground.applicant, Ground.force_majeure})


@dataclass(frozen=True)
class Notice:
    """A letter the applicant must get: `suspension` is the index in the list given, `due_from` the first day
    it can go.

    At the end it states the remaining term: `days_left` of the 56 and the `last_day` (None while something
    still stops the clock).
    """

    suspension: int
    ground: Ground
    moment: str
    due_from: date
    days_left: int
    last_day: date | None


def notices_due(
    received: date,
    today: date,
    suspensions: Sequence[Suspension] = (),
    extensions: Sequence[Extension] = (),
    sent: date | None = None,
    mode: Mode | str = Mode.wet,
) -> list[Notice]:
    """Notices that suspensions ask for up to `today`, oldest first; none once the decision was sent.

    2c asks for one at the start; 1b, 2b and 2c ask for one when the clock runs again (rules, 7). Which of
    them were sent is for the caller to know.
    """
    clock = decision_clock(received, today, suspensions, extensions, sent, mode)
    if clock.clock is ClockState.decided:
        return []
    due = [
        Notice(index, one.ground, moment, day, clock.days_left, clock.last_day)
        for index, one in enumerate(suspensions)
        for moment, day in _notice_days(one)
        if day <= today
    ]
    return sorted(due, key=lambda notice: (notice.due_from, notice.suspension))


def _notice_days(one: Suspension) -> list[tuple[str, date]]:
    days = [("start", one.begun)] if one.ground in NOTICE_AT_START else []
    ended = one.received if one.ground is Ground.foreign_body else one.to + DAY if one.to else None
    if one.ground in NOTICE_AT_END and ended:
        days.append(("end", ended))
    return days
