"""The chapter about lead times, over all applications of the municipality (rules, 23-25)."""

from collections.abc import Iterator

from journey.document.content import Block, Paragraph, Section, Table
from journey.document.sentences import days
from journey.models import Study
from journey.report.leadtimes import LIMIT_DAYS, LeadTime, LeadTimes, PairTime, measure_tally
from journey.report.pages import Frame
from journey.report.queries import count_journeys
from journey.report.tally import Selection
from journey.report.throughput import longest_wait
from journey.web.filters import number, percent
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext
from journey.work import Work


def read_times(work: Work, study: Study, frame: Frame) -> LeadTimes:
    """The municipality's own lead times, live for every reader."""
    tally = count_journeys(work, study, "all", Selection())
    return measure_tally(tally, frame.routes, curves=False)


def times_chapter(frame: Frame, times: LeadTimes) -> Section:
    about = _(
        "Over alle aanvragen van de gemeente, in kalenderdagen. "
        "Alleen de tijd van aanvraag tot besluit heeft een wettelijke grens van acht weken."
    )
    blocks: list[Block] = [Paragraph(about)]
    if not any(time.cases for _name, time in _named(times)):
        blocks.append(Paragraph(_("Nog geen enkele reis is ver genoeg voor een doorlooptijd.")))
        return Section("lead-times", _("Doorlooptijden"), 1, tuple(blocks))
    blocks += [Paragraph(sentence) for sentence in time_sentences(times)]
    blocks.append(_times_table(times))
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
        longest = longest_wait(times)
        if longest is not None:
            blocks.append(Paragraph(longest_sentence(frame, longest)))
        blocks.append(_pairs_table(frame, pairs))
    return Section("lead-times", _("Doorlooptijden"), 1, tuple(blocks))


def time_sentences(times: LeadTimes) -> Iterator[str]:
    """A sentence per lead time that somebody has: the mean, and the longest of the one with a limit."""
    if times.gate.mean is not None:
        yield _(
            "Van de balie van het Werkplein tot de workshop duurt het gemiddeld %(days)s.",
            days=days(times.gate.mean),
        )
    application = times.application
    if application.mean is not None and application.max is not None:
        sentence = _(
            "Van aanvraag tot besluit duurt het gemiddeld %(days)s en hoogstens %(longest)s.",
            days=days(application.mean),
            longest=days(application.max),
        )
        yield f"{sentence} {_within(application)}".strip()
    if times.total.mean is not None:
        yield _(
            "Van de balie van het Werkplein tot het besluit duurt het gemiddeld %(days)s.",
            days=days(times.total.mean),
        )


def _within(application: LeadTime) -> str:
    if application.share_within_limit is None:
        return ""
    if application.share_within_limit == 1:
        return _("Alle besluiten vielen binnen de wettelijke grens van %(n)s dagen.", n=LIMIT_DAYS)
    return _("Binnen de eigen uiterste dag viel %(share)s.", share=percent(application.share_within_limit, 1))


def longest_sentence(frame: Frame, pair: PairTime) -> str:
    said = _(
        "Het langst wachten mensen tussen ‘%(start)s’ en ‘%(end)s’: gemiddeld %(days)s dagen.",
        start=frame.step_name(pair.from_step),
        end=frame.step_name(pair.to_step),
        days=number(pair.time.mean, 1),
    )
    if pair.norm_days is None:
        return said
    return f"{said} {_('Afgesproken is %(days)s dagen.', days=pair.norm_days)}"


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
        norm, kept = "–", "–"
        if pair.norm_days is not None:
            norm = ngettext("%(days)s dag", "%(days)s dagen", pair.norm_days, days=pair.norm_days)
            kept = _("%(within)s van %(n)s", within=number(pair.within_norm), n=number(pair.time.n))
        time = pair.time
        rows.append((name, number(time.n), number(time.mean, 1), number(time.max), norm, kept))
    return Table(_("Dagen tussen twee stappen"), head, tuple(rows), numeric=(1, 2, 3, 4, 5))
