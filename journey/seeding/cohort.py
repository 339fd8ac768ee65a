"""Reads a study kept as files (TOML and CSV) into frozen dataclasses, without a database.

All rows are handed over, also what a withdrawal forbids to count: leaving those out is the product's job.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from journey.route.toml_file import TomlTable, read_toml
from journey.rules.cadence import CadenceSettings
from journey.rules.errors import Invalid
from journey.rules.ratings import Channel, Subject, Value
from journey.rules.rhythm import cadence_from_data, check_cadence
from journey.seeding.csv_file import Row, read_rows

STATES = ("done", "skipped", "bypassed")
SOURCES = ("call", "letter", "participant", "import")
OUTCOMES = ("granted", "rejected", "not_treated", "withdrawn")
DEPARTURES = ("withdrew", "moved", "work", "other")
LEVELS = ("stop", "from_step", "erase")
STATEMENTS = (
    "friendly",
    "expert",
    "reachable",
    "service",
    "empathy",
    "keeps_appointments",
    "clear",
    "kind_and_efficient",
)
JOURNEY_STEPS = (
    "werk-nl",
    "cv",
    "werkplein",
    "rechten-en-plichten",
    "zoektermijngesprek",
    "zoektermijn",
    "leerplein",
    "rmc",
    "participatiegesprek",
    "workshop",
)


@dataclass(frozen=True)
class CohortStudy:
    code: str
    name: str
    municipality: str
    prefix: str
    starts_on: date
    ends_on: date
    routes: tuple[str, ...]
    consent_version: str
    consent_language: str
    consent_title: str
    consent_text: str
    consent_quotes: str
    consent_recording: str
    cadence: CadenceSettings


@dataclass(frozen=True)
class CohortParticipant:
    """`withdrawal_*` are set together; `left_*` too, for who went away before a decision."""

    code: str
    route: str
    age_band: str
    language: str
    channel: str
    reported_on: date | None
    ww_ends_on: date | None
    enrolled_on: date
    consent_via: str
    quotes: bool
    recording: bool
    withdrawal_level: str | None
    withdrawal_from: str | None
    withdrawn_on: date | None
    left_on: date | None
    left_reason: str | None


@dataclass(frozen=True)
class CohortFact:
    """A dated step; the same step twice is a repetition."""

    step: str
    happened_on: date
    state: str
    reason: str
    source: str


@dataclass(frozen=True)
class CohortRating:
    """One answer; a later one on the same step and subject corrects it. `themes` are codes of the quote."""

    step: str
    subject: str
    value: str
    answered_on: date
    channel: str
    quote: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class CohortApplication:
    received_on: date
    sent_on: date | None
    outcome: str | None


@dataclass(frozen=True)
class CohortClosing:
    """`statements` holds only those that were asked: id -> agree, neutral or disagree."""

    held_on: date
    grade: Decimal | None
    grade_desk: Decimal | None
    grade_case_manager: Decimal | None
    statements: Mapping[str, str]
    open: str


@dataclass(frozen=True)
class CohortJourney:
    """An application as the case system delivered it. `facts` include `aanvraag` and `beschikking`."""

    reference: str
    route: str
    reported_on: date | None
    facts: tuple[CohortFact, ...]
    application: CohortApplication | None
    left_on: date | None
    left_reason: str | None


@dataclass(frozen=True)
class Cohort:
    """A whole study; the mappings go from a participant's code to what belongs to that person."""

    study: CohortStudy
    participants: tuple[CohortParticipant, ...]
    progress: Mapping[str, tuple[CohortFact, ...]]
    ratings: Mapping[str, tuple[CohortRating, ...]]
    applications: Mapping[str, CohortApplication]
    closing: Mapping[str, CohortClosing]
    journeys: tuple[CohortJourney, ...]

    def get_participant(self, code: str) -> CohortParticipant:
        """KeyError when there is no such person."""
        for person in self.participants:
            if person.code == code:
                return person
        raise KeyError(code)


