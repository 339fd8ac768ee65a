"""Sums beside the bars: the three phases of treatment, how sure the answers are, and who is missed.

A sum is only ever of what its reader may see; who is missed is one split of the people, shown whole or not (rules, 33).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.models import Study
from journey.report.figures import NOTHING_PUBLISHED, FigureRow
from journey.report.missed import MissedSplit, disclosed_missed
from journey.report.queries import find_batch, sees_live
from journey.route.definition import PHASES, RouteDefinition
from journey.rules.errors import Invalid
from journey.rules.statistics import Reliability, reliability
from journey.team.missing import Group, count_missing
from journey.team.queries import read_people
from journey.web.i18n import gettext as _
from journey.work import Work

KINDS = ("languages", "channels", "routes")


@dataclass(frozen=True)
class PhaseFigures:
    """Answers, not people, about the steps of one phase and their staff; None when none is shown. `left_out`: not every
    step of the phase may be shown.
    """

    key: str
    name: str
    about_step: FigureRow | None
    about_staff: FigureRow | None
    left_out: bool


def phase_figures(routes: Sequence[RouteDefinition], rows: Iterable[FigureRow]) -> tuple[PhaseFigures, ...]:
    """The phases in order, from rows as their reader sees them, so that nothing hidden is in a sum."""
    names = {
        "first_contact": _("Eerste contact"),
        "deciding": _("Intake en besluit"),
        "after_grant": _("Na de toekenning"),
    }
    phase_of = {(route.id, step.id): step.phase for route in routes for step in route.steps}
    own = [(phase_of.get((row.route, row.step)), row) for row in rows]
    return tuple(
        PhaseFigures(
            phase,
            names[phase],
            _sum([row for at, row in own if at == phase and row.subject == "step"], phase),
            _sum([row for at, row in own if at == phase and row.subject == "staff"], phase),
            any(at == phase and not row.shown for at, row in own),
        )
        for phase in PHASES
    )


def _sum(rows: Sequence[FigureRow], phase: str) -> FigureRow | None:
    shown = [row for row in rows if row.shown and row.n]
    if not shown:
        return None
    counts = {
        name: sum(getattr(row, name) for row in shown) for name in ("n", "negative", "neutral", "positive")
    }
    return FigureRow("", phase, shown[0].subject, **counts)


def reliability_of(counts: Mapping[str, int] | None) -> Reliability | None:
    """Of who answered as a sample of all applications, from the counts of `read_method`; None when not known."""
    if not counts or not counts.get("population") or not counts.get("approached") or "answered" not in counts:
        return None
    try:
        return reliability(counts["answered"], counts["population"])
    except Invalid:
        return None


def missed_groups(work: Work, study: Study) -> tuple[MissedSplit, ...]:
    """Who do we miss, by language, channel and route: live for researchers, as published for managers."""
    if sees_live(work):
        stored, minimum = count_missed(work, study), 0
    else:
        batch = find_batch(work, study)
        stored, minimum = (batch.breakdowns.get("missed", {}) if batch else {}), study.minimum_group
    if not stored:
        return tuple(MissedSplit(kind, reason=_(NOTHING_PUBLISHED)) for kind in KINDS)
    return tuple(disclosed_missed(kind, stored[kind], minimum) for kind in KINDS)


def count_missed(work: Work, study: Study) -> dict[str, Any]:
    """What a batch keeps of it, before hiding."""
    missing = count_missing(work, study, read_people(work, study))
    return {kind: [_stored(group) for group in getattr(missing, kind)] for kind in KINDS}


def _stored(group: Group) -> dict[str, Any]:
    return {
        "key": group.key,
        "approached": group.approached,
        "enrolled": group.enrolled,
        "answered": group.answered,
    }
