"""Rows of a file of journeys as statements about applications, each checked by itself: what is wrong with a row is
found without looking at what anybody told us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from journey.imports.cells import Fault, Row
from journey.imports.columns import (
    CATEGORIES,
    LEAVING,
    OUTCOMES,
    STATE_WORDS,
    Table,
    read_journey_table,
)
from journey.imports.reading import Sheet
from journey.models import Journey, Study, stored_id
from journey.models.journey import GROUNDS
from journey.progress.checks import check_day, check_decision, check_step_day, check_term
from journey.progress.reasons import told_why
from journey.progress.references import NO_CITIZEN_NUMBER, find_citizen_numbers
from journey.progress.service import NewSuspension, check_suspension
from journey.progress.statement import (
    StatedDecision,
    StatedDeparture,
    StatedExtension,
    StatedFact,
    Statement,
)
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions, newest_versions
from journey.rules import signs
from journey.rules.errors import Invalid
from journey.web.forms import said
from journey.web.i18n import gettext as _
from journey.work import Work

LONGEST_REFERENCE = 80
LONGEST_PLACE = 60
PART_NAMES = {"from": "from_on", "to": "to_on"}


@dataclass
class Entry:
    """One application in a file: its statement when nothing is wrong, and the rows that it stands on."""

    reference: str
    rows: list[Row]
    statement: Statement | None = None

    @property
    def faults(self) -> list[Fault]:
        return [fault for row in self.rows for fault in row.faults]

    @property
    def notes(self) -> list[str]:
        return [note for row in self.rows for note in row.notes]


@dataclass
class JourneyFile:
    """A file of journeys: entries in the order of the file, or what is wrong with its columns."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_journeys(work: Work, study: Study, sheet: Sheet) -> JourneyFile:
    """Every fault of every row, so that one look shows all of them."""
    routes = list_definitions(work, study)
    table, faults = read_journey_table(sheet, routes)
    if table is None:
        return JourneyFile(faults=faults, notes=list(sheet.notes))
    reader = _Reader(work, study, {route.id: route for route in routes}, table)
    rows = list(table.rows(sheet))
    persons = find_citizen_numbers(work, study, (row.text("reference") for row in rows))
    for row in rows:
        if row.text("reference") in persons:
            row.refuse("reference", _(NO_CITIZEN_NUMBER))
    entries = list(_grouped(rows, long="step" in table))
    for entry in entries:
        statement = reader.read(entry)
        entry.statement = None if entry.faults else statement
    return JourneyFile(entries, [], [*sheet.notes, *table.notes])


def _grouped(rows: list[Row], *, long: bool) -> list[Entry]:
    """One row per application, or in a long file one entry for all rows with the same reference."""
    entries: list[Entry] = []
    known: dict[str, Entry] = {}
    for row in rows:
        reference = signs.line(row.required("reference", LONGEST_REFERENCE))
        earlier = known.get(signs.key(reference)) if reference else None
        if earlier is not None and long:
            earlier.rows.append(row)
            continue
        if earlier is not None:
            first = earlier.rows[0].number
            row.refuse("reference", _("Dit kenmerk staat ook in rij %(row)s. Houd één rij over.", row=first))
        entries.append(Entry(reference, [row]))
        if reference:
            known.setdefault(signs.key(reference), entries[-1])
    return entries


