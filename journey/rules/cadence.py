"""The weekly call: outcomes and what each does next, rounds, the order of the list, and the response rates.

Not reached is never a refusal, and a week in which nobody dialled is never a missed round (rules, 37-39).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from journey.rules.wording import msgid


class Outcome(StrEnum):
    """How one attempt ended."""

    interview = "interview"
    partial = "partial"
    appointment = "appointment"
    not_now = "not_now"
    no_answer = "no_answer"
    busy = "busy"
    voicemail_left = "voicemail_left"
    voicemail = "voicemail"
    someone_else = "someone_else"
    missed_appointment = "missed_appointment"
    language = "language"
    temporarily_unable = "temporarily_unable"
    wrong_number = "wrong_number"
    technical = "technical"
    not_by_phone = "not_by_phone"
    stop = "stop"
    deceased = "deceased"


class Aapor(StrEnum):
    """Groups of the AAPOR Standard Definitions."""

    interview = "I"
    partial = "P"
    refusal = "R"
    non_contact = "NC"
    other = "O"
    unknown = "U"


AAPOR: Final[Mapping[Outcome, Aapor]] = {
    Outcome.interview: Aapor.interview,
    Outcome.partial: Aapor.partial,
    Outcome.not_now: Aapor.refusal,
    Outcome.stop: Aapor.refusal,
    Outcome.not_by_phone: Aapor.refusal,
    Outcome.no_answer: Aapor.non_contact,
    Outcome.busy: Aapor.non_contact,
    Outcome.voicemail_left: Aapor.non_contact,
    Outcome.voicemail: Aapor.non_contact,
    Outcome.someone_else: Aapor.non_contact,
    Outcome.appointment: Aapor.non_contact,
    Outcome.missed_appointment: Aapor.non_contact,
    Outcome.language: Aapor.other,
    Outcome.temporarily_unable: Aapor.other,
    Outcome.deceased: Aapor.other,
    Outcome.wrong_number: Aapor.unknown,
    Outcome.technical: Aapor.unknown,
}

# The participant was not on the line: the attempt failed and another may follow in the same round.
NOT_REACHED: Final = frozenset(
    {
        Outcome.no_answer,
        Outcome.busy,
        Outcome.voicemail_left,
        Outcome.voicemail,
        Outcome.someone_else,
        Outcome.missed_appointment,
        Outcome.wrong_number,
        Outcome.technical,
    }
)


def was_reached(outcome: Outcome | str) -> bool:
    """Whether the participant was spoken to, whatever came of it."""
    return Outcome(outcome) not in NOT_REACHED


def _default_hours() -> Mapping[int, tuple[time, time]]:
    weekdays = {day: (time(9), time(20, 30)) for day in range(4)}
    return weekdays | {4: (time(9), time(18)), 5: (time(10), time(16))}


@dataclass(frozen=True)
class CadenceSettings:
    """The call rhythm of a study (rules, 37-38); `hours` maps weekday (0 = Monday) to local opening and
    closing time. A round tries at least `day_parts` parts of the day, with the evening when `evening_needed`.
    """

    hours: Mapping[int, tuple[time, time]] = field(default_factory=_default_hours)
    attempts_a_day: int = 2
    hours_between: int = 3
    hours_from_failed_time: int = 2
    attempts_a_round: int = 6
    day_parts: int = 3
    evening_needed: bool = True
    afternoon_from: time = time(12)
    evening_from: time = time(17)
    rest_days: int = 7
    new_step_days: int = 3
    late_legal_day: int = 42
    rounds_to_other_channel: int = 2
    rounds_to_pause: int = 3


DEFAULTS: Final = CadenceSettings()


# --- Rounds ----------------------------------------------------------------------------------------


def week_start(day: date) -> date:
    """The Monday of the week (Monday to Sunday) of a local date."""
    return day - timedelta(days=day.weekday())


def round_of(day: date) -> date:
    """The round a local date belongs to, named by its Monday."""
    return week_start(day)


def round_to_open(last_round: date | None, today: date) -> date | None:
    """The round to open now, or None when this week has one; weeks that nobody worked are not made up for."""
    current = round_of(today)
    return current if last_round is None or round_of(last_round) < current else None


@dataclass(frozen=True)
class Round:
    """One finished round: how often was dialled (appointments included) and whether the participant was
    reached.
    """

    attempts: int
    reached: bool


def rounds_missed(rounds: Sequence[Round]) -> int:
    """Rounds missed in a row up to the last one, oldest first.

    A round without an attempt is skipped: it neither counts as missed nor ends the row.
    """
    missed = 0
    for one in reversed(rounds):
        if one.reached:
            break
        missed += one.attempts > 0
    return missed


class Escalation(StrEnum):
    """What a row of missed rounds leads to."""

    none = "none"
    other_channel = "other_channel"
    letter_and_pause = "letter_and_pause"


def escalation(missed: int, settings: CadenceSettings = DEFAULTS) -> Escalation:
    """Two rounds missed: another channel. Three: a letter, and calls pause until there is a reaction (rules,
    38).
    """
    if missed >= settings.rounds_to_pause:
        return Escalation.letter_and_pause
    return Escalation.other_channel if missed >= settings.rounds_to_other_channel else Escalation.none


# --- The order of the list -------------------------------------------------------------------------


class Rank(IntEnum):
    """Why someone stands where they stand, first to last."""

    appointment_now = 1
    asked_back = 2
    new_step = 3
    not_reached = 4
    late_in_term = 5
    longest_silent = 6
    later = 7


@dataclass(frozen=True)
class CallFacts:
    """What the order of the list looks at; moments are aware, `legal_day` is the number of days used of the
    56. `last_round` is the week of the last round in which somebody dialled, `not_reached_since` the first dial
    in vain since anybody spoke to them.
    """

    appointment_at: datetime | None = None
    appointment_until: datetime | None = None
    asked_back_at: datetime | None = None
    new_step_on: date | None = None
    reached_last_round: bool | None = None
    last_round: date | None = None
    not_reached_since: date | None = None
    legal_day: int | None = None
    last_contact_on: date | None = None
    wrong_number: bool = False


@dataclass(frozen=True, order=True)
class CallOrder:
    """Sorts by rank, then by what is most pressing within it; `reason` is a Dutch msgid, filled with
    `params`.
    """

    rank: Rank
    within: float
    reason: str = field(compare=False)
    params: Mapping[str, object] = field(compare=False, default_factory=dict)

    def __str__(self) -> str:
        return self.reason % self.params if self.params else self.reason


APPOINTMENT_LEAD: Final = timedelta(minutes=15)


def call_order_key(
    facts: CallFacts, now: datetime, today: date, settings: CadenceSettings = DEFAULTS
) -> CallOrder:
    """Place in the list and the reason for it (rules, 37); `today` is the local date of `now`.

    An appointment counts as now from a quarter of an hour before; one that lies further ahead goes last,
    because calling earlier breaks the promise. Of those for now the window that ends first goes first. A number that is
    somebody else's keeps nobody's promise: it waits until it is corrected.
    """
    appointment, asked = facts.appointment_at, facts.asked_back_at
    if facts.wrong_number:
        return CallOrder(Rank.later, float("inf"), msgid("Het nummer klopt niet: verbeter het eerst"))
    if appointment and appointment <= now + APPOINTMENT_LEAD:
        pressing = facts.appointment_until or appointment
        return CallOrder(Rank.appointment_now, pressing.timestamp(), msgid("Afspraak nu"))
    if appointment:
        return CallOrder(Rank.later, appointment.timestamp(), msgid("Afspraak op een later moment"))
    if asked and asked <= now:
        return CallOrder(Rank.asked_back, asked.timestamp(), msgid("Vroeg om teruggebeld te worden"))
    silent = float(facts.last_contact_on.toordinal()) if facts.last_contact_on else 0.0
    if facts.new_step_on and 0 <= (today - facts.new_step_on).days <= settings.new_step_days:
        days = (today - facts.new_step_on).days
        reason = _RECENT_STEP.get(days, msgid("Nieuwe stap sinds %(since)s"))
        return CallOrder(Rank.new_step, float(days), reason, {"since": facts.new_step_on} if days > 1 else {})
    if facts.reached_last_round is False:
        return _not_reached(facts, today, silent)
    if facts.legal_day is not None and facts.legal_day >= settings.late_legal_day:
        reason = msgid("Dag %(day)s van de 56 dagen beslistermijn")
        return CallOrder(Rank.late_in_term, -float(facts.legal_day), reason, {"day": facts.legal_day})
    if facts.last_contact_on is None:
        return CallOrder(Rank.longest_silent, silent, msgid("Nog niet gesproken"))
    days = (today - facts.last_contact_on).days
    if days in _SILENT:
        return CallOrder(Rank.longest_silent, silent, _SILENT[days])
    return CallOrder(Rank.longest_silent, silent, msgid("%(days)s dagen niet gesproken"), {"days": days})


def _not_reached(facts: CallFacts, today: date, silent: float) -> CallOrder:
    """Last week, only when that was the last time anybody dialled; else since when."""
    last_week = facts.last_round is None or round_of(facts.last_round) == round_of(today) - timedelta(weeks=1)
    if last_week or facts.not_reached_since is None:
        return CallOrder(Rank.not_reached, silent, msgid("Vorige week niet bereikt"))
    reason = msgid("Sinds %(since)s niet bereikt")
    return CallOrder(Rank.not_reached, silent, reason, {"since": facts.not_reached_since})


_SILENT: Final = {0: msgid("Vandaag gesproken"), 1: msgid("Gisteren gesproken")}
_RECENT_STEP: Final = {0: msgid("Nieuwe stap sinds vandaag"), 1: msgid("Nieuwe stap sinds gisteren")}


# --- Rates -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rates:
    """Shares (0-1) of `n` cases, None without cases. Formulas: AAPOR RR1, RR2, CON1 and REF1."""

    n: int
    rr1: float | None
    rr2: float | None
    con1: float | None
    ref1: float | None


def rates(outcomes: Iterable[Outcome | str]) -> Rates:
    """Rates over the final outcome of each case.

    All unknown eligibility stays in the denominator: RR1 = I/N, RR2 = (I+P)/N, CON1 = (I+P+R+O)/N, REF1 =
    R/N, with N = I+P+R+NC+O+U (AAPOR Standard Definitions).
    """
    groups = [AAPOR[Outcome(outcome)] for outcome in outcomes]
    if not groups:
        return Rates(0, None, None, None, None)

    def share(*wanted: Aapor) -> float:
        return sum(group in wanted for group in groups) / len(groups)

    return Rates(
        n=len(groups),
        rr1=share(Aapor.interview),
        rr2=share(Aapor.interview, Aapor.partial),
        con1=share(Aapor.interview, Aapor.partial, Aapor.refusal, Aapor.other),
        ref1=share(Aapor.refusal),
    )
