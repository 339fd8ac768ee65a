"""Lays what a case system says otherwise beside the facts of one person, for a researcher to judge (rules, 15a)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from journey.models import Progress, Suspension
from journey.models.base import Recorded
from journey.progress.beside import IMPORT, find_rival, list_beside
from journey.progress.queries import Facts
from journey.route.queries import get_definition
from journey.work import Work


class Shown(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def row(self) -> Recorded: ...
    @property
    def id(self) -> int: ...


S = TypeVar("S", bound=Shown)


@dataclass(frozen=True)
class StepSaid:
    """A step of which the case system says something else; `ours` is None when it is one time more than we know of."""

    step: str
    name: str
    said: Progress
    ours: Progress | None


def stand(legal: Iterable[S], facts: Facts) -> tuple[dict[tuple[str, int], tuple[S, ...]], tuple[S, ...]]:
    """By kind and id of our fact what is said beside it, and what stands beside nothing any more."""
    shown = list(legal)
    single = {fact.kind: fact for fact in shown if not fact.row.replaced and fact.kind != "suspension"}
    suspensions = [row for row in facts.suspensions if row.source != IMPORT]
    beside: defaultdict[tuple[str, int], tuple[S, ...]] = defaultdict(tuple)
    apart: list[S] = []
    for one in shown:
        if not one.row.beside:
            continue
        if isinstance(one.row, Suspension):
            rival = find_rival(one.row, suspensions)
            key = (one.kind, rival.id or 0) if rival else None
        else:
            key = (one.kind, single[one.kind].id) if one.kind in single else None
        if key is None:
            apart.append(one)
        else:
            beside[key] += (one,)
    return dict(beside), tuple(apart)


def list_steps_said(work: Work, facts: Facts) -> list[StepSaid]:
    """In the order of the route."""
    definition = get_definition(work, facts.journey.route_version_id)
    present = {row.id: row for row in facts.progress}
    rows = list_beside(work, Progress, facts.journey.id)
    known = [(definition.find_step(row.step), row) for row in rows]
    found = [
        StepSaid(step.id, step.name, row, present.get(row.corrects_id))
        for step, row in known
        if step is not None
    ]
    return sorted(found, key=lambda one: definition.position(one.step))
