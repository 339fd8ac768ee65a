"""Reads for the desk: who to call in which order and why, and everything one call screen shows.

The number of queries does not grow with the number of people. Names and numbers are opened for one person at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlmodel import col, select

from journey.auth.scope import list_studies, scoped
from journey.call.on_list import Asked, count_on_list, list_first, on_list
from journey.call.ranking import Place, rank_call
from journey.call.rounds import (
    AT_ONCE,
    ROUND_COLUMNS,
    BriefHistory,
    PastRound,
    list_histories,
)
from journey.clock import at_local, local_day
from journey.models import Attempt, Call, Contact, Participant, Study, User
from journey.participant.handover import list_cards
from journey.progress.days import list_days_used, list_step_days
from journey.rules.cadence import DEFAULTS, CadenceSettings, Rank, round_of
from journey.rules.errors import NotFound
from journey.rules.roles import LEAD
from journey.study.cadence import cadence_of
from journey.work import Work

LARGEST_ID = 2**31 - 1
LONG = 4  # so many times as many as are shown

Line = TypeVar("Line")


@dataclass(frozen=True)
class DueCall:
    """One line of the call list. `now` tells whether it can be dialled at the moment the list is about; `rank` is
    that of the cadence (1 first); `reason` a sentence; `attempts` counts the dials of this round; `colleague` is the
    name of the researcher when that is somebody else, `handed_by` of who handed the person over since the last talk;
    `late_in_term` from the legal day the study chose.
    """

    id: int
    participant: str
    study: str
    week: date
    due_on: date
    kind: str
    appointment_at: datetime | None
    appointment_until: datetime | None
    next_at: datetime | None
    reason: str
    rank: int
    now: bool
    later_today: bool
    attempts: int
    good_times: dict[str, list[str]]
    legal_day: int | None
    late_in_term: bool
    colleague: str
    handed_by: str
    wrong_number: bool


@dataclass(frozen=True)
class DoneCall:
    """A round of this week that is over, with the outcome of its last attempt."""

    id: int
    participant: str
    state: str
    closed_at: datetime | None
    outcome: str


def get_call(work: Work, call_id: int) -> Call:
    """NotFound for a call that does not exist or is of another study."""
    if not 0 < call_id <= LARGEST_ID:
        raise NotFound("Deze belronde is er niet.")
    statement = select(Call).join(Participant).where(Call.id == call_id)
    call = work.session.exec(scoped(work, statement, col(Participant.study_id))).first()
    if call is None:
        raise NotFound("Deze belronde is er niet.")
    return call


@dataclass(frozen=True)
class Part(Generic[Line]):
    """The first lines of a part of the list, and how many it has."""

    lines: Sequence[Line]
    total: int

    @classmethod
    def of(cls, lines: Sequence[Line], most: int | None) -> "Part[Line]":
        return cls(lines[:most], len(lines))


@dataclass(frozen=True)
class DueParts:
    """Who can be dialled now, who later that day, and who on another day; each in the order in which to call."""

    now: Part[DueCall]
    later_today: Part[DueCall]
    later: Part[DueCall]


def list_due(
    work: Work, on: date | None = None, now: datetime | None = None, *, everyone: bool | None = None
) -> list[DueCall]:
    """Open calls due on a day, in the order in which to call (rules, 37).

    Today it is about this moment; of another day, about the end of it. A researcher sees own people first and then
    those of nobody, with `everyone` also colleagues' people; leads and tokens see the whole study.
    """
    return _in_order(work, _asked(work, on, now, everyone=everyone))


def list_parts(
    work: Work, on: date | None = None, *, everyone: bool | None = None, most: int | None = None
) -> DueParts:
    """The parts of `list_due`, of each at most the first `most`.

    Of a long list the pressing calls are ranked; all others can be dialled now, come after who has a new step, and are
    read as far as they are shown.
    """
    if on is not None and on > work.today:
        return _parts_ahead(work, on, everyone=everyone, most=most)
    asked = _asked(work, on, None, everyone=everyone)
    total = 0 if most is None else count_on_list(work, asked)
    if most is None or total <= LONG * most:
        return _parts(_in_order(work, asked), most)
    listed = _in_order(work, asked, list_first(work, asked, most))
    return _parts(listed, most, total - len(listed))


def list_due_of(work: Work, user_id: int | None) -> list[DueCall]:
    """Today's list of one researcher: own people and those of nobody."""
    return _in_order(work, Asked(work.today, work.now, user_id, shows_all=False, own_first=False))


