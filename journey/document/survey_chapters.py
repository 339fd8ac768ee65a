"""The report of a survey: in the order in which people read such reports, with what the printed ones left out: n,
missing answers, intervals, what was tested and how, weights, versions. Every sentence follows from a number; "hoger"
and "lager" are said only where a test proves it.
"""

from collections.abc import Iterator, Sequence

from journey.action.queries import list_actions
from journey.document.chapters import Numbering
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
from journey.document.sentences import listed
from journey.models import Municipality, Study
from journey.questionnaire.queries import get_questionnaire
from journey.report.queries import find_batch, sees_live
from journey.report.survey_pages import (
    Group,
    SectionFigures,
    SheetTable,
    response_table,
    section_figures,
    unit_table,
)
from journey.report.survey_words import (
    grade_sentence,
    reference_note,
)
from journey.report.surveys import SurveyFigures, survey_figures, survey_response
from journey.rules.questionnaire import Kind, Questionnaire
from journey.rules.statistics import decimal_comma
from journey.survey.queries import ALL
from journey.survey.response import Response, UnitResponse
from journey.web.filters import day, number
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext
from journey.work import Work

TITLE = "Wat inwoners vinden"
SECTION_TEXT = "section.%s"


def build_survey_content(work: Work, study: Study, audience: Audience) -> Content:
    """The report of today for who reads it: `work` is the reader's own (see `build.as_reader`)."""
    figures = survey_figures(work, study, weighted=True)
    versions = list(dict.fromkeys(row.version for row in figures.rows)) or [figures.survey.version_id]
    questionnaire = get_questionnaire(work, versions[-1])
    response = survey_response(work, study)
    numbering = Numbering()
    sections = section_figures(figures, questionnaire, versions[-1])
    chapters = [_chapter(numbering, one) for one in sections]
    batch = None if sees_live(work) else find_batch(work, study)
    return Content(
        title=_(TITLE),
        study=study.code,
        study_name=study.name,
        municipality=work.session.get_one(Municipality, study.municipality_id).name,
        period=_period(study),
        standing=(_standing(figures),),
        audience=audience,
        as_of=work.today,
        counted_at=batch.published_at if batch else work.now,
        batch=figures.batch,
        sections=(
            _summary(figures, response, sections),
            Section("introduction", _("Inleiding"), 1, (Written("introduction"),)),
            _method(study, figures, response, questionnaire, len(versions)),
            *chapters,
            _changed(work, study, questionnaire),
            Section("conclusions", _("Conclusies"), 1, (Written("conclusions"),)),
            Section("recommendations", _("Aanbevelingen"), 1, (Written("recommendations"),)),
            *_appendices(figures, versions[-1]),
        ),
    )


def _period(study: Study) -> str:
    if study.ends_on is None:
        return _("Vragenlijst vanaf %(start)s.", start=day(study.starts_on))
    return _(
        "Vragenlijst van %(start)s tot en met %(end)s.", start=day(study.starts_on), end=day(study.ends_on)
    )


def _standing(figures: SurveyFigures) -> str:
    if figures.batch is not None:
        return _(
            "Vrijgegeven cijfers nummer %(number)s, stand van %(day)s.",
            number=figures.batch,
            day=day(figures.as_of),
        )
    return (
        _("Stand van %(day)s.", day=day(figures.as_of))
        if figures.as_of
        else _("Er zijn nog geen cijfers vrijgegeven.")
    )


def _summary(figures: SurveyFigures, response: Response, sections: Sequence[SectionFigures]) -> Section:
    said: list[str] = []
    total = response.total
    if total.valid:
        said.append(
            ngettext(
                "Eén van de %(approached)s mensen stuurde de vragenlijst terug: een respons van %(share)s %%.",
                "%(n)s van de %(approached)s mensen stuurden de vragenlijst terug: een respons van %(share)s %%.",
                total.valid,
                approached=number(total.approached),
                share=decimal_comma(total.response or 0, 1),
            )
        )
    first = next((row for row in figures.of(ALL) if row.item.kind is Kind.grade10), None)
    if first is not None and (sentence := grade_sentence(first)):
        said.append(f"{first.item.label}: {sentence}")
    for section in sections:
        for group in section.groups:
            said += [
                f"{section.title}. {one}"
                for one in group.sentences
                if one.startswith((_("Hoger"), _("Lager")))
            ]
    blocks: list[Block] = [Written("summary")]
    return Section("summary", _("In het kort"), 1, (*blocks, *([Items(tuple(said))] if said else [])))