def read_cohort(folder: Path) -> Cohort:
    """Read the folder of one study; `Invalid` names the file, the row or line, and the column or field."""
    study = _study(folder / "study.toml")
    participants = _participants(folder / "participants.csv", study)
    codes = {person.code for person in participants}
    return Cohort(
        study=study,
        participants=participants,
        progress=_progress(folder / "progress.csv", codes),
        ratings=_ratings(folder / "ratings.csv", codes),
        applications=_applications(folder / "applications.csv", codes),
        closing=_closing(folder / "closing.csv", codes),
        journeys=_journeys(folder / "journeys.csv", study),
    )


def _study(path: Path) -> CohortStudy:
    if not path.is_file():
        raise Invalid("Het bestand %(file)s ontbreekt.", file=path.name)
    table = read_toml(path.read_text(encoding="utf-8"), path.name)
    consent = table.table("consent")
    study = CohortStudy(
        code=table.name_id("code"),
        name=table.text("name"),
        municipality=table.text("municipality"),
        prefix=table.text("prefix"),
        starts_on=table.required("starts_on", date),
        ends_on=table.required("ends_on", date),
        routes=table.choices("routes"),
        consent_version=consent.text("version"),
        consent_language=consent.text("language"),
        consent_title=consent.text("title"),
        consent_text=consent.text("text"),
        consent_quotes=consent.text("quotes"),
        consent_recording=consent.text("recording"),
        cadence=_cadence(table),
    )
    if study.ends_on < study.starts_on:
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: het einde ligt voor het begin.", **table.at("ends_on")
        )
    consent.done()
    table.done()
    return study


def _cadence(table: TomlTable) -> CadenceSettings:
    """What the study says of its call rhythm under [cadence], over what is usual."""
    try:
        cadence = cadence_from_data(table.optional("cadence", dict) or {})
        check_cadence(cadence)
    except Invalid as refusal:
        raise Invalid(
            "%(file)s, regel %(line)s, veld %(key)s: %(name)s klopt niet. %(why)s",
            name=refusal.field or "",
            why=str(refusal),
            **table.at("cadence"),
        ) from None
    return cadence


def _participants(path: Path, study: CohortStudy) -> tuple[CohortParticipant, ...]:
    columns = tuple(CohortParticipant.__dataclass_fields__)
    people: list[CohortParticipant] = []
    for row in read_rows(path, columns):
        code = _unique(row, "code", {person.code for person in people})
        level = row.optional_choice("withdrawal_level", LEVELS)
        left_on = row.optional_day("left_on")
        people.append(
            CohortParticipant(
                code=code,
                route=row.choice("route", study.routes),
                age_band=row.required("age_band"),
                language=row.required("language"),
                channel=row.choice("channel", tuple(Channel)),
                reported_on=row.optional_day("reported_on"),
                ww_ends_on=row.optional_day("ww_ends_on"),
                enrolled_on=row.day("enrolled_on"),
                consent_via=row.choice("consent_via", ("oral", "web", "paper")),
                quotes=row.yes("quotes"),
                recording=row.yes("recording"),
                withdrawal_level=level,
                withdrawal_from=row.required("withdrawal_from") if level == "from_step" else None,
                withdrawn_on=row.day("withdrawn_on") if level else None,
                left_on=left_on,
                left_reason=row.choice("left_reason", DEPARTURES) if left_on else None,
            )
        )
    return tuple(people)


def _progress(path: Path, codes: Collection[str]) -> dict[str, tuple[CohortFact, ...]]:
    found: dict[str, tuple[CohortFact, ...]] = {}
    for row in read_rows(path, ("code", *CohortFact.__dataclass_fields__)):
        code = row.choice("code", codes)
        fact = CohortFact(
            step=row.required("step"),
            happened_on=row.day("happened_on"),
            state=row.choice("state", STATES),
            reason=row.text("reason"),
            source=row.choice("source", SOURCES),
        )
        found[code] = (*found.get(code, ()), fact)
    return found


