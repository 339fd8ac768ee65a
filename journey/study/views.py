"""Studies: the ones in reach with the way to their figures, and making one."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Admin, SignedIn
from journey.auth.scope import get_study, list_studies, refuse_if_scoped
from journey.study.queries import (
    StudyCard,
    count_people,
    list_consent_versions,
    list_municipalities,
    list_questionnaire_names,
    list_route_names,
    list_study_cards,
)
from journey.study.service import CURRENT_CONSENT, JOURNEY, SURVEY, NewStudy, close_study, create_study
from journey.study.strata import gather, read_strata
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class StudiesPage:
    """`people` counts the participants per study, and is empty for who may not know."""

    cards: tuple[StudyCard, ...]
    people: dict[int, int]
    reads_figures: bool


@dataclass(frozen=True)
class AdminStudiesPage:
    cards: tuple[StudyCard, ...]
    may_add: bool


@dataclass(frozen=True)
class NewStudyPage:
    form: Form
    routes: tuple[tuple[str, str], ...]
    municipalities: tuple[str, ...]
    consent_versions: tuple[str, ...]
    questionnaires: tuple[tuple[str, str], ...]


@router.get("/studies")
def show_studies(visit: SignedIn) -> Response:
    actor = visit.work.actor
    cards = tuple(list_study_cards(visit.work, list_studies(visit.work)))
    people = count_people(visit.work) if actor.is_researcher else {}
    return render(
        visit, "study/list.html", StudiesPage(cards, people, actor.is_researcher or actor.is_manager)
    )


@router.get("/admin/studies")
def administer_studies(visit: Admin) -> Response:
    cards = tuple(list_study_cards(visit.work, list_studies(visit.work)))
    return render(visit, "admin/studies.html", AdminStudiesPage(cards, visit.work.actor.studies is None))


@router.get("/admin/studies/new")
def new_study(visit: Admin) -> Response:
    refuse_if_scoped(visit.work)
    return _page(visit, Form({"minimum_group": "10"}))


@router.post("/admin/studies/new")
def make_study(visit: Admin) -> Response:
    refuse_if_scoped(visit.work)
    form = visit.form()
    new = _read(visit, form)
    if new is not None:
        with form.attempt(visit.work):
            create_study(visit.work, new)
        gather(form)
    return redirect("/admin/studies") if form.ok else _page(visit, form, status=422)


@router.post("/admin/studies/{study}/close")
def close(visit: Admin, study: str) -> Response:
    close_study(visit.work, get_study(visit.work, study))
    return redirect("/admin/studies")


def _read(visit: Visit, form: Form) -> NewStudy | None:
    code = form.text("code", required=True, most=60)
    name = form.text("name", required=True, most=160)
    municipality = form.text("municipality", required=True, most=60)
    starts_on = form.day("starts_on", required=True)
    ends_on = form.day("ends_on")
    phone = form.figures("research_phone")
    minimum = form.whole("minimum_group", least=1, most=1000)
    version = form.choice("consent_version", list_consent_versions(visit.work)) or CURRENT_CONSENT
    asked = form.choice("questionnaire", [code for code, _name in list_questionnaire_names(visit.work)]) or ""
    strata = read_strata(form)
    if starts_on is None or minimum is None or not form.ok:
        return None
    return NewStudy(
        code=code,
        name=name,
        municipality=municipality,
        routes=tuple(form.all("routes")),
        starts_on=starts_on,
        ends_on=ends_on,
        consent_version=version,
        research_phone=phone,
        minimum_group=minimum,
        kind=SURVEY if asked else JOURNEY,
        questionnaire=asked,
        strata=strata,
    )


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    page = NewStudyPage(
        form=form,
        routes=tuple(list_route_names(visit.work)),
        municipalities=tuple(row.name for row in list_municipalities(visit.work)),
        consent_versions=tuple(list_consent_versions(visit.work)),
        questionnaires=tuple(list_questionnaire_names(visit.work)),
    )
    return render(visit, "admin/new_study.html", page, status=status)
