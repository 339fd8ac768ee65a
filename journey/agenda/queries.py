"""Reads for the agenda: the days of one researcher, and who the colleagues are. The number of queries does not grow
with people or days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from journey.agenda.days import (
    ANY_TIME,
    AgendaDay,
    Entry,
    Expected,
    Waiting,
    appointment_entries,
    calling_hours,
    count_expected,
    expect,
    hours_words,
)
from journey.auth.scope import list_studies, scoped
from journey.call.appointments import list_appointments, own_people
from journey.call.queries import day_of, list_due_of
from journey.call.times import good_times_of
from journey.clock import AMSTERDAM, at_local, local_day
from journey.models import Attempt, Call, CallBack, Contact, Membership, Participant, Study, User
from journey.rules.cadence import DEFAULTS, CadenceSettings, was_reached
from journey.rules.calendar import holidays
from journey.rules.calltimes import callback_due
from journey.rules.errors import NotFound
from journey.rules.roles import LEAD, RESEARCHER
from journey.study.cadence import cadence_of
from journey.web.filters import clock_time
from journey.web.i18n import gettext as _
from journey.work import Work


@dataclass(frozen=True)
class _Facts:
    """What is read once for all days."""

    entries: Sequence[Entry]
    expected: Sequence[Expected]
    rests: Sequence[tuple[str, date]]
    dials: Sequence[tuple[date, str]]
    rhythms: Sequence[CadenceSettings]


def list_days(work: Work, user_id: int | None, first: date, last: date) -> list[AgendaDay]:
    """The agenda of one researcher from `first` to `last`, both included; nothing of before today is expected any
    more.
    """
    facts = _read(work, user_id, first, last)
    expected = list(facts.expected)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return [
        AgendaDay(
            day=day,
            is_today=day == work.today,
            is_past=day < work.today,
            holiday=holidays(day.year).get(day, ""),
            hours=hours_words(calling_hours(day, facts.rhythms)),
            entries=tuple(one for one in facts.entries if _stands_on(one, work.today) == day),
            expected=count_expected(expected, day),
            back=tuple(code for code, until in facts.rests if until == day),
            resting=sum(until > day for _code, until in facts.rests) if day >= work.today else 0,
            dialled=sum(one == day for one, _outcome in facts.dials),
            reached=sum(one == day and was_reached(outcome) for one, outcome in facts.dials),
        )
        for day in days
    ]


def get_today(work: Work, user_id: int | None) -> AgendaDay:
    return list_days(work, user_id, work.today, work.today)[0]


def list_colleagues(work: Work) -> list[User]:
    """Researchers and leads who reach one of the actor's studies, by name."""
    studies = work.actor.studies
    reach: dict[int, set[int]] = {}
    for row in work.session.exec(select(Membership)).all():
        reach.setdefault(row.user_id, set()).add(row.study_id)
    statement = select(User).where(col(User.active), col(User.role).in_((RESEARCHER, LEAD)))
    users = work.session.exec(statement.order_by(User.name)).all()
    return [
        user
        for user in users
        if studies is None or user.id not in reach or not studies.isdisjoint(reach[user.id])
    ]


def get_whose(work: Work, text: str) -> User:
    """Whose agenda is asked for: the reader's own, or for a lead that of a colleague. NotFound for anybody else."""
    if text in ("", str(work.actor.id)):
        own = work.session.get(User, work.actor.id)
        if own is not None:
            return own
    if work.actor.role == LEAD:
        for user in list_colleagues(work):
            if str(user.id) == text:
                return user
    raise NotFound("Deze agenda is er niet.")


def _read(work: Work, user_id: int | None, first: date, last: date) -> _Facts:
    start, end = at_local(first, 0), at_local(last + timedelta(days=1), 0)
    rhythms = {
        study.id or 0: cadence_of(study) for study in list_studies(work, "journey") if study.closed_at is None
    }
    promises = _promises(work, user_id)
    agreed = list_appointments(work, user_id, start, end)
    entries = appointment_entries(agreed, rhythms, work.now)
    for code, asked_at, call_id in promises:
        due = callback_due(asked_at)
        words = _("vóór %(time)s", time=clock_time(due))
        entries.append(Entry("call_back", code, call_id, due, words, is_late=due < work.now))
    codes = {code for code, _asked, _call in promises}
    return _Facts(
        entries=sorted(entries, key=lambda one: (one.starts_at, one.participant)),
        expected=_expected(work, user_id, last, rhythms, codes) if last >= work.today else (),
        rests=_rests(work, user_id, first),
        dials=_dials(work, user_id, start, end) if first <= work.today else (),
        rhythms=list(rhythms.values()) or [DEFAULTS],
    )


