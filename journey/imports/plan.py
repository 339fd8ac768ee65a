"""What an import will do, row by row, and what forbids it: the preview and the import itself follow the same plan.

Of a journey it says what this file says otherwise than the file before. Never what we know: the plan is the same
whoever the journey belongs to (rules, 33).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from sqlmodel import col, func, or_, select

from journey.imports.cells import Fault, Row, dutch
from journey.imports.journeys import Entry, JourneyFile
from journey.imports.words import Words, differences, merged
from journey.models import CaseWords, ImportRun, Municipality, Study
from journey.progress.bulk import CHUNK, find_keys
from journey.progress.statement import Statement
from journey.web.i18n import gettext as _
from journey.work import Work

JOURNEYS: Final = "journeys"
PARTICIPANTS: Final = "participants"
RESPONSES: Final = "responses"
CONTENTS: Final = (JOURNEYS, PARTICIPANTS, RESPONSES)
# Who was enrolled or answered is not recognised in a second file: the same file is never taken in again.
ONCE: Final = (PARTICIPANTS, RESPONSES)

Status = Literal["error", "new", "changed", "unchanged"]
ORDER: Final[tuple[Status, ...]] = ("error", "new", "changed", "unchanged")


@dataclass(frozen=True)
class Line:
    """One row, or all rows of one application; `what` is its reference or the name to ask for. `changes`: label, what
    an earlier file said, what we understood now. With `left_out` nothing is done because somebody left the study."""

    row: int
    status: Status
    what: str
    changes: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    left_out: bool = False


@dataclass(frozen=True)
class Planned:
    """A statement to record, and what is known of its journey from files; `key` is None for a new reference."""

    statement: Statement
    row: Row
    status: Status
    key: int | None
    words: Words


@dataclass
class Plan:
    """`faults` are about the file as a whole; nothing is taken in while there is one, there or in a line."""

    content: str
    sha256: str
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    earlier: ImportRun | None = None

    @property
    def ok(self) -> bool:
        return not self.faults and not any(line.status == "error" for line in self.lines)

    @property
    def may_run(self) -> bool:
        """People never come in a second time from the same file: who withdrew meanwhile would come back, who answered
        would count twice.
        """
        return self.ok and not (self.content in ONCE and self.earlier)

    @property
    def all_faults(self) -> list[Fault]:
        return [*self.faults, *(fault for line in self.lines for fault in line.faults)]

    @property
    def sorted_lines(self) -> list[Line]:
        """Errors first, then what will happen, each in the order of the file."""
        return sorted(self.lines, key=lambda line: (ORDER.index(line.status), line.row))

    def count(self, status: Status) -> int:
        return self._counts[status]

    @property
    def _counts(self) -> Counter[str]:
        return Counter(line.status for line in self.lines)


def plan_journeys(work: Work, study: Study, read: JourneyFile, sha256: str) -> tuple[Plan, list[Planned]]:
    """The plan and what it records; reads two things of the database: which references there are, and earlier words."""
    plan = Plan(
        JOURNEYS,
        sha256,
        faults=read.faults,
        notes=read.notes,
        earlier=find_run(work, study, JOURNEYS, sha256),
    )
    if study.closed_at is not None:
        plan.faults.append(Fault(0, "", "", "", _("Dit onderzoek is afgesloten. Er kan niets meer bij.")))
    keys = find_keys(work, study, [entry.reference for entry in read.entries if entry.reference])
    words = _list_words(work, keys.values())
    planned = []
    for entry in read.entries:
        key = keys.get(entry.reference)
        one = _planned(entry, key, words.get(key) if key else None)
        plan.lines.append(_line(entry, one, words.get(key) if key else None))
        if one is not None:
            planned.append(one)
    plan.notes += _new_places(work, planned)
    return plan, planned


def _planned(entry: Entry, key: int | None, known: Words | None) -> Planned | None:
    """None when something is wrong; faults are added to the row."""
    statement, row = entry.statement, entry.rows[0]
    if statement is None:
        return None
    if known is None:
        words = merged({}, statement)
        return Planned(statement, row, "changed" if key else "new", key, words)
    if known["route"] != statement.route:
        row.refuse("route", _("Dit kenmerk hoort bij een andere route: %(route)s.", route=known["route"]))
    words = merged(known, statement)
    for fault in _contradictions(known, words, statement):
        row.refuse(*fault)
    if entry.faults:
        return None
    return Planned(statement, row, "unchanged" if words == known else "changed", key, words)


def _contradictions(known: Words, words: Words, statement: Statement) -> Iterator[tuple[str, str]]:
    """Days that cannot be together with what an earlier file said."""
    received = (known.get("received_on") or words.get("received_on") or [None])[0]
    if statement.received_on is not None:
        received = statement.received_on.isoformat()
    for name, told in (("sent_on", words.get("decision")), ("extension_sent_on", words.get("extension"))):
        if received and told and told[0] < received:
            yield (
                name if (name == "sent_on" and statement.decision) or statement.extension else "received_on",
                _(
                    "Samen met een eerder bestand kan dit niet: verzonden op %(sent)s, ontvangen op %(received)s.",
                    sent=dutch(date.fromisoformat(told[0])),
                    received=dutch(date.fromisoformat(received)),
                ),
            )


def _line(entry: Entry, planned: Planned | None, known: Words | None) -> Line:
    row = entry.rows[0].number
    if planned is None:
        return Line(row, "error", entry.reference, faults=tuple(entry.faults), notes=tuple(entry.notes))
    notes = list(entry.notes)
    changes: Sequence[tuple[str, str, str]] = ()
    if planned.status == "changed" and known is None:
        notes.append(_("Dit kenmerk kennen we al, maar niet uit een bestand. We nemen over wat hier staat."))
    elif planned.status != "unchanged":
        changes = differences(known or {}, planned.words)
    return Line(row, planned.status, entry.reference, tuple(changes), tuple(notes))


def find_run(work: Work, study: Study, content: str, sha256: str) -> ImportRun | None:
    """The last time that exactly this file was taken in."""
    statement = select(ImportRun).where(
        ImportRun.study_id == study.id, ImportRun.content == content, ImportRun.sha256 == sha256
    )
    return work.session.exec(statement.order_by(col(ImportRun.id).desc())).first()


def list_runs(work: Work, study: Study, contents: Iterable[str], most: int = 20) -> list[ImportRun]:
    """Newest first."""
    statement = select(ImportRun).where(
        ImportRun.study_id == study.id, col(ImportRun.content).in_(list(contents))
    )
    return list(work.session.exec(statement.order_by(col(ImportRun.id).desc()).limit(most)).all())


def _list_words(work: Work, keys: Iterable[int]) -> dict[int, Words]:
    wanted = list(keys)
    found: dict[int, Words] = {}
    for start in range(0, len(wanted), CHUNK):
        part = select(CaseWords.journey_id, CaseWords.words).where(
            col(CaseWords.journey_id).in_(wanted[start : start + CHUNK])
        )
        found.update({key: dict(words) for key, words in work.session.exec(part).all()})
    return found


def _new_places(work: Work, planned: Iterable[Planned]) -> list[str]:
    names = {one.statement.municipality for one in planned} - {None}
    new = [name for name in sorted(map(str, names)) if not _is_known(work, name)]
    if not new:
        return []
    return [_("Nieuwe gemeenten, die we aanmaken: %(names)s. Klopt de naam?", names=", ".join(new))]


def _is_known(work: Work, name: str) -> bool:
    low = name.strip().lower()
    statement = select(Municipality.id).where(
        or_(func.lower(Municipality.name) == low, col(Municipality.code) == low.replace(" ", "-"))
    )
    return work.session.exec(statement).first() is not None
