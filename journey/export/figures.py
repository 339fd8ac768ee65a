"""The figures as the reader sees them on the pages: live for the research side, for managers the published batch with
small groups hidden. Nothing is counted here.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from journey.export.steps import route_choices, step_choices
from journey.export.tables import Column, Content, Kind, Row, Table, choices_of, say, yes_no
from journey.models import Study
from journey.rating.statements import list_statements
from journey.report.leadtimes import MEASURES, LeadTime
from journey.report.queries import closing, figures, lead_times, list_routes
from journey.web.i18n import gettext as _
from journey.work import Work

COUNTS = ("asked", "n", "negative", "neutral", "positive", "not_applicable", "no_answer")
SPREAD = ("n", "open", "mean", "median", "p90", "max", "within_limit")


def figures_of(work: Work, study: Study) -> Content:
    """Four tables: `figures` per step and subject, `closing`, `statements` and `lead_times` of all applications."""
    return Content(
        "figures",
        (
            Table("figures", _("Oordelen"), _figure_columns(work, study), partial(_figures, work, study)),
            Table("closing", _("Eindgesprek"), _closing_columns(), partial(_closing, work, study)),
            Table("statements", _("Stellingen"), _statement_columns(), partial(_statements, work, study)),
            Table(
                "lead_times",
                _("Doorlooptijden van alle aanvragen"),
                _time_columns(work, study),
                partial(_lead_times, work, study),
            ),
        ),
    )


def _shown() -> tuple[Column, ...]:
    return (
        Column("shown", _("Getoond"), Kind.choice, yes_no()),
        Column("reason", _("Waarom niet getoond")),
    )


def _figure_columns(work: Work, study: Study) -> tuple[Column, ...]:
    subjects = choices_of({"step": _("de stap"), "staff": _("het contact met de medewerker")})
    labels = (
        _("Hoeveel mensen het is gevraagd"),
        _("N: hoeveel mensen een oordeel gaven"),
        _("Negatief"),
        _("Neutraal"),
        _("Positief"),
        _("Niet van toepassing"),
        _("Geen antwoord"),
    )
    return (
        Column("route", _("Route"), Kind.choice, route_choices(work, study)),
        Column("step", _("Stap"), Kind.choice, step_choices(work, study)),
        Column("subject", _("Waarover het oordeel gaat"), Kind.choice, subjects),
        *(Column(name, label, Kind.whole) for name, label in zip(COUNTS, labels, strict=True)),
        *_shown(),
        Column("footnotes", _("Waarom N lager is")),
    )


def _figures(work: Work, study: Study) -> Iterator[Row]:
    for row in figures(work, study).rows:
        counts = (getattr(row, name) for name in COUNTS)
        notes = " ".join(row.footnotes) or None
        yield (row.route, row.step, row.subject, *counts, say(row.shown), row.reason, notes)


def _closing_columns() -> tuple[Column, ...]:
    return (
        Column("n", _("N: hoeveel eindgesprekken"), Kind.whole),
        Column("grade_mean", _("Gemiddeld cijfer voor het hele proces"), Kind.decimal),
        Column("grade_desk_mean", _("Gemiddeld cijfer voor de balie"), Kind.decimal),
        Column("grade_case_manager_mean", _("Gemiddeld cijfer voor de contactpersoon"), Kind.decimal),
        Column("grade_seven_or_more", _("Hoeveel mensen een 7 of hoger gaven"), Kind.whole),
        *_shown(),
    )


def _closing(work: Work, study: Study) -> Iterator[Row]:
    one = closing(work, study)
    means = (one.grade_mean, one.grade_desk_mean, one.grade_case_manager_mean)
    yield (one.n, *map(_decimal, means), one.positive, say(one.shown), one.reason)


def _statement_columns() -> tuple[Column, ...]:
    texts = choices_of({one.id: one.text for one in list_statements()})
    counts = {"n": "N", "disagree": _("Oneens"), "neutral": _("Neutraal"), "agree": _("Eens")}
    return (
        Column("statement", _("Stelling"), Kind.choice, texts),
        *(Column(name, label, Kind.whole) for name, label in counts.items()),
    )


def _statements(work: Work, study: Study) -> Iterator[Row]:
    for one in closing(work, study).statements:
        yield (one.id, one.n, one.disagree, one.neutral, one.agree)


def _time_columns(work: Work, study: Study) -> tuple[Column, ...]:
    measures = {
        "gate": _("melding aan de balie tot workshop"),
        "application": _("aanvraag tot besluit"),
        "application_net": _("aanvraag tot besluit, zonder opschorting"),
        "total": _("melding aan de balie tot besluit"),
        "total_without_wait": _("melding aan de balie tot besluit, zonder de vier weken voor jongeren"),
    }
    labels = (
        _("N: hoeveel reizen zo ver zijn"),
        _("Hoeveel nog lopen"),
        _("Gemiddelde"),
        _("Mediaan"),
        _("90 procent was klaar binnen"),
        _("Langste"),
        _("Hoeveel binnen de eigen laatste dag"),
    )
    kinds = {"mean": Kind.decimal, "median": Kind.decimal}
    return (
        Column("route", _("Route"), Kind.choice, route_choices(work, study)),
        Column("measure", _("Doorlooptijd in dagen"), Kind.choice, choices_of(measures)),
        *(
            Column(name, label, kinds.get(name, Kind.whole))
            for name, label in zip(SPREAD, labels, strict=True)
        ),
        *_shown(),
    )


def _lead_times(work: Work, study: Study) -> Iterator[Row]:
    for route in list_routes(work, study):
        times = lead_times(work, study, "all", route.id)
        for name in MEASURES:
            yield (route.id, name, *_time(getattr(times, name)))


def _time(one: LeadTime) -> Row:
    counts = (one.n, one.open, _decimal(one.mean), _decimal(one.median), one.p90, one.max, one.within_limit)
    return (*counts, say(one.shown), one.reason)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
