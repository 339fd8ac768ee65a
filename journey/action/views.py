"""What was changed because of what people said: anyone who reads figures writes one down, a colleague approves it. The
answers before and after it stand with the figures."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.action.queries import get_action, list_actions
from journey.action.service import (
    LONGEST,
    PARTS,
    NewAction,
    approve_action,
    change_action,
    drop_action,
    record_action,
)
from journey.auth.access import FiguresReader
from journey.auth.scope import get_study
from journey.models import Action, Study
from journey.participant.person import names_of
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions
from journey.rules.questionnaire import Section
from journey.survey.queries import get_survey
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES
from journey.web.ids import RowId
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class Place:
    """The study, and the steps and routes an improvement can be about; of a survey the sections of its
    questionnaire."""

    study: Study
    routes: tuple[RouteDefinition, ...]
    sections: tuple[Section, ...] = ()

    @property
    def steps(self) -> dict[str, str]:
        """Every step once with its name, in the order of the routes; or every section."""
        if self.study.is_survey:
            return {section.id: section.title() for section in self.sections}
        return {step.id: step.name for route in self.routes for step in route.steps}

    @property
    def route_names(self) -> dict[str, str]:
        return {route.id: route.name for route in self.routes}

    @property
    def address(self) -> str:
        return f"/studies/{self.study.code}/actions"


@dataclass(frozen=True)
class ActionLine:
    """One improvement; `may_approve` is false for its own writer."""

    action: Action
    step: str
    writer: str
    approver: str
    may_approve: bool
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ActionsPage:
    place: Place
    drafts: tuple[ActionLine, ...]
    approved: tuple[ActionLine, ...]
    form: Form


@dataclass(frozen=True)
class ActionPage:
    """The form of one improvement; `action` is None for a new one."""

    place: Place
    action: Action | None
    form: Form
    languages: dict[str, str]

    @property
    def address(self) -> str:
        return f"{self.place.address}/{self.action.id if self.action else 'new'}"

    def value(self, name: str) -> str:
        """What was typed, else what is stored."""
        if self.form.typed("step") or self.form.errors or self.action is None:
            return self.form.typed(name)
        if name in ("step", "route"):
            return str(getattr(self.action, name))
        if name == "since":
            return self.action.since.isoformat()
        language, _, part = name.partition("_")
        return str(self.action.words.get(language, {}).get(part, ""))


@router.get("/studies/{study}/actions")
def show_actions(visit: FiguresReader, study: str) -> Response:
    return _list(visit, get_study(visit.work, study), Form())


@router.get("/studies/{study}/actions/new")
def new_action(visit: FiguresReader, study: str) -> Response:
    return _form(visit, get_study(visit.work, study), None, Form())


@router.post("/studies/{study}/actions/new")
def make_action(visit: FiguresReader, study: str) -> Response:
    found = get_study(visit.work, study)
    form = visit.form()
    new = _read(form)
    if form.ok and new:
        with form.attempt(visit.work):
            record_action(visit.work, found, new)
    if form.ok:
        return redirect(f"/studies/{found.code}/actions")
    return _form(visit, found, None, form, status=422)


@router.get("/studies/{study}/actions/{action_id}")
def edit_action(visit: FiguresReader, study: str, action_id: RowId) -> Response:
    found = get_study(visit.work, study)
    return _form(visit, found, get_action(visit.work, found, action_id), Form())


@router.post("/studies/{study}/actions/{action_id}")
def save_action(visit: FiguresReader, study: str, action_id: RowId) -> Response:
    found = get_study(visit.work, study)
    action = get_action(visit.work, found, action_id)
    form = visit.form()
    new = _read(form)
    if form.ok and new:
        with form.attempt(visit.work):
            change_action(visit.work, found, action, new)
    if form.ok:
        return redirect(f"/studies/{found.code}/actions")
    return _form(visit, found, action, form, status=422)


@router.post("/studies/{study}/actions/{action_id}/approve")
def approve(visit: FiguresReader, study: str, action_id: RowId) -> Response:
    found = get_study(visit.work, study)
    action = get_action(visit.work, found, action_id)
    form = visit.form()
    with form.attempt(visit.work):
        approve_action(visit.work, found, action)
    if form.ok:
        return redirect(f"/studies/{found.code}/actions")
    return _list(visit, found, form, status=409)


@router.post("/studies/{study}/actions/{action_id}/drop")
def drop(visit: FiguresReader, study: str, action_id: RowId) -> Response:
    found = get_study(visit.work, study)
    drop_action(visit.work, found, get_action(visit.work, found, action_id))
    return redirect(f"/studies/{found.code}/actions")


def _read(form: Form) -> NewAction | None:
    step = form.text("step", required=True)
    since = form.day("since", required=True)
    words = {
        language: {part: form.text(f"{language}_{part}", most=LONGEST) for part in PARTS}
        for language in LANGUAGES
    }
    return NewAction(step, since, words, form.text("route")) if since else None


def _list(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    place = _place(visit, study)
    actions = [one for one in list_actions(visit.work, study) if one.state != "dropped"]
    names = names_of(visit.work, [label for one in actions for label in (one.recorded_by, one.approved_by)])
    lines = [
        ActionLine(
            one,
            place.steps.get(one.step, one.step),
            names.get(one.recorded_by, ""),
            names.get(one.approved_by, ""),
            one.recorded_by != visit.work.actor.label,
            tuple(LANGUAGES[language] for language in one.words if language != "nl"),
        )
        for one in actions
    ]
    page = ActionsPage(
        place,
        tuple(line for line in lines if line.action.state == "draft"),
        tuple(line for line in lines if line.action.state == "approved"),
        form,
    )
    return render(visit, "action/list.html", page, status=status)


def _form(visit: Visit, study: Study, action: Action | None, form: Form, *, status: int = 200) -> Response:
    others = {code: name for code, name in LANGUAGES.items() if code != "nl"}
    page = ActionPage(_place(visit, study), action, form, others)
    return render(visit, "action/form.html", page, status=status)


def _place(visit: Visit, study: Study) -> Place:
    if study.is_survey:
        return Place(study, (), get_survey(visit.work, study).questionnaire.sections)
    return Place(study, tuple(list_definitions(visit.work, study)))