def day_of(due: DueCall, today: date) -> date | None:
    """On which day a line of today's list is called, for the list and the agenda alike: when it was agreed, today when
    it may be dialled today, or when the rhythm says. None when this week has no moment for it any more.
    """
    if due.appointment_at is not None and due.rank != Rank.asked_back:
        return max(local_day(due.appointment_at), today)
    if due.now or due.later_today:
        return today
    return local_day(due.next_at) if due.next_at is not None and not due.wrong_number else None


def list_done(work: Work, *, everyone: bool | None = None, most: int | None = None) -> Part[DoneCall]:
    """Rounds of this week that are over, the latest first; of whom as in `list_due`."""
    statement: Any = (
        select(Call.id, Participant.code, Call.state, Call.closed_at)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(Call.week == round_of(work.today), col(Call.state).in_(("done", "missed")))
        .order_by(col(Call.closed_at).desc())
    )
    mine = own_id(work)
    if mine is not None and not (work.actor.role == LEAD if everyone is None else everyone):
        statement = statement.where(
            col(Participant.researcher_id).is_(None) | (col(Participant.researcher_id) == mine)
        )
    rows = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    shown = rows[:most]
    outcomes = _last_outcomes(work, [call for call, *_ in shown])
    lines = [DoneCall(call, code, state, at, outcomes.get(call, "")) for call, code, state, at in shown]
    return Part(lines, len(rows))


def _last_outcomes(work: Work, calls: Sequence[int]) -> dict[int, str]:
    outcomes: dict[int, str] = {}
    for start in range(0, len(calls), AT_ONCE):
        attempts = select(Attempt.call_id, Attempt.outcome).where(
            col(Attempt.call_id).in_(calls[start : start + AT_ONCE])
        )
        outcomes.update(work.session.exec(attempts.order_by(col(Attempt.at), col(Attempt.id))).all())
    return outcomes


def list_rhythms(work: Work) -> list[CadenceSettings]:
    """The call rhythms of the running studies in reach; the usual one when there is none."""
    return [cadence_of(study) for study in list_studies(work, "journey") if study.closed_at is None] or [
        DEFAULTS
    ]


def get_participant_code(work: Work, call: Call) -> str:
    return work.session.get_one(Participant, call.participant_id).code


def find_last_attempt(work: Work, call: Call) -> Attempt | None:
    return work.session.exec(
        select(Attempt).where(Attempt.call_id == call.id).order_by(col(Attempt.id).desc())
    ).first()


def count_attempts(work: Work, call: Call) -> int:
    return len(work.session.exec(select(Attempt.id).where(Attempt.call_id == call.id)).all())


@dataclass(frozen=True)
class _Open:
    call: PastRound
    due_on: date
    participant: str
    researcher_id: int | None
    journey_id: int
    study: str
    rhythm: CadenceSettings
    good_times: dict[str, list[str]]
    wrong_number: bool


def _asked(work: Work, on: date | None, now: datetime | None, *, everyone: bool | None) -> Asked:
    on = on or work.today
    now = now or (work.now if on == work.today else at_local(on + timedelta(days=1), 0))
    mine, is_lead = own_id(work), work.actor.role == LEAD
    shows_all = mine is None or (is_lead if everyone is None else everyone)
    return Asked(on, now, mine, shows_all, own_first=mine is not None and not is_lead)


def _in_order(work: Work, asked: Asked, which: Sequence[int] | None = None) -> list[DueCall]:
    rows = _open_calls(work, asked, which)
    histories = list_histories(work, [row.call.participant_id for row in rows])
    names = {user.id: user.name for user in work.session.exec(select(User)).all()}
    cards = list_cards(work, {row.call.participant_id: row.researcher_id for row in rows})
    ranked = []
    for row, place in zip(rows, _places(work, rows, histories, asked), strict=True):
        colleague = row.researcher_id if row.researcher_id != asked.mine else None
        card = cards.get(row.call.participant_id)
        history = histories[row.call.participant_id]
        due = _due(row, place, history, names.get(colleague, ""), card.giver if card else "")
        ranked.append(((asked.comes_last(row.researcher_id), *place.order, due.id), due))
    return [due for _, due in sorted(ranked, key=lambda pair: pair[0])]


