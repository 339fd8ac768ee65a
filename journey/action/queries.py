"""Reads improvements: those of a study, and those a participant may read."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import col, select

from journey.models import Action, Study
from journey.route.definition import RouteDefinition
from journey.rules.errors import NotFound
from journey.work import Work

_NEWEST = (col(Action.since).desc(), col(Action.id).desc())
_APPROVED = (
    select(Action)
    .where(col(Action.study_id) == bindparam("study"), Action.state == "approved")
    .order_by(*_NEWEST)
)


@dataclass(frozen=True)
class Change:
    """One improvement as a participant reads it; `language` says in which language the words are."""

    step: str
    heard: str
    done: str
    since: date
    language: str


def list_actions(work: Work, study: Study, state: str | None = None) -> list[Action]:
    """Improvements of a study, the newest change first; with `state` only those."""
    statement = select(Action).where(Action.study_id == study.id)
    if state is not None:
        statement = statement.where(Action.state == state)
    return list(work.session.exec(statement.order_by(*_NEWEST)).all())


def get_action(work: Work, study: Study, action_id: int) -> Action:
    """NotFound for one that does not exist or is of another study."""
    action = work.session.get(Action, action_id)
    if action is None or action.study_id != study.id:
        raise NotFound("Deze verbetering is er niet.")
    return action


def list_changes(work: Work, study_id: int, definition: RouteDefinition, language: str) -> list[Change]:
    """What changed at the steps of one route up to today, the newest first: only what was approved."""
    steps = {step.id for step in definition.steps}
    return [
        _change(action, language)
        for action in work.session.exec(_APPROVED, params={"study": study_id}).all()
        if action.step in steps and action.route in ("", definition.id) and action.since <= work.today
    ]


def _change(action: Action, language: str) -> Change:
    """In the language asked for when it was written, else in Dutch."""
    spoken = language if language in action.words else "nl"
    words = action.words[spoken]
    return Change(action.step, words["heard"], words["done"], action.since, spoken)
