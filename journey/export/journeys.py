"""Journeys without persons, in two contents that are never one: the applications that the case system delivered, the
same for every reader, in which nothing depends on a participant; and for the research side those of participants,
without what was set aside. Order and names of the rows come from a keyed hash, not from when they came.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import col, select

from journey.clock import local_day
from journey.export.steps import list_steps, route_choices
from journey.export.tables import Choice, Column, Content, Kind, Row, Table, choices_of, say, yes_no
from journey.models import Journey, Municipality, Participant, Study, Suspension, Withdrawal, stored_id
from journey.progress.queries import Facts, delivered, list_facts, rule_suspension
from journey.progress.trips import Trip, application, decided_is_known, gate, total, trip_of
from journey.rating.queries import list_set_aside
from journey.report.queries import Population, as_of
from journey.route.queries import get_definition
from journey.rules import leadtimes as rules
from journey.rules.leadtimes import Spell
from journey.rules.suspension import Mode, find_span
from journey.web.i18n import gettext as _
from journey.work import Work

CHUNK = 500

# Reads the cases of a content anew; with `suspended=True` only those whose clock stood still.
Cases = Callable[..., Iterator["Case"]]


@dataclass(frozen=True)
class Case:
    """One journey on its way out: `name` is how the file calls it; `today` the day up to which it is known."""

    name: str
    facts: Facts
    trip: Trip
    municipality: str
    mode: Mode
    today: date

    @property
    def clock_is_known(self) -> bool:
        """Whether the term and what moved it may be used: not when the application was set aside."""
        return self.trip.case.received is not None and decided_is_known(self.trip)


@dataclass(frozen=True)
class _Left:
    """By journey, of participants: the day they stopped, and the steps of which nothing may be used."""

    stopped: Mapping[int, date]
    aside: Mapping[int, frozenset[str]]


def journeys_of(work: Work, study: Study, population: Population = "all") -> Content:
    """Two tables: `journeys`, a row each, and `suspensions`; the rows can also be an event log."""
    from journey.export.events import traces_of

    name, title = (
        ("journeys", _("Reizen")) if population == "all" else ("participants", _("Reizen van deelnemers"))
    )
    read = partial(list_cases, work, study, population)
    steps = list(list_steps(work, study))
    return Content(
        name,
        (
            Table("journeys", title, _columns(work, study), partial(_rows, read, steps)),
            Table("suspensions", _("Opschortingen"), _suspension_columns(), partial(_suspensions, read)),
        ),
        partial(traces_of, read),
    )


def list_cases(
    work: Work, study: Study, population: Population = "all", *, suspended: bool = False
) -> Iterator[Case]:
    """The journeys of this population, some hundreds in memory at a time; only `suspended` ones when asked."""
    today = as_of(work, study)
    municipalities = {row.id: row for row in work.session.exec(select(Municipality)).all()}
    left = _read_left(work, study) if population == "participants" else _Left({}, {})
    named = _names(work, study, population, suspended=suspended)
    for start in range(0, len(named), CHUNK):
        names = {key: name for name, key in named[start : start + CHUNK]}
        journeys = work.session.exec(select(Journey).where(col(Journey.id).in_(names))).all()
        found = {facts.journey.id or 0: facts for facts in list_facts(work, journeys)}
        for key, name in names.items():
            facts = found[key]
            municipality = municipalities[facts.journey.municipality_id]
            trip = trip_of(
                facts,
                get_definition(work, facts.journey.route_version_id),
                today,
                municipality.counting_mode,
                stopped_on=left.stopped.get(key),
                aside=left.aside.get(key, frozenset()),
            )
            yield Case(name, facts, trip, municipality.name, Mode(municipality.counting_mode), today)


def ground_choices() -> tuple[Choice, ...]:
    return choices_of(
        {
            "1a": _("uitnodiging om aan te vullen"),
            "1b": _("informatie uit het buitenland gevraagd"),
            "2a": _("aanvrager stemde in"),
            "2b": _("vertraging door de aanvrager"),
            "2c": _("overmacht"),
        }
    )


def counted_days(case: Case, row: Suspension) -> tuple[date | None, date | None]:
    """The first and last day on which this suspension stops the clock, as known today; the last is None while open."""
    span = find_span(rule_suspension(row), case.mode, case.today)
    if span is None or (span.last is not None and span.last < span.first):
        return None, None
    return span.first, None if span.open else span.last


def _names(work: Work, study: Study, population: Population, *, suspended: bool) -> list[tuple[str, int]]:
    """The name and id of each journey, by name: a keyed hash, the same in every export of the study."""
    statement = select(Journey.id).where(Journey.study_id == study.id)
    statement = statement.where(delivered() if population == "all" else ~delivered())
    if suspended:
        rows = select(Suspension.journey_id).where(~col(Suspension.replaced))
        statement = statement.where(col(Journey.id).in_(rows))
    hashed = (
        (work.vault.fingerprint(f"{study.id}:{key}", "exported journey")[:16], key or 0)
        for key in work.session.exec(statement)
    )
    return sorted(hashed)


def _read_left(work: Work, study: Study) -> _Left:
    rows = work.session.exec(
        select(Participant, Withdrawal.withdrawn_at)
        .outerjoin(Withdrawal, col(Withdrawal.participant_id) == Participant.id)
        .where(Participant.study_id == study.id, col(Participant.journey_id).is_not(None))
        .order_by(col(Withdrawal.id).desc())
    ).all()
    journeys = {stored_id(person): person.journey_id or 0 for person, _at in rows}
    stopped = {person.journey_id or 0: local_day(at) for person, at in rows if at is not None}
    aside = {
        journeys[person.participant_id]: person.steps
        for person in list_set_aside(work, study)
        if person.participant_id in journeys
    }
    return _Left(stopped, aside)


# --- the table of journeys --------------------------------------------------------------------------


def _columns(work: Work, study: Study) -> tuple[Column, ...]:
    states = {
        "open": _("loopt"),
        "decided": _("besloten"),
        "left": _("zonder besluit gestopt of niet verder gevolgd"),
    }
    outcomes = {
        "granted": _("toegekend"),
        "rejected": _("afgewezen"),
        "not_treated": _("buiten behandeling"),
        "withdrawn": _("aanvraag ingetrokken"),
    }
    reasons = {
        "withdrew": _("trok zich terug"),
        "moved": _("verhuisd"),
        "work": _("werk gevonden"),
        "other": _("anders"),
    }
    steps = (
        Column(_variable(step.id), _("Eerste dag van: %(step)s", step=step.name), Kind.day)
        for step in list_steps(work, study).values()
    )
    return (
        Column("journey", _("Willekeurige naam van de reis; niet het kenmerk van het zaaksysteem")),
        Column("municipality", _("Gemeente")),
        Column("route", _("Route"), Kind.choice, route_choices(work, study)),
        Column("state", _("Stand"), Kind.choice, choices_of(states)),
        Column("bypassed", _("Maatwerk: een stap is weggenomen"), Kind.choice, yes_no()),
        Column("reported_on", _("Melding (Participatiewet 44)"), Kind.day),
        *steps,
        Column("received_on", _("Aanvraag ontvangen"), Kind.day),
        Column("extension_sent_on", _("Verdaging verstuurd (Awb 4:14)"), Kind.day),
        Column("extension_until", _("Verdaagd tot en met"), Kind.day),
        Column("sent_on", _("Besluit verstuurd"), Kind.day),
        Column("outcome", _("Besluit"), Kind.choice, choices_of(outcomes)),
        Column("left_on", _("Zonder besluit gestopt, of gevolgd tot"), Kind.day),
        Column("left_reason", _("Reden van stoppen"), Kind.choice, choices_of(reasons)),
        Column("suspended_days", _("Dagen dat de klok stilstond (Awb 4:15)"), Kind.whole),
        Column("last_day", _("Eigen laatste dag; leeg zolang de klok stilstaat"), Kind.day),
        Column("in_time", _("Op tijd besloten; leeg als dat nog niet vaststaat"), Kind.choice, yes_no()),
        Column("gate_days", _("Dagen van melding aan de balie tot workshop"), Kind.whole),
        Column("application_days", _("Dagen van aanvraag tot besluit"), Kind.whole),
        Column("application_net_days", _("Dagen van aanvraag tot besluit, zonder opschorting"), Kind.whole),
        Column("total_days", _("Dagen van melding aan de balie tot besluit"), Kind.whole),
        Column("total_without_wait_days", _("Hetzelfde zonder de vier weken voor jongeren"), Kind.whole),
    )


def _variable(step: str) -> str:
    return f"step_{step.replace('-', '_')}"


def _rows(read: Cases, steps: list[str]) -> Iterator[Row]:
    for case in read():
        yield _row(case, steps)


def _row(case: Case, steps: list[str]) -> Row:
    trip, facts, today = case.trip, case.facts, case.today
    extension = facts.extensions[-1] if facts.extensions and case.clock_is_known else None
    clock = trip.clock if case.clock_is_known else None
    decided = trip.case.sent is not None
    return (
        case.name,
        case.municipality,
        trip.route.id,
        "decided" if decided else "left" if trip.case.left_on else "open",
        say(trip.bypassed),
        facts.melding.reported_on if facts.melding else None,
        *(trip.first.get(step) for step in steps),
        trip.case.received,
        extension.sent_on if extension else None,
        extension.until if extension else None,
        trip.case.sent,
        facts.decision.outcome if facts.decision and _outcome_is_known(case) else None,
        trip.case.left_on,
        facts.departure.reason if facts.departure and facts.departure.left_on == trip.case.left_on else None,
        clock.suspended_days if clock else None,
        clock.last_day if clock else None,
        say(rules.within_limit(trip.case, today)) if clock else None,
        _days(gate(trip, today)),
        _days(application(trip, today, rules.application)),
        _days(application(trip, today, rules.application_net)),
        _days(total(trip, today, rules.total)),
        _days(total(trip, today, rules.total_without_wait)),
    )


def _outcome_is_known(case: Case) -> bool:
    decision = case.facts.decision
    return decision is not None and decision.sent_on <= case.today and decided_is_known(case.trip)


def _days(spell: Spell | None) -> int | None:
    """Only of what ended: an open wait is no lead time yet."""
    return spell.days if spell is not None and spell.ended else None


# --- the table of suspensions -----------------------------------------------------------------------


def _suspension_columns() -> tuple[Column, ...]:
    return (
        Column("journey", _("Willekeurige naam van de reis; niet het kenmerk van het zaaksysteem")),
        Column("ground", _("Grond (Awb 4:15)"), Kind.choice, ground_choices()),
        Column("invited_on", _("Uitnodiging verstuurd"), Kind.day),
        Column("term", _("Hersteltermijn tot en met"), Kind.day),
        Column("supplied_on", _("Aangevuld"), Kind.day),
        Column("told_on", _("Meegedeeld aan de aanvrager"), Kind.day),
        Column("received_on", _("Informatie ontvangen"), Kind.day),
        Column("from_on", _("Afgesproken van"), Kind.day),
        Column("to_on", _("Afgesproken tot en met"), Kind.day),
        Column("first_day", _("Eerste dag dat de klok stilstaat"), Kind.day),
        Column("last_day", _("Laatste dag dat de klok stilstaat; leeg zolang het loopt"), Kind.day),
    )


def _suspensions(read: Cases) -> Iterator[Row]:
    for case in read(suspended=True):
        if not case.clock_is_known:
            continue
        for row in case.facts.suspensions:
            yield (
                case.name,
                row.ground,
                row.invited_on,
                row.term,
                row.supplied_on,
                row.told_on,
                row.received_on,
                row.from_on,
                row.to_on,
                *counted_days(case, row),
            )