def _ratings(path: Path, codes: Collection[str]) -> dict[str, tuple[CohortRating, ...]]:
    found: dict[str, tuple[CohortRating, ...]] = {}
    for row in read_rows(path, ("code", *CohortRating.__dataclass_fields__)):
        code = row.choice("code", codes)
        rating = CohortRating(
            step=row.required("step"),
            subject=row.choice("subject", tuple(Subject)),
            value=row.choice("value", tuple(Value)),
            answered_on=row.day("answered_on"),
            channel=row.choice("channel", tuple(Channel)),
            quote=row.text("quote"),
            themes=tuple(row.text("themes").split()),
        )
        found[code] = (*found.get(code, ()), rating)
    return found


def _applications(path: Path, codes: Collection[str]) -> dict[str, CohortApplication]:
    found: dict[str, CohortApplication] = {}
    for row in read_rows(path, ("code", *CohortApplication.__dataclass_fields__)):
        code = _unique(row, "code", found)
        row.choice("code", codes)
        found[code] = _application(row)
    return found


def _application(row: Row) -> CohortApplication:
    received_on, sent_on = row.day("received_on"), row.optional_day("sent_on")
    if sent_on is not None and sent_on < received_on:
        raise Invalid(
            "%(file)s, rij %(row)s, kolom %(column)s: het besluit is verstuurd voor de aanvraag er was.",
            **row.at("sent_on"),
        )
    outcome = row.choice("outcome", OUTCOMES) if sent_on else None
    return CohortApplication(received_on, sent_on, outcome)


def _closing(path: Path, codes: Collection[str]) -> dict[str, CohortClosing]:
    columns = ("code", "held_on", "grade", "grade_desk", "grade_case_manager", *STATEMENTS, "open")
    found: dict[str, CohortClosing] = {}
    for row in read_rows(path, columns):
        code = _unique(row, "code", found)
        row.choice("code", codes)
        given = {name: row.optional_choice(name, ("agree", "neutral", "disagree")) for name in STATEMENTS}
        found[code] = CohortClosing(
            held_on=row.day("held_on"),
            grade=row.optional_grade("grade"),
            grade_desk=row.optional_grade("grade_desk"),
            grade_case_manager=row.optional_grade("grade_case_manager"),
            statements={name: answer for name, answer in given.items() if answer is not None},
            open=row.text("open"),
        )
    return found


def _journeys(path: Path, study: CohortStudy) -> tuple[CohortJourney, ...]:
    dates = ("reported_on", *JOURNEY_STEPS, "received_on", "sent_on", "outcome")
    apart = ("bypassed", "bypassed_on", "bypass_reason", "left_on", "left_reason")
    found: list[CohortJourney] = []
    for row in read_rows(path, ("reference", "route", *dates, *apart)):
        left_on = row.optional_day("left_on")
        application = _application(row) if row.text("received_on") or row.text("sent_on") else None
        found.append(
            CohortJourney(
                reference=_unique(row, "reference", {journey.reference for journey in found}),
                route=row.choice("route", study.routes),
                reported_on=row.optional_day("reported_on"),
                facts=_journey_facts(row, application),
                application=application,
                left_on=left_on,
                left_reason=row.choice("left_reason", DEPARTURES) if left_on else None,
            )
        )
    return tuple(found)


def _journey_facts(row: Row, application: CohortApplication | None) -> tuple[CohortFact, ...]:
    facts = [CohortFact(step, day, "done", "", "import") for step in JOURNEY_STEPS for day in row.days(step)]
    if application is not None:
        facts.append(CohortFact("aanvraag", application.received_on, "done", "", "import"))
        if application.sent_on is not None:
            facts.append(CohortFact("beschikking", application.sent_on, "done", "", "import"))
    for step in row.text("bypassed").split():
        reason = row.required("bypass_reason")
        facts.append(CohortFact(step, row.day("bypassed_on"), "bypassed", reason, "import"))
    return tuple(sorted(facts, key=lambda fact: fact.happened_on))


def _unique(row: Row, column: str, taken: Collection[str]) -> str:
    value = row.required(column)
    if value in taken:
        raise Invalid(
            "%(file)s, rij %(row)s, kolom %(column)s: %(value)s komt twee keer voor.",
            value=value,
            **row.at(column),
        )
    return value