def _stands_on(entry: Entry, today: date) -> date:
    """A broken promise to call back stands on today until somebody dials."""
    day = local_day(entry.starts_at)
    return max(day, today) if entry.kind == "call_back" else day


def _people(work: Work, user_id: int | None, statement: Any) -> Any:
    """Only people of this researcher who take part in a study that runs."""
    statement = statement.join(Study, col(Study.id) == Participant.study_id).where(
        Participant.state == "active", col(Study.closed_at).is_(None), own_people(user_id)
    )
    return scoped(work, statement, col(Participant.study_id))


def _promises(work: Work, user_id: int | None) -> list[tuple[str, datetime, int | None]]:
    """Who waits for a call back: code, when they asked, and the open round."""
    dialled = (
        select(Attempt.id)
        .join(Call, col(Call.id) == Attempt.call_id)
        .where(Call.participant_id == CallBack.participant_id, Attempt.at >= CallBack.asked_at)
    )
    open_call = (
        select(Call.id)
        .where(Call.participant_id == CallBack.participant_id, Call.state == "open")
        .scalar_subquery()
    )
    statement: Any = select(Participant.code, CallBack.asked_at, open_call).join(
        Participant, col(Participant.id) == CallBack.participant_id
    )
    rows = work.session.exec(_people(work, user_id, statement.where(~dialled.exists()))).all()
    earliest: dict[str, tuple[str, datetime, int | None]] = {}
    for code, asked_at, call_id in sorted(rows, key=lambda row: row[1], reverse=True):
        earliest[code] = (code, asked_at, call_id)
    return list(earliest.values())


def _expected(
    work: Work, user_id: int | None, last: date, rhythms: dict[int, CadenceSettings], promised: set[str]
) -> list[Expected]:
    """The calls without a fixed time: those of today's list on the day on which the list has them, and those that are
    due later.
    """
    waiting = _waiting(work, user_id, last, rhythms, promised)
    found = [expect(one, work.now) for one in waiting.values() if one.due_on > work.today]
    for due in list_due_of(work, user_id):
        day, one = day_of(due, work.today), waiting.get(due.id)
        if day is None or due.participant in promised:
            continue
        if one is not None:
            found.append(_as_listed(expect(one, work.now), day, one, work.now))
        elif due.appointment_at is not None and local_day(due.appointment_at) < work.today:
            found.append(Expected(day, ANY_TIME))
    return found


def _as_listed(best: Expected, day: date, waiting: Waiting, now: datetime) -> Expected:
    """On the day of the list, in the best part of it; when nobody is called any more that day, on the next best one."""
    hours = calling_hours(day, [waiting.settings])
    is_over = hours is None or datetime.combine(day, hours[1], AMSTERDAM) <= now
    return best if best.day == day or is_over else Expected(day, ANY_TIME)


def _waiting(
    work: Work, user_id: int | None, last: date, rhythms: dict[int, CadenceSettings], promised: set[str]
) -> dict[int, Waiting]:
    statement: Any = (
        select(Call, Participant, Contact)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .join(Contact, col(Contact.participant_id) == Participant.id)
        .where(Call.state == "open", Call.due_on <= last, col(Call.appointment_at).is_(None))
    )
    return {
        call.id: Waiting(
            max(call.due_on, person.rest_until or call.due_on),
            call.next_at,
            good_times_of(contact.good_times, rhythms[person.study_id]),
            rhythms[person.study_id],
        )
        for call, person, contact in work.session.exec(_people(work, user_id, statement)).all()
        if person.code not in promised
    }


def _rests(work: Work, user_id: int | None, first: date) -> list[tuple[str, date]]:
    statement: Any = select(Participant.code, col(Participant.rest_until)).where(
        col(Participant.rest_until) >= first
    )
    return list(work.session.exec(_people(work, user_id, statement.order_by(Participant.code))).all())


def _dials(work: Work, user_id: int | None, start: datetime, end: datetime) -> list[tuple[date, str]]:
    statement: Any = (
        select(Attempt.at, Attempt.outcome)
        .join(Call, col(Call.id) == Attempt.call_id)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(Attempt.recorded_by == f"user:{user_id}", Attempt.at >= start, Attempt.at < end)
    )
    rows = work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    return [(local_day(at), outcome) for at, outcome in rows]
