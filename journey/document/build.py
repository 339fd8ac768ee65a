"""Builds the content of a report from what its audience may see: managers the published batch without small groups,
the research side the live figures.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from journey.document.chapters import Numbering, Voice, route_chapter
from journey.document.content import (
    Audience,
    Bar,
    Block,
    Content,
    Items,
    Paragraph,
    Section,
    Table,
    Written,
)
from journey.document.methods import method_sentences
from journey.document.sentences import agreement_sentences, capital, compare_steps, is_plural, share
from journey.document.survey_chapters import build_survey_content
from journey.document.timing import Measured, read_times, times_chapter
from journey.models import Study
from journey.rating.quotes import list_approved
from journey.rating.statements import list_statements
from journey.report.batches import Method, read_method
from journey.report.figures import Closing
from journey.report.frame import frame_of
from journey.report.leadtimes import LeadTimes
from journey.report.missed import MissedSplit
from journey.report.overview import missed_groups
from journey.report.pages import Frame, RouteFigures, group_rows, statement_figures
from journey.report.queries import Figures, closing, figures, find_batch, sees_live
from journey.report.time_words import application_sentences, longest_sentence
from journey.report.voices import voices
from journey.rules.errors import NotFound
from journey.rules.roles import MANAGER
from journey.study.cadence import cadence_of
from journey.web.filters import day, number, percent
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext
from journey.work import Work

TITLE = "De reis van aanvraag tot besluit"


def as_reader(work: Work, audience: Audience) -> Work:
    """The same unit of work as this audience reads it; NotFound for who may not see the live figures."""
    if audience == "manager":
        return replace(work, actor=replace(work.actor, role=MANAGER))
    if not sees_live(work):
        raise NotFound("Dit rapport is er niet.")
    return work


def build_content(work: Work, study: Study, audience: Audience) -> Content:
    """The report of today, without the texts that people wrote (see `texts.list_texts`) and without quotes' words."""
    work = as_reader(work, audience)
    if study.is_survey:
        return build_survey_content(work, study, audience)
    frame = frame_of(work, study, "report")
    counted, closed = figures(work, study), closing(work, study)
    measured, method = read_times(work, study, frame), read_method(work, study)
    groups = group_rows(frame, counted.rows)
    numbering, voiced = Numbering(), _voices(work, study)
    steps = [_chapter(frame, one, voiced, numbering) for one in groups[:1]]
    treatment = _treatment(closed, numbering)
    apart = [_chapter(frame, one, voiced, numbering) for one in groups[1:]]
    batch = None if sees_live(work) else find_batch(work, study)
    return Content(
        title=_(TITLE),
        study=study.code,
        study_name=study.name,
        municipality=frame.municipality,
        period=_period(study),
        standing=_standing(counted, measured.times),
        audience=audience,
        as_of=work.today,
        counted_at=batch.published_at if batch else work.now,
        batch=counted.batch,
        sections=(
            _summary(frame, groups, closed, measured, method),
            Section("introduction", _("Inleiding"), 1, (Written("introduction"),)),
            _method(frame, study, method, missed_groups(work, study), counted),
            *(section for chapter in steps for section in chapter),
            times_chapter(frame, measured),
            treatment,
            *(section for chapter in apart for section in chapter),
            Section("conclusions", _("Conclusies"), 1, (Written("conclusions"),)),
            Section("recommendations", _("Aanbevelingen"), 1, (Written("recommendations"),)),
            _appendix(numbering, counted),
        ),
    )


def _chapter(
    frame: Frame, group: RouteFigures, voiced: Mapping[tuple[str, str], Voice], numbering: Numbering
) -> list[Section]:
    route = next(route for route in frame.routes if route.id == group.route)
    return route_chapter(route, group, voiced, numbering)


def _voices(work: Work, study: Study) -> dict[tuple[str, str], Voice]:
    """Voices per (route, step); an id per quote, so that a recorded report holds no words of people."""
    ids: dict[tuple[str, str], list[int]] = defaultdict(list)
    for quote in list_approved(work, study):
        if quote.edit is not None and quote.edit.id is not None:
            ids[quote.words.step, quote.edit.body].append(quote.edit.id)
    return {
        key: Voice(said, tuple(ids[key[1], text].pop(0) for text in said.quotes if ids[key[1], text]))
        for key, said in voices(work, study).items()
    }


def _period(study: Study) -> str:
    if study.ends_on:
        return _(
            "Onderzoek van %(start)s tot en met %(end)s.", start=day(study.starts_on), end=day(study.ends_on)
        )
    return _("Onderzoek vanaf %(start)s.", start=day(study.starts_on))


