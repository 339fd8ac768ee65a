"""Who may have which data, what stands in it, and which exports left before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlmodel import col, select

from journey.export.answers import answers_of
from journey.export.figures import figures_of
from journey.export.journeys import journeys_of
from journey.export.responses import responses_of, survey_figures_of
from journey.export.tables import Content
from journey.models import ExportRun, Study, User
from journey.report.queries import sees_live
from journey.rules.errors import Forbidden, Invalid
from journey.rules.roles import MANAGER, PRIVACY
from journey.web.i18n import gettext as _
from journey.work import Work

ANSWERS = "answers"
JOURNEYS = "journeys"
PARTICIPANTS = "participants"
FIGURES = "figures"
CONTENTS: Final[Mapping[str, Callable[[Work, Study], Content]]] = {
    ANSWERS: answers_of,
    JOURNEYS: journeys_of,
    PARTICIPANTS: partial(journeys_of, population="participants"),
    FIGURES: figures_of,
}
OF_DATES: Final = (JOURNEYS, PARTICIPANTS)
OF_SURVEY: Final[Mapping[str, Callable[[Work, Study], Content]]] = {
    ANSWERS: responses_of,
    FIGURES: survey_figures_of,
}
EVENT_LOG = "xes"
FORMATS = ("csv", "xlsx", "sav", "json", EVENT_LOG)


@dataclass(frozen=True)
class Run:
    """An export that left, and who made it."""

    row: ExportRun
    by: str


def list_contents(work: Work, study: Study) -> tuple[str, ...]:
    """What the reader may have: what participants told is for the research side alone (rules, 33). A survey has neither
    journeys nor participants.
    """
    contents: tuple[str, ...] = ()
    if sees_live(work):
        contents = (ANSWERS, JOURNEYS, PARTICIPANTS, FIGURES)
    elif work.actor.role == MANAGER:
        contents = (JOURNEYS, FIGURES)
    return tuple(one for one in contents if not study.is_survey or one in OF_SURVEY)


def list_formats(content: str) -> tuple[str, ...]:
    """In which formats a content comes: only journeys can be an event log."""
    return tuple(one for one in FORMATS if one != EVENT_LOG or content in OF_DATES)


def get_content(work: Work, study: Study, name: str) -> Content:
    """What would be exported, not yet read. Invalid for an unknown name, Forbidden for what is not the reader's."""
    if name not in CONTENTS:
        raise Invalid("Deze inhoud bestaat niet: %(content)s.", field="content", content=name)
    if study.is_survey and name not in OF_SURVEY:
        raise Invalid("Een vragenlijstonderzoek heeft geen reizen.", field="content")
    if name not in list_contents(work, study):
        raise Forbidden("Deze gegevens horen niet bij uw rol.", field="content")
    return (OF_SURVEY if study.is_survey else CONTENTS)[name](work, study)


def list_runs(work: Work, study: Study) -> list[Run]:
    """Newest first. A manager sees only own exports: the number of rows of others tells how many took part."""
    statement = select(ExportRun).where(ExportRun.study_id == study.id).order_by(col(ExportRun.id).desc())
    if not sees_live(work) and work.actor.role != PRIVACY:
        statement = statement.where(ExportRun.made_by == work.actor.label)
    rows = work.session.exec(statement).all()
    names = _names(work, rows)
    return [Run(row, names.get(row.made_by, row.made_by)) for row in rows]


def made_by_name(work: Work) -> str:
    """How a file names who made it."""
    return work.actor.name or {"system": _("beheer van de server")}.get(work.actor.label, work.actor.label)


def _names(work: Work, rows: Sequence[ExportRun]) -> dict[str, str]:
    ids = {int(row.made_by[5:]) for row in rows if row.made_by.startswith("user:")}
    users = work.session.exec(select(User).where(col(User.id).in_(ids))).all()
    return {"system": _("beheer van de server"), **{f"user:{user.id}": user.name for user in users}}