# --- method -------------------------------------------------------------------------------------------


def _method(
    study: Study, figures: SurveyFigures, response: Response, asked: Questionnaire, versions: int
) -> Section:
    blocks: list[Block] = []
    total = response.total
    blocks.append(
        Paragraph(
            _(
                "De vragenlijst ‘%(name)s’ (versie %(version)s) heeft %(n)s vragen. Een antwoord hangt niet aan een "
                "naam.",
                name=asked.name,
                version=asked.version,
                n=number(len(asked.items)),
            )
        )
    )
    if modes := _modes(total):
        blocks.append(Paragraph(modes))
    if total.shown:
        blocks.append(_table(response_table(response)))
        blocks += [Paragraph(text) for text in _response_notes(response)]
    else:
        blocks.append(Paragraph(total.reason or "", "hidden"))
    blocks.append(Items(tuple(_rules(study, figures, asked, versions))))
    return Section("method", _("Hoe het onderzoek is gedaan"), 1, tuple(blocks))


def _modes(total: UnitResponse) -> str:
    """On paper, on a screen, or whatever the answers came in by."""
    words = {"paper": _("op papier"), "web": _("op een scherm")}
    how = [
        _("%(how)s (%(n)s)", how=words.get(mode, _("op een manier die niet is genoteerd")), n=number(count))
        for mode, count in total.by_mode.items()
        if count
    ]
    return _("Mensen antwoordden %(how)s.", how=listed(how)) if total.shown and how else ""


def _response_notes(response: Response) -> Iterator[str]:
    total = response.total
    if response.without_unit:
        yield ngettext(
            "Van één antwoord is de groep niet bekend: het telt alleen samen mee.",
            "Van %(n)s antwoorden is de groep niet bekend: die tellen alleen samen mee.",
            response.without_unit,
        )
    if n := total.partial:
        yield ngettext(
            "Eén antwoord is niet heel (minder dan 80 %% van de vragen); dat telt mee.",
            "%(n)s antwoorden zijn niet heel (minder dan 80 %% van de vragen); die tellen mee.",
            n,
        )
    if n := total.blank:
        yield ngettext(
            "Eén vragenlijst kwam leeg terug; die telt niet mee.",
            "%(n)s vragenlijsten kwamen leeg terug; die tellen niet mee.",
            n,
        )
    if n := total.late:
        yield ngettext(
            "Eén antwoord kwam te laat; dat telt niet mee.",
            "%(n)s antwoorden kwamen te laat; die tellen niet mee.",
            n,
        )
    if n := total.doubles:
        yield ngettext(
            "Eén mens antwoordde op papier en op het scherm; één antwoord telt.",
            "%(n)s mensen antwoordden op papier en op het scherm; van ieder telt één antwoord.",
            n,
        )
    yield _(
        "Respons volgens AAPOR: RR1 %(rr1)s %% (hele antwoorden), RR2 %(rr2)s %% (ook halve).",
        rr1=decimal_comma(total.rr1 or 0, 1),
        rr2=decimal_comma(total.rr2 or 0, 1),
    )


