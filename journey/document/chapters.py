"""The chapters about steps: what happens, what people thought in words and in a figure, good and bad points, quotes,
and the place where a researcher writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from journey.document.content import Bar, Bars, Block, Paragraph, Points, Quotes, Section, Written
from journey.document.sentences import Opinion, opinion_sentences
from journey.report.figures import FigureRow
from journey.report.pages import RouteFigures, StepFigures
from journey.report.voices import Point, StepVoices
from journey.route.definition import RouteDefinition
from journey.web.filters import number
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext

STEP_SECTION = "step.%s.%s"


@dataclass
class Numbering:
    """Figures are numbered in the order in which they stand in the report."""

    figures: list[Bars] = field(default_factory=list)

    def add(self, title: str, words: tuple[str, str, str], bars: Sequence[Bar], **rest: object) -> Bars:
        texts = rest.pop("descriptions", None) or tuple(describe(bar, words) for bar in bars)
        made = Bars(len(self.figures) + 1, title, words, tuple(bars), texts, **rest)  # type: ignore[arg-type]
        self.figures.append(made)
        return made


@dataclass(frozen=True)
class Voice:
    """What was said about one step, with the ids of its quotes in the order in which they are shown."""

    said: StepVoices
    quotes: tuple[int, ...] = ()


def route_chapter(
    route: RouteDefinition,
    figures: RouteFigures,
    voices: Mapping[tuple[str, str], Voice],
    numbering: Numbering,
) -> list[Section]:
    """One chapter with a part per step; only the reason when nothing of the route may be shown."""
    head = f"route-{route.id}"
    opening = [Paragraph(_("Deze route is voor: %(audience)s.", audience=_lower(route.audience)))]
    if figures.hidden:
        hidden = Paragraph(figures.hidden, "hidden")
        return [Section(head, route.name, 1, (*opening, hidden))]
    if not any(row.n for step in figures.steps for row in step.rows):
        nobody = Paragraph(_("Op deze route gaf nog niemand een oordeel."))
        return [Section(head, route.name, 1, (*opening, nobody))]
    parts = [_step(route, one, voices.get((route.id, one.step)), numbering) for one in figures.steps]
    return [Section(head, route.name, 1, tuple(opening)), *parts]


def _step(route: RouteDefinition, figures: StepFigures, voice: Voice | None, numbering: Numbering) -> Section:
    blocks: list[Block] = [*_what_happens(route, figures.step)]
    blocks += _opinions(figures)
    bars = [_bar(row) for row in figures.rows]
    if any(bar.parts for bar in bars):
        words = (_("negatief"), _("neutraal"), _("positief"))
        blocks.append(
            numbering.add(
                figures.name, words, bars, notes=figures.footnotes, route=route.id, step=figures.step
            )
        )
    if voice is not None:
        blocks += _voice(voice)
    blocks.append(Written(STEP_SECTION % (route.id, figures.step)))
    return Section(f"step-{route.id}-{figures.step}", figures.name, 2, tuple(blocks))


def _what_happens(route: RouteDefinition, step_id: str) -> Iterator[Paragraph]:
    step = route.find_step(step_id)
    if step is None:
        return
    happens = " ".join(text for text in (step.explain, step.next) if text)
    yield Paragraph(happens, opening=_("Wat er gebeurt."))
    if step.bring:
        yield Paragraph(step.bring, opening=_("Meenemen."))
    promised = [one.text for one in route.promises if one.step == step_id]
    promised += [one.text for one in route.norms if one.to_step == step_id]
    if promised:
        yield Paragraph(" ".join(promised), opening=_("Afgesproken."))


def _opinions(figures: StepFigures) -> Iterator[Paragraph]:
    """The sentences; two rows that are hidden for one reason say it once."""
    reasons = {row.reason for row in figures.rows if not row.shown}
    opening = _("Wat mensen vonden.")
    for row in figures.rows:
        about = _("over deze stap") if row.subject == "step" else _("over het contact met de medewerker")
        if row.shown and row.n is not None:
            counts = (row.n, row.negative or 0, row.neutral or 0, row.positive or 0)
            yield Paragraph(opinion_sentences(Opinion(*counts, about)), opening=opening)
        elif row.reason in reasons:
            reasons.discard(row.reason)
            yield Paragraph(row.reason or _("Deze cijfers worden niet getoond."), "hidden", opening)
        opening = ""


def _voice(voice: Voice) -> Iterator[Block]:
    said = voice.said
    if not said.shown:
        return
    if said.good or said.bad:
        yield Points(tuple(map(_point, said.good)), tuple(map(_point, said.bad)))
    if voice.quotes:
        yield Paragraph("", opening=_("In hun eigen woorden."))
        yield Quotes(voice.quotes)


def _point(point: Point) -> str:
    return ngettext(
        "%(name)s (één\u00a0persoon)", "%(name)s (%(n)s\u00a0mensen)", point.people, name=point.name
    )


def _bar(row: FigureRow) -> Bar:
    label = _("De stap") if row.subject == "step" else _("De medewerker")
    return Bar(
        label,
        row.subject,
        row.n,
        row.negative,
        row.neutral,
        row.positive,
        row.asked,
        row.not_applicable,
        row.no_answer,
        None if row.shown else row.reason,
    )


def describe(bar: Bar, words: tuple[str, str, str]) -> str:
    """What a bar shows, for who cannot see it."""
    if bar.n is None:
        return f"{bar.label}: {bar.reason or _('Deze cijfers worden niet getoond.')}"
    counts = (bar.negative, bar.neutral, bar.positive)
    parts = ", ".join(f"{number(count or 0)} {word}" for count, word in zip(counts, words, strict=True))
    return _("%(label)s, N = %(n)s: %(parts)s.", label=bar.label.rstrip("."), n=number(bar.n), parts=parts)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
