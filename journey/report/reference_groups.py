"""Figures of a published table, typed or pasted in by hand, to stand beside those of a study."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import ReferenceGroup, Study, stored_id
from journey.route.definition import RouteDefinition
from journey.rules.errors import Invalid, NotFound
from journey.web.i18n import gettext as _
from journey.work import Work

SUBJECTS: Final[Mapping[str, str]] = {
    "stap": "step",
    "step": "step",
    "medewerker": "staff",
    "contact": "staff",
    "staff": "staff",
}
UNKNOWN: Final = frozenset({"", "?", "-"})
MOST: Final = 1_000_000
KINDS: Final = ("mean", "maximum")
TIMES: Final = ("gate", "application", "total")


@dataclass(frozen=True)
class ReferenceRow:
    """What was published about a step or its staff contact; None was not published."""

    step: str
    subject: str
    n: int | None
    negative: int | None
    neutral: int | None
    positive: int | None


@dataclass(frozen=True)
class NewReference:
    """A published table. `times` go from measure to (days, mean or maximum); `differs` says which questions were put
    otherwise, in words."""

    name: str
    source: str
    route: str
    rows: Sequence[ReferenceRow]
    grade: float | None = None
    grade_n: int | None = None
    times: Mapping[str, tuple[int, str]] | None = None
    differs: str = ""


def read_rows(text: str, route: RouteDefinition) -> list[ReferenceRow]:
    """Lines of `step; stap or medewerker; N; negative; neutral; positive`, split by `;` or tabs; `?` or nothing is not
    published. A step is named by its id or its name. Invalid names every line that is wrong, nothing is left out.
    """
    names = {step.id.casefold(): step.id for step in route.steps}
    names |= {step.name.casefold(): step.id for step in route.steps}
    rows: list[ReferenceRow] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = _read_line(line, names)
            if any((one.step, one.subject) == (row.step, row.subject) for one in rows):
                raise ValueError(_("deze stap staat er al"))
        except ValueError as fault:
            wrong.append(_("Regel %(number)s: %(fault)s.", number=number, fault=str(fault)))
        else:
            rows.append(row)
    if wrong:
        raise Invalid("%(lines)s", field="rows", lines=" ".join(wrong[:5]))
    return rows


def _read_line(line: str, names: Mapping[str, str]) -> ReferenceRow:
    cells = [cell.strip() for cell in re.split(r"[;\t]", line)]
    if len(cells) != 6:
        raise ValueError(_("zes vakken nodig, hier staan er %(n)s", n=len(cells)))
    step, subject = names.get(cells[0].casefold()), SUBJECTS.get(cells[1].casefold())
    if step is None:
        raise ValueError(_("de stap “%(step)s” is er niet op deze route", step=cells[0]))
    if subject is None:
        raise ValueError(_("zet in het tweede vak stap of medewerker"))
    n, negative, neutral, positive = (_read_count(cell) for cell in cells[2:])
    known = [count for count in (negative, neutral, positive) if count is not None]
    if n is not None and (sum(known) > n or (len(known) == 3 and sum(known) != n)):
        raise ValueError(_("de antwoorden zijn samen geen %(n)s", n=n))
    return ReferenceRow(step, subject, n, negative, neutral, positive)


def _read_count(cell: str) -> int | None:
    if cell in UNKNOWN:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", cell) or int(cell) > MOST:
        raise ValueError(_("“%(cell)s” is geen aantal", cell=cell))
    return int(cell)


def record_reference(work: Work, study: Study, new: NewReference) -> ReferenceGroup:
    """Kept beside this study only. Invalid when it holds no number at all."""
    times = dict(new.times or {})
    if not (new.rows or times or new.grade is not None):
        raise Invalid("Vul minstens één cijfer in.", field="rows")
    group = ReferenceGroup(
        study_id=stored_id(study),
        name=new.name,
        source=new.source,
        figures={
            "route": new.route,
            "rows": [asdict(row) for row in new.rows],
            "grade": new.grade,
            "grade_n": new.grade_n,
            "times": times,
            "differs": new.differs,
        },
        entered_by=work.actor.label,
        entered_at=work.now,
    )
    work.session.add(group)
    work.session.flush()
    record_act(work, "reference.record", f"{study.code} {group.id}")
    return group


def list_reference_groups(work: Work, study: Study) -> list[ReferenceGroup]:
    statement = select(ReferenceGroup).where(ReferenceGroup.study_id == study.id)
    return list(work.session.exec(statement.order_by(col(ReferenceGroup.id))).all())


def drop_reference(work: Work, study: Study, group_id: int) -> None:
    """NotFound for one that is not of this study."""
    group = work.session.get(ReferenceGroup, group_id)
    if group is None or group.study_id != study.id:
        raise NotFound("Deze cijfers zijn er niet.")
    work.session.delete(group)
    work.session.flush()
    record_act(work, "reference.drop", f"{study.code} {group_id}")


def rows_of(group: ReferenceGroup) -> dict[tuple[str, str, str], ReferenceRow]:
    """By (route, step, subject)."""
    data: dict[str, Any] = group.figures
    rows = [ReferenceRow(**row) for row in data["rows"]]
    return {(data["route"], row.step, row.subject): row for row in rows}