@dataclass
class _Reader:
    """Reads one entry after another with the columns of one file."""

    work: Work
    study: Study
    routes: Mapping[str, RouteDefinition]
    table: Table

    def __post_init__(self) -> None:
        # Not stored: the checks only ask of which study a journey is.
        self.unborn = Journey(
            study_id=stored_id(self.study), municipality_id=0, route_version_id=0, created_at=self.work.now
        )
        # Days that were found possible, by what was asked of them: a file has far more cells than days.
        self.possible: set[tuple[str, date | None]] = set()
        self.suspensions = sorted(
            {int(n.split(":")[1]) for n in self.table.places if n.startswith("suspension:")}
        )
        named = (name.removesuffix(":state") for name in self.table.places if name.startswith("step:"))
        self.steps = list(dict.fromkeys(named))
        self.route_names = {
            signs.key(name): key for key, one in self.routes.items() for name in (key, one.name)
        }

    def read(self, entry: Entry) -> Statement:
        def one(name: str, read: Callable[[Row], object]) -> object:
            return self._single(entry, name, read)

        def day(name: str) -> date | None:
            found = one(name, lambda row: row.day(name))
            if found is not None:
                with entry.rows[0].reading(name):
                    self._check_day(name, found)  # type: ignore[arg-type]
            return found  # type: ignore[return-value]

        route = str(one("route", lambda row: row.choice("route", self.route_names)) or "")
        if not route and not entry.faults:
            entry.rows[0].refuse("route", _("Deze cel is leeg. Vul hier iets in."))
        place = str(one("municipality", lambda row: row.text("municipality", LONGEST_PLACE)) or "")
        if place and not any(letter.isascii() and letter.isalnum() for letter in place):
            entry.rows[0].refuse("municipality", _("Dit is geen naam van een gemeente."))
        facts = self._facts(entry, route)
        told = day("received_on")
        received_on = told or self._day_of_step(facts, route)
        return Statement(
            reference=entry.reference,
            route=route,
            municipality=place or None,
            reported_on=day("reported_on"),
            facts=facts,
            received_on=told,
            suspensions=self._suspensions(entry.rows[0]) if self.suspensions else None,
            extension=self._extension(entry.rows[0], day, received_on),
            decision=self._decision(entry.rows[0], day, one, received_on),
            departure=self._departure(entry.rows[0], day, one),
        )

    def _single(self, entry: Entry, name: str, read: Callable[[Row], object]) -> object:
        """What an application has one of; in a long file it may stand in each row, and then it is the same."""
        if name not in self.table:
            return None
        found: object = None
        for row in entry.rows:
            value = read(row) if row.cells.get(name, "") != "" else None
            if value in (None, ""):
                continue
            if found not in (None, value):
                row.refuse(name, _("Hier staat iets anders dan in een eerdere rij van dit kenmerk."))
            found = found or value
        return found

    def _check_day(self, name: str, day: date) -> None:
        if name == "extension_until":
            check_term(self.work, self.unborn, day, name)
        elif ("done", day) not in self.possible:
            check_day(self.work, self.unborn, day, name)
            self.possible.add(("done", day))

    def _day_of_step(self, facts: tuple[StatedFact, ...], route: str) -> date | None:
        """The step that opens the legal term gives the receipt when no other day does."""
        definition = self.routes.get(route)
        opening = (
            next((s.id for s in definition.steps if "application" in s.starts), "") if definition else ""
        )
        return next((f.happened_on for f in facts if f.step == opening and f.state == "done"), None)

    # --- steps -----------------------------------------------------------------------------------

    def _facts(self, entry: Entry, route: str) -> tuple[StatedFact, ...]:
        read = self._long_facts(entry.rows, route) if "step" in self.table else None
        return tuple(read if read is not None else self._wide_facts(entry.rows[0], route))

    def _wide_facts(self, row: Row, route: str) -> Iterator[StatedFact]:
        for name in self.steps:
            step = name.removeprefix("step:")
            state = row.choice(f"{name}:state", STATE_WORDS) or "done"
            days: tuple[date | None, ...] = row.days(name)
            if not days and f"{name}:state" in self.table and row.text(f"{name}:state"):
                days = (None,)
            for day in days:
                with row.reading(name if name in row.cells else f"{name}:state"):
                    self._check_step(route, step, day, state)
                    yield StatedFact(step, day, state)

    def _long_facts(self, rows: list[Row], route: str) -> Iterator[StatedFact]:
        seen: dict[StatedFact, int] = {}
        for row in rows:
            state = row.choice("state", STATE_WORDS) or "done"
            step = self._find_step(row, route)
            day = row.day("happened_on")
            if not step or any(fault.letter == row.letters.get("happened_on") for fault in row.faults):
                continue
            column = "happened_on" if "happened_on" in row.cells else "step"
            with row.reading(column):
                self._check_step(route, step, day, state)
            category = row.choice("category", CATEGORIES)
            with row.reading("category" if category else "reason"):
                told_why(state, row.text("reason"), category)
            fact = StatedFact(step, day, state, row.text("reason"), category)
            if fact in seen:
                row.refuse("step", _("Deze rij staat er ook al als rij %(row)s.", row=seen[fact]))
            seen[fact] = row.number
            yield fact

    def _find_step(self, row: Row, route: str) -> str:
        typed = signs.key(row.required("step"))
        definition = self.routes.get(route)
        if not typed or definition is None:
            return ""
        names = {signs.key(name): step.id for step in definition.steps for name in (step.id, step.name)}
        if typed not in names:
            row.refuse("step", _("De stap kennen we niet. Kies uit: %(allowed)s.", allowed=_ids(definition)))
        return names.get(typed, "")

    def _check_step(self, route: str, step: str, day: date | None, state: str) -> None:
        definition = self.routes.get(route)
        if definition is not None and definition.find_step(step) is None:
            raise Invalid("De stap %(step)s hoort niet bij route %(route)s.", step=step, route=route)
        if (state, day) not in self.possible:
            check_step_day(self.work, self.unborn, day, state)
            self.possible.add((state, day))

    # --- the law ---------------------------------------------------------------------------------

    def _suspensions(self, row: Row) -> tuple[NewSuspension, ...]:
        found: dict[tuple[str, date | None], NewSuspension] = {}
        for number in self.suspensions:
            prefix = f"suspension:{number}:"
            if not any(row.cells.get(name, "") != "" for name in row.cells if name.startswith(prefix)):
                continue
            ground = row.choice(f"{prefix}ground", {word: word for word in GROUNDS})
            parts = [
                n.removeprefix(prefix) for n in row.cells if n.startswith(prefix) and n != f"{prefix}ground"
            ]
            days = {PART_NAMES.get(part, part): row.day(prefix + part) for part in parts}
            if not ground:
                if not any(fault.row == row.number for fault in row.faults):
                    row.refuse(
                        f"{prefix}ground", _("Welke grond heeft deze opschorting? Kies 1a tot en met 2c.")
                    )
                continue
            new = NewSuspension(ground, **days)
            if self._may_be(row, prefix, new):
                if (ground, new.start) in found:
                    row.refuse(f"{prefix}ground", _("Deze opschorting staat er twee keer."))
                found[ground, new.start] = new
        return tuple(found.values())

    def _may_be(self, row: Row, prefix: str, new: NewSuspension) -> bool:
        """A refusal stands at its own column where the file has it."""
        try:
            check_suspension(self.work, self.unborn, new)
        except Invalid as refusal:
            own = f"{prefix}{refusal.field}"
            row.refuse(own if own in row.letters else f"{prefix}ground", said(refusal))
            return False
        return True

    def _extension(
        self, row: Row, day: Callable[[str], date | None], received_on: date | None
    ) -> StatedExtension | None:
        sent_on, until = day("extension_sent_on"), day("extension_until")
        if sent_on is None and until is None:
            return None
        if sent_on is None or until is None:
            row.refuse(
                "extension_until" if until is None else "extension_sent_on",
                _("Een uitstel heeft twee datums: wanneer verzonden en tot wanneer."),
            )
            return None
        if received_on is not None and sent_on < received_on:
            row.refuse("extension_sent_on", _("Het uitstel is verzonden voor de aanvraag is ontvangen."))
        return StatedExtension(sent_on, until)

    def _decision(
        self,
        row: Row,
        day: Callable[[str], date | None],
        one: Callable[[str, Callable[[Row], object]], object],
        received_on: date | None,
    ) -> StatedDecision | None:
        sent_on, decided_on = day("sent_on"), day("decided_on")
        outcome = str(one("outcome", lambda row: row.choice("outcome", OUTCOMES)) or "")
        if sent_on is None and decided_on is None and not outcome:
            return None
        if row.faults and (sent_on is None or not outcome):
            return None
        if sent_on is None or not outcome:
            row.refuse(
                "sent_on" if sent_on is None else "outcome",
                _("Een besluit heeft een dag van verzending en een uitkomst."),
            )
            return None
        with row.reading("sent_on"):
            check_decision(self.work, self.unborn, sent_on, decided_on, received_on)
        return StatedDecision(sent_on, outcome, decided_on)

    def _departure(
        self,
        row: Row,
        day: Callable[[str], date | None],
        one: Callable[[str, Callable[[Row], object]], object],
    ) -> StatedDeparture | None:
        left_on = day("left_on")
        reason = str(one("left_reason", lambda row: row.choice("left_reason", LEAVING)) or "")
        if left_on is None and not reason:
            return None
        if left_on is None:
            if not row.faults:
                row.refuse("left_on", _("Op welke dag? Vul de datum in."))
            return None
        return StatedDeparture(left_on, reason or "other")


def route_versions(work: Work, study: Study) -> dict[str, int]:
    """The version that new journeys of each route take."""
    return newest_versions(work, study)


def _ids(definition: RouteDefinition) -> str:
    return ", ".join(definition.step_ids)
