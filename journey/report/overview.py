"""Sums beside the bars: the three phases of treatment, how sure the answers are, and who is missed.

A sum is only ever of what its reader may see; who is missed is one split of the people, shown whole or not (rules, 33).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.models import Study
from journey.report.figures import NOTHING_PUBLISHED, FigureRow
from journey.report.queries import find_batch, sees_live
from journey.route.definition import PHASES, RouteDefinition
from journey.rules.disclosure_parts import UNSPLIT, Splitting, choose_groups
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
    if not counts or not counts.get("population") or not counts.get("approached"):
        return None
    try:
        return reliability(counts["answered"], counts["population"])
    except Invalid:
        return None


@dataclass(frozen=True)
class MissedGroup:
    """`keys` are one language, channel or route, or several small ones together; `approached` None: nobody noted it."""

    keys: tuple[str, ...]
    approached: int | None
    enrolled: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered of enrolled, 0-1."""
        return self.answered / self.enrolled if self.enrolled else None


@dataclass(frozen=True)
class MissedSplit:
    kind: str
    groups: tuple[MissedGroup, ...] = ()
    reason: str | None = None


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


def disclosed_missed(kind: str, stored: Sequence[Mapping[str, Any]], minimum: int) -> MissedSplit:
    """One split; a group counts for the smallest number it shows, and so do those who were asked and did not enrol."""
    rows = {row["key"]: row for row in stored}
    sizes = {key: [_smallest(row)] for key, row in rows.items()}
    groups = [(key,) for key in rows] if not minimum else _together(rows, sizes, minimum)
    if groups is None:
        return MissedSplit(kind, reason=_(UNSPLIT, minimum=minimum))
    return MissedSplit(kind, tuple(_merged([rows[key] for key in keys]) for keys in groups))


def _together(
    rows: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, Sequence[int]], minimum: int
) -> list[tuple[str, ...]] | None:
    groups = choose_groups(sizes, Splitting(minimum))
    grouped = {key for keys in groups or () for key in keys}
    if groups is None or any(key not in grouped and _largest(row) for key, row in rows.items()):
        return None
    together = [_merged([rows[key] for key in keys]) for keys in groups]
    return groups if all(_smallest(vars(one)) >= minimum for one in together) else None


def _smallest(row: Mapping[str, Any]) -> int:
    """The smallest group that the numbers of a row show."""
    rest = (row["approached"] or 0) - row["enrolled"]
    return min(int(row["enrolled"]), int(row["answered"]), *((int(rest),) if rest > 0 else ()))


def _largest(row: Mapping[str, Any]) -> int:
    return max(int(row["approached"] or 0), int(row["enrolled"]), int(row["answered"]))


def _merged(rows: Sequence[Mapping[str, Any]]) -> MissedGroup:
    asked = [row["approached"] for row in rows]
    return MissedGroup(
        tuple(row["key"] for row in rows),
        None if None in asked else sum(asked),
        sum(row["enrolled"] for row in rows),
        sum(row["answered"] for row in rows),
    )
