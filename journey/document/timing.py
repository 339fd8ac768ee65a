"""The chapter about lead times, over all applications of the municipality (rules, 23-25)."""

from collections.abc import Iterator
from dataclasses import dataclass

from journey.document.content import Block, Paragraph, Section, Table
from journey.models import Study
from journey.report.last_days import last_day_warnings
from journey.report.leadtimes import LeadTime, LeadTimes, PairTime, measure_tally
from journey.report.pages import Frame
from journey.report.queries import count_journeys
from journey.report.tally import Selection
from journey.report.throughput import LimitCounts, count_limits
from journey.report.time_words import (
    application_sentences,
    gate_sentences,
    kept_words,
    longest_sentence,
    norm_words,
    total_sentences,
)
from journey.web.filters import number
from journey.web.i18n import gettext as _
from journey.work import Work


@dataclass(frozen=True)
class Measured:
    """The lead times of all applications, how those without a decision stand, and what a last day may lack."""

    times: LeadTimes
    limit: LimitCounts
    warnings: tuple[str, ...] = ()


def read_times(work: Work, study: Study, frame: Frame) -> Measured:
    """The municipality's own lead times, live for every reader."""
    tally = count_journeys(work, study, "all", Selection())
    times = measure_tally(tally, frame.routes, curves=False)
    return Measured(times, count_limits(tally), last_day_warnings(work, study, "all", Selection()))


def times_chapter(frame: Frame, measured: Measured) -> Section:
    times = measured.times
    about = _(
        "Over alle aanvragen van de gemeente, in kalenderdagen. "
        "Alleen de tijd van aanvraag tot besluit heeft een wettelijke grens van acht weken."
    )
    blocks: list[Block] = [Paragraph(about)]
    if not any(time.cases for _name, time in _named(times)):
        blocks.append(Paragraph(_("Nog geen enkele reis is ver genoeg voor een doorlooptijd.")))
        return Section("lead-times", _("Doorlooptijden"), 1, tuple(blocks))
    blocks += [Paragraph(sentence) for sentence in time_sentences(measured)]
    blocks.append(_times_table(times))
    blocks += [Paragraph(warning, "note", _("Let op.")) for warning in measured.warnings]
    if times.gate.n:
        blocks.append(
            Paragraph(
                _(
                    "Let op: gemiddelden en langste tijden zijn verschillende maten. "
                    "De tijd van Werkplein tot besluit begint eerder dan de wettelijke termijn."
                ),
                "note",
            )
        )
    if pairs := [pair for pair in times.pairs if pair.time.n]:
        blocks.append(Paragraph(longest_sentence(frame.step_name, times)))
        blocks.append(_pairs_table(frame, pairs))
    return Section("lead-times", _("Doorlooptijden"), 1, tuple(blocks))


def time_sentences(measured: Measured) -> Iterator[str]:
    """A sentence per lead time that somebody has, and who kept to the limit of the one that has a limit."""
    for sentences in (
        gate_sentences(measured.times.gate),
        application_sentences(measured.times.application, measured.limit),
        total_sentences(measured.times.total),
    ):
        if said := " ".join(sentences):
            yield said


def _named(times: LeadTimes) -> list[tuple[str, LeadTime]]:
    named = [
        (_("Van Werkplein tot workshop"), times.gate),
        (_("Van aanvraag tot besluit"), times.application),
        (_("… zonder de dagen dat de klok stilstond"), times.application_net),
        (_("Van Werkplein tot besluit"), times.total),
    ]
    if times.total != times.total_without_wait:
        named.append((_("… zonder de vier weken zoektijd van jongeren"), times.total_without_wait))
    return named


def _times_table(times: LeadTimes) -> Table:
    head = (_("Doorlooptijd"), "N", _("Nog open"), _("Gemiddelde"), _("Mediaan"), _("90 van de 100 binnen"))
    rows = tuple(
        (
            name,
            number(time.n),
            number(time.open),
            number(time.mean, 1),
            number(time.median),
            number(time.p90),
            number(time.max),
        )
        for name, time in _named(times)
        if time.shown
    )
    return Table(
        _("Doorlooptijden in kalenderdagen"), (*head, _("Langste")), rows, numeric=(1, 2, 3, 4, 5, 6)
    )


def _pairs_table(frame: Frame, pairs: list[PairTime]) -> Table:
    head = (_("Van → naar"), "N", _("Gemiddelde"), _("Langste"), _("Afgesproken"), _("Binnen de afspraak"))
    rows = []
    for pair in pairs:
        name = f"{frame.step_name(pair.from_step)} → {frame.step_name(pair.to_step)}"
        norm, kept = norm_words(pair) or "–", kept_words(pair) or "–"
        time = pair.time
        rows.append((name, number(time.n), number(time.mean, 1), number(time.max), norm, kept))
    return Table(_("Dagen tussen twee stappen"), head, tuple(rows), numeric=(1, 2, 3, 4, 5))