def _standing(counted: Figures, times: LeadTimes) -> tuple[str, ...]:
    if counted.batch is not None:
        ratings = _(
            "Vrijgegeven cijfers nummer %(number)s, stand van %(day)s.",
            number=counted.batch,
            day=day(counted.as_of),
        )
    elif counted.as_of is not None:
        ratings = _("Stand van %(day)s.", day=day(counted.as_of))
    else:
        ratings = _("Er zijn nog geen cijfers vrijgegeven.")
    said = [f"{_('Oordelen:')} {ratings}"]
    if times.as_of is not None:
        said.append(f"{_('Doorlooptijden:')} {_('Stand van %(day)s.', day=day(times.as_of))}")
    return tuple(said)


def _summary(
    frame: Frame,
    groups: Sequence[RouteFigures],
    closed: Closing,
    measured: Measured,
    method: Method,
) -> Section:
    items = []
    if method.counts and method.counts["took_part"]:
        took_part = method.counts["took_part"]
        items.append(_took_part(took_part, partial=method.partial))
    if closed.shown and closed.grade_mean is not None:
        grade = number(closed.grade_mean, 1)
        items.append(_("Voor het hele proces geven mensen gemiddeld een %(grade)s.", grade=grade))
    for group in groups[:1]:
        rows = [(step.name, step.about_step) for step in group.steps]
        compared = compare_steps([(name, row.positive or 0, row.n) for name, row in rows if row and row.n])
        items += [compared] if compared else []
    if decided := " ".join(application_sentences(measured.times.application, measured.limit)):
        items.append(
            f"{decided} {_('De wet geeft acht weken; die termijn kan stilstaan of verlengd worden.')}"
        )
    if longest := longest_sentence(frame.step_name, measured.times):
        items.append(longest)
    blocks: list[Block] = [Written("summary")]
    if items:
        blocks.append(Items(tuple(items)))
    return Section("summary", _("In het kort"), 1, tuple(blocks))


def _took_part(people: int, *, partial: bool) -> str:
    if partial:
        return _("Op de routes die wij tonen, deden %(people)s mensen mee.", people=number(people))
    return ngettext("Eén persoon deed mee.", "Er deden %(n)s mensen mee.", people)


def _method(
    frame: Frame, study: Study, method: Method, missed: Sequence[MissedSplit], counted: Figures
) -> Section:
    blocks: list[Block] = [
        Paragraph(" ".join(method_sentences(frame.routes, cadence_of(study), method, missed)))
    ]
    if method.counts:
        blocks += _counts(method.counts)
        if method.partial:
            left_out = _("Routes met te weinig deelnemers zijn niet meegeteld, zodat niemand herkenbaar is.")
            blocks.append(Paragraph(left_out, "note"))
    else:
        blocks.append(Paragraph(method.reason or _("Deze cijfers worden niet getoond."), "hidden"))
    blocks.append(
        Paragraph(
            _(
                "N is het aantal mensen dat een oordeel gaf. Wie een stap niet hoefde te doen of geen antwoord gaf, "
                "telt niet mee in N. Onder een figuur staat waarom N lager is. Bij iedere stap staat wat er gebeurt, "
                "in de woorden die inwoners zelf lezen."
            ),
            "note",
        )
    )
    if counted.batch is not None:
        small = _(
            "Groepen van minder dan %(n)s mensen staan er niet in, zodat niemand herkenbaar is.",
            n=study.minimum_group,
        )
        blocks.append(Paragraph(small, "note"))
    return Section("method", _("Hoe het onderzoek is gedaan"), 1, tuple(blocks))


def _counts(counts: Mapping[str, int]) -> list[Block]:
    blocks: list[Block] = []
    if approached := counts.get("approached"):
        response = _(
            "Benaderd: %(approached)s. Geworven: %(recruited)s. "
            "Respons: %(share)s (gaf een oordeel, van wie benaderd is).",
            approached=number(approached),
            recruited=number(counts["took_part"]),
            share=percent(counts["answered"] / approached, 1),
        )
        blocks.append(Paragraph(response))
    named = (
        (_("Deden mee"), "took_part"),
        (_("Trokken zich terug"), "withdrew"),
        (_("Lieten alles verwijderen"), "erased"),
        (_("Gaven een oordeel"), "answered"),
        (_("Eindgesprekken"), "closing"),
        (_("Belpogingen"), "attempts"),
        (_("Gesprekken"), "interviews"),
    )
    rows = tuple((label, number(counts[name])) for label, name in named if name in counts)
    return [*blocks, Table(_("Wie er meedeed"), (_("Wat"), _("Aantal")), rows, numeric=(1,))]


