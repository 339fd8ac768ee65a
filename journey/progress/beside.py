"""What a case system says where a letter or a person said otherwise: kept beside our fact, counted nowhere, and shown
until a researcher takes it over or both agree (rules, 15a).

A row that stands beside is `replaced` from the start, so that no figure and no clock ever reads it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlmodel import col, select

from journey.models import Progress, Suspension
from journey.models.base import Recorded
from journey.work import Work

IMPORT = "import"
APART = {"id", "source", "recorded_by", "recorded_at", "replaced", "beside"}
SUSPENSION_DAYS = ("invited_on", "term", "supplied_on", "told_on", "received_on", "from_on", "to_on")

Fact = TypeVar("Fact", bound=Recorded)


def is_beside(known: Recorded | None, new: Recorded) -> bool:
    """Whether a case system says something about what a person told or a letter said: it never replaces that."""
    return new.source == IMPORT and known is not None and known.source != IMPORT


def list_beside(work: Work, table: type[Fact], journey_id: int | None) -> list[Fact]:
    """What stands beside the facts of a journey, oldest first."""
    told: Any = table
    statement = select(table).where(told.journey_id == journey_id, col(told.beside)).order_by(told.id)
    return list(work.session.exec(statement).all())


def keep_beside(work: Work, new: Fact, rows: Iterable[Fact]) -> Fact:
    """Keep what is said, once: a row among `rows` that says the same already stands for it."""
    same = next((row for row in rows if _said(row) == _said(new)), None)
    if same is not None:
        return same
    new.replaced = new.beside = True
    work.session.add(new)
    work.session.flush()
    return new


def keep_only_word(work: Work, new: Fact, known: Recorded) -> Fact:
    """Keep it in the place of whatever the case system said before; when it agrees with us, nothing stands beside."""
    table = type(new)
    rows = list_beside(work, table, getattr(new, "journey_id", None))
    agrees = _said(known) == _said(new)
    drop_beside(work, [row for row in rows if agrees or _said(row) != _said(new)])
    return known if agrees else keep_beside(work, new, rows)  # type: ignore[return-value]


def drop_beside(work: Work, rows: Iterable[Recorded]) -> None:
    """They are history now."""
    for row in rows:
        row.beside = False
        work.session.add(row)
    work.session.flush()


def agree(work: Work, fact: Recorded) -> None:
    """What we know now is no longer shown as what the case system says otherwise."""
    rows = list_beside(work, type(fact), getattr(fact, "journey_id", None))
    drop_beside(work, [row for row in rows if _said(row) == _said(fact)])


# --- steps ------------------------------------------------------------------------------------------


def may_mean(ours: Iterable[Progress], said: Progress) -> list[Progress]:
    """Which of our facts about the step it may speak of. A plan of ours does not deny that something happened."""
    return [row for row in ours if row.state != "planned" or said.state == "planned"]


def match_occurrences(
    ours: Sequence[Progress], said: Sequence[Progress]
) -> list[tuple[Progress, Progress | None]]:
    """Each that is said with the one of ours that it speaks of; None when we know of fewer times than the case system.

    The first with the first and so on; where less is said than we know, each with the nearest day.
    """
    free = sorted(ours, key=_day)
    in_order = len(said) >= len(free)
    found: list[tuple[Progress, Progress | None]] = []
    for one in sorted(said, key=_day):
        fitting = may_mean(free, one)
        if not in_order:
            fitting.sort(key=lambda row: abs((_day(row) - _day(one)).days))
        rival = fitting[0] if fitting else None
        if rival is not None:
            free.remove(rival)
        found.append((one, rival))
    return found


def stand_step(
    work: Work, new: Progress, current: Iterable[Progress], corrected: Progress | None
) -> Progress | None:
    """The row that stands for one step a case system names: one that says the same, or what it says kept beside ours.

    None when it is news: to be recorded as any fact. `corrected` is the earlier row that it says it corrects.
    """
    rows = [row for row in current if row.step == new.step]
    ours = [row for row in rows if row.source != IMPORT]
    beside = [row for row in list_beside(work, Progress, new.journey_id) if row.step == new.step]
    if corrected is not None and corrected.beside:
        drop_beside(work, [corrected])
        beside.remove(corrected)
    elif corrected is not None and corrected.source == IMPORT:
        return None
    elif corrected is not None:
        ours = [corrected]
        drop_beside(work, [row for row in beside if row.corrects_id == corrected.id])
        beside = []
    known = next((row for row in [*ours, *beside] if is_same_step(row, new)), None)
    known = known or next((row for row in rows if is_same_import(row, new)), None)
    if known is not None:
        drop_beside(work, [row for row in beside if row.corrects_id == known.id])
        return known
    if not may_mean(ours, new):
        return None
    paired = {row.corrects_id for row in beside}
    [(_, rival)] = match_occurrences([row for row in ours if row.id not in paired], [new])
    return keep_step_beside(work, new, rival)


def keep_step_beside(work: Work, said: Progress, rival: Progress | None) -> Progress:
    """Beside that one of our facts; beside none in particular when it is one time more than we know of."""
    rows = [row for row in list_beside(work, Progress, said.journey_id) if row.step == said.step]
    kept = keep_beside(work, said, rows)
    kept.corrects_id = rival.id if rival else None
    work.session.add(kept)
    work.session.flush()
    return kept


def follow_correction(work: Work, fact: Progress) -> None:
    """What stood beside a fact that was corrected stands beside its correction, unless both agree now."""
    agree(work, fact)
    if fact.corrects_id is None:
        return
    for row in list_beside(work, Progress, fact.journey_id):
        if row.corrects_id == fact.corrects_id:
            row.corrects_id = fact.id
            work.session.add(row)
    work.session.flush()


def is_same_step(row: Progress, other: Progress) -> bool:
    """The same step in the same state on the same day; why is not compared."""
    return bool(_said(row) == _said(other))


def is_same_import(row: Progress, new: Progress) -> bool:
    """The same words of a case system, also about why."""
    return is_same_step(row, new) and (row.category, row.reason) == (new.category, new.reason)


# --- suspensions ------------------------------------------------------------------------------------


def find_rival(said: Suspension, ours: Iterable[Suspension]) -> Suspension | None:
    """The one of ours that it speaks of: the same ground and the same first day, or else days in common."""
    same = [row for row in ours if row.ground == said.ground]
    begun = [row for row in same if start_of(row) == start_of(said)]
    shared = [row for row in same if start_of(row) <= _end_of(said) and start_of(said) <= _end_of(row)]
    return next(iter([*begun, *shared]), None)


def contradicts(said: Suspension, ours: Suspension) -> bool:
    """Whether it names another day than ours. A day that it does not name is not known there yet."""
    named = {name: getattr(said, name) for name in SUSPENSION_DAYS}
    return any(day is not None and day != getattr(ours, name) for name, day in named.items())


def stand_suspension(work: Work, new: Suspension, current: Sequence[Suspension]) -> Suspension | None:
    """The row that stands for a suspension a case system names: one that says the same, or this one kept beside ours.

    None when it is news: to be recorded as any fact.
    """
    same = next((row for row in current if row.source == IMPORT and _said(row) == _said(new)), None)
    if same is not None:
        return same
    ours = [row for row in current if row.source != IMPORT]
    rival = find_rival(new, ours)
    if rival is None:
        return None
    rows = [row for row in list_beside(work, Suspension, new.journey_id) if find_rival(row, ours) is rival]
    if not contradicts(new, rival):
        drop_beside(work, rows)
        return rival
    same_start = [row for row in rows if start_of(row) == start_of(new)]
    drop_beside(work, [row for row in same_start if _said(row) != _said(new)])
    return keep_beside(work, new, rows)


def give_way(work: Work, new: Suspension, current: Iterable[Suspension]) -> None:
    """What is known of the same ground and first day is replaced; what a case system says otherwise of the same
    suspension goes beside what a letter or a person says."""
    for known in current:
        overrides = new.source != IMPORT and known.source == IMPORT and find_rival(known, [new]) is new
        same_start = (known.ground, start_of(known)) == (new.ground, start_of(new))
        if same_start or overrides:
            known.replaced = True
            known.beside = overrides and contradicts(known, new)
            work.session.add(known)
    work.session.flush()


def start_of(row: Suspension) -> date:
    """The first day as it was recorded; never missing in a stored row."""
    day = {"1a": row.invited_on, "1b": row.told_on}.get(row.ground, row.from_on)
    return day or date.min


def _end_of(row: Suspension) -> date:
    return row.supplied_on or row.term or row.received_on or row.to_on or date.max


def _day(row: Progress) -> date:
    return row.happened_on or date.max


def _said(row: Recorded) -> Any:
    if isinstance(row, Progress):
        return row.step, row.state, row.happened_on
    return row.model_dump(exclude=APART)
