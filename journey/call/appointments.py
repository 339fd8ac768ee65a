"""Appointments of a researcher: what else is agreed at that time, how a window is said, and the entry that calendars
follow. A clash is told, never refused: what was promised to a person stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from journey.auth.scope import scoped
from journey.call.times import propose_moments
from journey.clock import AMSTERDAM, local_day
from journey.models import CalendarEntry, Call, Participant, Study, stored_id
from journey.rules.appointments import LONGEST_WINDOW, Slot, end_of_part, find_slot_objection
from journey.rules.cadence import APPOINTMENT_LEAD, CadenceSettings
from journey.study.cadence import cadence_of
from journey.web.filters import clock_time, day_short
from journey.web.i18n import gettext as _
from journey.work import Work

PROPOSED_AHEAD = timedelta(days=15)
SOON, NEXT_WEEK = 2, 4
WINDOWS = {"1": timedelta(hours=1), "2": timedelta(hours=2)}
REST_OF_PART = "part"
NO_WINDOW = "exact"
WINDOW_CHOICES = (NO_WINDOW, *WINDOWS, REST_OF_PART)


@dataclass(frozen=True)
class Appointment:
    """What is agreed with one person, and in which round."""

    call_id: int
    participant: str
    study_id: int
    slot: Slot


@dataclass(frozen=True)
class Agreement:
    """What the call screen says about the next talk: the window in words, its start as a form sends it, what it
    clashes with, why it is an unusual moment (a sentence or empty), the windows to choose from as (value, words,
    chosen), and moments to propose at which the caller is free.
    """

    words: str
    starts: str
    clashes: tuple[str, ...]
    objection: str
    windows: tuple[tuple[str, str, bool], ...]
    proposals: tuple[datetime, ...]


def own_people(user_id: int | None) -> Any:
    """Whose people the list of a researcher holds: the own ones and those of nobody."""
    return or_(col(Participant.researcher_id) == user_id, col(Participant.researcher_id).is_(None))


def list_appointments(work: Work, user_id: int | None, start: datetime, end: datetime) -> list[Appointment]:
    """What is agreed with this researcher's people and touches the time from `start` to `end`, in order of time.

    Of somebody who has an appointment in a closed round only the latest round counts: the next takes it along.
    """
    later = aliased(Call)
    is_latest = ~(
        select(later.id).where(later.participant_id == Call.participant_id, later.week > Call.week).exists()
    )
    statement: Any = (
        select(Call, Participant)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(
            col(Call.appointment_at) >= start - LONGEST_WINDOW,
            col(Call.appointment_at) < end,
            Participant.state == "active",
            col(Study.closed_at).is_(None),
            own_people(user_id),
            is_latest,
        )
        .order_by(col(Call.appointment_at), Participant.code)
    )
    found = [
        Appointment(
            stored_id(call), person.code, person.study_id, Slot(call.appointment_at, call.appointment_until)
        )
        for call, person in work.session.exec(scoped(work, statement, col(Participant.study_id))).all()
    ]
    return [one for one in found if one.slot.ends_at > start]


def describe_agreement(
    work: Work, call: Call, person: Participant, study: Study, good_times: Mapping[str, Any]
) -> Agreement:
    """For the call screen of this person, with the good times as they are stored."""
    agreed = slot_of(call)
    settings = cadence_of(study)
    soonest, furthest = work.now, work.now + PROPOSED_AHEAD
    others = _others(work, person, soonest, max(furthest, agreed.ends_at if agreed else furthest))
    taken = [one.slot for one in others]
    soon = propose_moments(work.now, good_times, settings, next_week=False, taken=taken)[:SOON]
    later = propose_moments(work.now, good_times, settings, next_week=True, taken=taken)[:NEXT_WEEK]
    objection = find_slot_objection(agreed, settings) if agreed else None
    return Agreement(
        words=slot_words(agreed) if agreed else "",
        starts=f"{agreed.at.astimezone(AMSTERDAM):%Y-%m-%dT%H:%M}" if agreed else "",
        clashes=_clashing(agreed, others) if agreed else (),
        objection=_(objection) if objection else "",
        windows=_windows(agreed, settings) if agreed else (),
        proposals=tuple(dict.fromkeys(one.astimezone(AMSTERDAM) for one in [*soon, *later])),
    )


def slot_of(call: Call) -> Slot | None:
    return Slot(call.appointment_at, call.appointment_until) if call.appointment_at else None


def window_end(at: datetime, window: str, settings: CadenceSettings) -> datetime | None:
    """The end of the window that was chosen; None for no window. The rest of a part of the day ends with the calling
    hours.
    """
    if window == REST_OF_PART:
        return end_of_part(at, settings)
    if window not in WINDOWS:
        return None
    return at + WINDOWS[window]


def slot_words(slot: Slot) -> str:
    """`di 14 apr om 14:00`, or `di 14 apr tussen 14:00 en 16:00`."""
    return f"{day_short(slot.at)} {time_words(slot)}"


def time_words(slot: Slot) -> str:
    """`om 14:00`, or `tussen 14:00 en 16:00`."""
    start = clock_time(slot.at)
    if slot.until is None:
        return _("om %(start)s", start=start)
    return _("tussen %(start)s en %(end)s", start=start, end=clock_time(slot.until))


def record_in_calendar(work: Work, call: Call) -> None:
    """Let calendars follow what is agreed now: a new entry, a change of the one that is still to come, or its end.

    An appointment that was due is over, whatever became of it: its entry stays as it was.
    """
    last = work.session.exec(
        select(CalendarEntry)
        .where(CalendarEntry.participant_id == call.participant_id)
        .order_by(col(CalendarEntry.id).desc())
        .limit(1)
    ).first()
    entry = last if last is not None and last.starts_at > work.now + APPOINTMENT_LEAD else None
    if call.appointment_at is None:
        if entry is not None and not entry.is_cancelled:
            _change(work, entry, entry.starts_at, entry.until, is_cancelled=True)
    elif entry is not None:
        _change(work, entry, call.appointment_at, call.appointment_until, is_cancelled=False)
    elif last is None or (last.starts_at, last.until) != (call.appointment_at, call.appointment_until):
        work.session.add(
            CalendarEntry(
                participant_id=call.participant_id,
                starts_at=call.appointment_at,
                until=call.appointment_until,
                changed_at=work.now,
            )
        )


def _change(
    work: Work, entry: CalendarEntry, at: datetime, until: datetime | None, *, is_cancelled: bool
) -> None:
    new = (at, until, is_cancelled)
    if new == (entry.starts_at, entry.until, entry.is_cancelled):
        return
    entry.starts_at, entry.until, entry.is_cancelled = new
    entry.changes, entry.changed_at = entry.changes + 1, work.now
    work.session.add(entry)


def _others(work: Work, person: Participant, start: datetime, end: datetime) -> list[Appointment]:
    own = person.researcher_id or (work.actor.id if work.actor.kind == "user" else None)
    return [one for one in list_appointments(work, own, start, end) if one.participant != person.code]


def _clashing(slot: Slot, others: Sequence[Appointment]) -> tuple[str, ...]:
    return tuple(one.participant for one in others if one.slot.clashes(slot))


def _windows(slot: Slot, settings: CadenceSettings) -> tuple[tuple[str, str, bool], ...]:
    ends: dict[str, datetime | None] = {
        choice: window_end(slot.at, choice, settings) for choice in WINDOW_CHOICES
    }
    words = {
        NO_WINDOW: _("precies"),
        "1": _("1 uur"),
        "2": _("2 uur"),
        REST_OF_PART: _("dagdeel, tot %(end)s", end=clock_time(ends[REST_OF_PART])),
    }
    return tuple(
        (choice, words[choice], slot.until == end)
        for choice, end in ends.items()
        if choice == NO_WINDOW or (end is not None and local_day(end) == local_day(slot.at))
    )