def _rules(study: Study, figures: SurveyFigures, asked: Questionnaire, versions: int) -> Iterator[str]:
    yield _(
        "Bij elk getal staat n: hoeveel mensen die vraag beantwoordden. Percentages zijn heel, cijfers hebben één "
        "decimaal."
    )
    yield _(
        "Het 95 %-interval houdt rekening met hoeveel mensen er in de groep zijn. Een vraag die niet voor iedereen "
        "was, heeft dezelfde trekkingskans als de hele groep."
    )
    yield _(
        "‘Hoger’ en ‘lager’ staan er alleen als een toets het verschil aantoont (twee aandelen, met de correctie van "
        "Holm over één tabel). Bij jaren en groepen waarvan n niet bekend is, staan getallen alleen naast elkaar."
    )
    if note := reference_note(figures.published):
        yield note
    row = next((one for one in figures.of(ALL) if one.weighed and one.weighed.value is not None), None)
    if row is not None and row.weighed is not None and row.figure is not None:
        yield _(
            "Iedereen telt even zwaar. Gewogen naar de grootte van elke groep is ‘%(label)s’ %(weighted)s, niet "
            "%(plain)s.",
            label=row.item.label,
            weighted=decimal_comma(row.weighed.value or 0, 2),
            plain=decimal_comma(row.figure.value or 0, 2),
        )
    if figures.batch is not None:
        yield _(
            "Groepen van minder dan %(n)s mensen staan er niet in, zodat niemand herkenbaar is.",
            n=study.minimum_group,
        )
    if versions > 1:
        yield _(
            "De vragenlijst veranderde onderweg. Dit rapport gaat over versie %(version)s; antwoorden op een andere "
            "versie zijn er niet bij opgeteld.",
            version=asked.version,
        )


# --- chapters -----------------------------------------------------------------------------------------


def _chapter(numbering: Numbering, section: SectionFigures) -> Section:
    blocks: list[Block] = [Written(SECTION_TEXT % section.id)]
    for group in section.groups:
        blocks += _group(numbering, group)
    return Section(f"section-{section.id}", section.title, 1, tuple(blocks))


def _group(numbering: Numbering, group: Group) -> Iterator[Block]:
    if not group.bars and group.table is None:
        yield Paragraph(" ".join(group.sentences), "hidden", f"{group.title}.")
        return
    if group.sentences:
        yield Paragraph(" ".join(group.sentences))
    if group.bars:
        bars = [
            Bar(one.label, "statement", one.n, one.negative, one.neutral, one.positive, reason=one.reason)
            for one in group.bars
        ]
        said = tuple(f"{one.label}: {one.sentence}" for one in group.bars)
        words = (group.words[0], group.words[1], group.words[2])
        yield numbering.add(group.title, words, bars, descriptions=said)
    if group.table is not None:
        yield _table(group.report)
    for note in group.notes:
        yield Paragraph(note, "note")


def _table(sheet: SheetTable) -> Table:
    return Table(sheet.title, sheet.head, sheet.rows, sheet.numeric)


def _changed(work: Work, study: Study, asked: Questionnaire) -> Section:
    """The improvement plan: what was written down with the figures and approved by a second person."""
    titles = {section.id: section.title() for section in asked.sections}
    rows = tuple(
        (
            titles.get(action.step, action.step),
            action.words["nl"]["heard"],
            action.words["nl"]["done"],
            day(action.since),
        )
        for action in list_actions(work, study, "approved")
    )
    head = (_("Onderwerp"), _("Wat mensen zeiden"), _("Wat er verandert"), _("Vanaf"))
    blocks: tuple[Block, ...] = (Table(_("Verbeterplan"), head, rows),) if rows else ()
    if not blocks:
        blocks = (Paragraph(_("Er is nog niets opgeschreven dat verandert.")),)
    return Section("changed", _("Wat er verandert"), 1, blocks)


# --- appendices ---------------------------------------------------------------------------------------


def _appendices(figures: SurveyFigures, version: int) -> Iterator[Section]:
    """One per unit, with earlier years beside it; and every question of all units side by side."""
    for stratum in figures.survey.strata:
        rows = [row for row in figures.of(stratum.code) if row.version == version]
        tables = [_table(one) for one in unit_table(rows)]
        hidden = sum(not row.shown for row in rows)
        blocks: list[Block] = [*tables]
        if hidden:
            text = ngettext(
                "Eén vraag is weggelaten: de groep is te klein.",
                "%(n)s vragen zijn weggelaten: de groep is te klein.",
                hidden,
            )
            blocks.append(Paragraph(text, "hidden"))
        if blocks:
            yield Section(f"unit-{stratum.code}", _("Bijlage: %(name)s", name=stratum.name), 1, tuple(blocks))