def _treatment(closed: Closing, numbering: Numbering) -> Section:
    """The grades and statements of the closing interview."""
    title = _("Bejegening en eindgesprek")
    if not closed.shown:
        return Section("closing", title, 1, (Paragraph(closed.reason or "", "hidden"),))
    if not closed.n:
        return Section("closing", title, 1, (Paragraph(_("Nog niemand had een eindgesprek.")),))
    figured = statement_figures(closed, list_statements())
    bars = [
        Bar(one.text.rstrip("."), "statement", one.n, one.negative, one.neutral, one.positive)
        for one in figured
        if one.n
    ]
    bars.sort(key=lambda bar: -(bar.positive or 0) / (bar.n or 1))
    blocks: list[Block] = [Paragraph(_grades(closed)), *_separate_grades(closed)]
    if bars:
        said = agreement_sentences([(bar.label, bar.positive or 0, bar.n or 0) for bar in bars])
        blocks.append(Paragraph(" ".join(said)))
        without = [one.text.rstrip(".") for one in figured if not one.n]
        missing = _("Te weinig antwoorden of niet gevraagd: %(list)s.", list="; ".join(without))
        words = (_("oneens"), _("neutraal"), _("eens"))
        notes = (missing,) if without else ()
        blocks.append(numbering.add(_("De medewerkers"), words, bars, notes=notes))
    return Section("closing", title, 1, tuple(blocks))


def _grades(closed: Closing) -> str:
    said = []
    if closed.grade_mean is not None:
        said.append(
            _(
                "Voor het hele proces geven mensen gemiddeld een %(grade)s.",
                grade=number(closed.grade_mean, 1),
            )
        )
    n = closed.n or 0
    spread = closed.spreads.get("grade")
    if spread is not None and spread.n != n:
        said.append(
            ngettext(
                "Eén persoon gaf een cijfer.", "%(n)s mensen gaven een cijfer.", spread.n, n=number(spread.n)
            )
        )
    said.append(ngettext("Er was één eindgesprek.", "Er waren %(talks)s eindgesprekken.", n, talks=number(n)))
    if closed.positive is not None and closed.grade_mean is not None:
        of = spread.n if spread is not None else n
        verb = _("gaven") if is_plural(closed.positive, of) else _("gaf")
        said.append(
            capital(_("%(share)s %(verb)s een 7 of hoger.", share=share(closed.positive, of), verb=verb))
        )
    return " ".join(said)


def _separate_grades(closed: Closing) -> list[Block]:
    grades = (
        (_("Cijfer voor de balie"), closed.grade_desk_mean),
        (_("Cijfer voor de contactpersoon"), closed.grade_case_manager_mean),
    )
    rows = tuple((label, number(grade, 1)) for label, grade in grades if grade is not None)
    head = (_("Cijfer"), _("Gemiddelde"))
    return [Table(_("Twee aparte cijfers"), head, rows, numeric=(1,))] if rows else []


def _appendix(numbering: Numbering, counted: Figures) -> Section:
    """Every number behind every figure, and how many rows are not shown."""
    title, blocks = _("Bijlage: N per figuur"), list[Block]()
    steps = [figure for figure in numbering.figures if figure.step]
    closing_figures = [figure for figure in numbering.figures if not figure.step]
    if steps:
        head = (_("Figuur"), "N", _("negatief"), _("neutraal"), _("positief"), _("Gevraagd"))
        more = (_("n.v.t."), _("geen antwoord"))
        rows = tuple(
            _cells(f"{figure.number}. {figure.title}: {_lower(bar.label)}", bar, full=True)
            for figure in steps
            for bar in figure.bars
            if bar.n is not None
        )
        blocks.append(Table(_("Oordelen per stap"), (*head, *more), rows, numeric=tuple(range(1, 8))))
    for figure in closing_figures:
        named = (_("Stelling"), "N", *figure.words)
        cells = tuple(_cells(f"{figure.number}. {bar.label}", bar, full=False) for bar in figure.bars)
        blocks.append(Table(_("Stellingen in het eindgesprek"), named, cells, numeric=(1, 2, 3, 4)))
    if hidden := [row for row in counted.rows if not row.shown]:
        reasons = " ".join(dict.fromkeys(row.reason or "" for row in hidden))
        left_out = ngettext("Eén regel is weggelaten.", "%(n)s regels zijn weggelaten.", len(hidden))
        blocks.append(Paragraph(f"{left_out} {reasons}", "hidden"))
    if not blocks:
        blocks.append(Paragraph(_("Er zijn nog geen figuren.")))
    return Section("appendix", title, 1, tuple(blocks))


def _cells(name: str, bar: Bar, *, full: bool) -> tuple[str, ...]:
    counts = [bar.n, bar.negative, bar.neutral, bar.positive]
    counts += [bar.asked, bar.not_applicable, bar.no_answer] if full else []
    return (name, *(number(count) for count in counts))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