def _parts(listed: Sequence[DueCall], most: int | None, others: int = 0) -> DueParts:
    """`others` can be dialled now, after who is listed."""
    now = [due for due in listed if due.now]
    return DueParts(
        now=Part(now[:most], len(now) + others),
        later_today=Part.of([due for due in listed if due.later_today], most),
        later=Part.of([due for due in listed if not due.now and not due.later_today], most),
    )


def _parts_ahead(work: Work, on: date, *, everyone: bool | None, most: int | None) -> DueParts:
    """Of a day to come: who is called on it, and everybody else who may still be called before."""
    planned = {due.id: day_of(due, work.today) for due in list_due(work, everyone=everyone)}
    listed = list_due(work, on, everyone=everyone)
    here = [due for due in listed if planned.get(due.id, due.due_on) == on]
    others = [due for due in listed if planned.get(due.id, due.due_on) != on]
    return DueParts(now=Part.of(here, most), later_today=Part((), 0), later=Part.of(others, most))


def _open_calls(work: Work, asked: Asked, which: Sequence[int] | None) -> list[_Open]:
    columns: tuple[Any, ...] = (
        Call.due_on,
        Participant.code,
        Participant.researcher_id,
        Participant.journey_id,
        Participant.study_id,
        Contact.good_times,
        Contact.phone_wrong_at,
        *ROUND_COLUMNS,
    )
    listed = on_list(work, select(*columns), asked)
    parts = (
        [listed]
        if which is None
        else [
            listed.where(col(Call.id).in_(which[start : start + AT_ONCE]))
            for start in range(0, len(which), AT_ONCE)
        ]
    )
    rows = [row for part in parts for row in work.session.exec(part)]
    studies = {study.id: (study.code, cadence_of(study)) for study in work.session.exec(select(Study)).all()}
    return [
        _Open(
            PastRound._make(call),
            due_on,
            code,
            researcher,
            journey or 0,
            *studies[study],
            good_times,
            bool(wrong),
        )
        for due_on, code, researcher, journey, study, good_times, wrong, *call in rows
    ]


def _places(
    work: Work, rows: Sequence[_Open], histories: Mapping[int, BriefHistory], asked: Asked
) -> list[Place]:
    journeys = [row.journey_id for row in rows]
    on = asked.on
    newest = on - timedelta(days=max((row.rhythm.new_step_days for row in rows), default=0))
    steps, used = list_step_days(work, journeys, newest, on), list_days_used(work, journeys, on)
    return [
        rank_call(
            row.call,
            histories[row.call.participant_id],
            steps.get(row.journey_id, ()),
            used.get(row.journey_id),
            asked.now,
            on,
            row.rhythm,
            row.good_times,
            wrong_number=row.wrong_number,
        )
        for row in rows
    ]


def _due(row: _Open, place: Place, history: BriefHistory, colleague: str, handed_by: str) -> DueCall:
    call = row.call
    return DueCall(
        id=call.id,
        participant=row.participant,
        study=row.study,
        week=call.week,
        due_on=row.due_on,
        kind=call.kind,
        appointment_at=call.appointment_at,
        appointment_until=call.appointment_until,
        next_at=call.next_at,
        reason=place.reason,
        rank=int(place.key.rank),
        now=place.now,
        later_today=place.later_today,
        attempts=len(history.of(call)),
        good_times=row.good_times,
        legal_day=place.legal_day,
        late_in_term=place.late_in_term,
        colleague=colleague,
        handed_by=handed_by,
        wrong_number=row.wrong_number,
    )


def own_id(work: Work) -> int | None:
    """Who "own people" are about: the signed-in user; nobody for a token or the system."""
    return work.actor.id if work.actor.kind == "user" else None
