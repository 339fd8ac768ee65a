"""The team of a study, for its lead only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import only
from journey.auth.scope import get_study, list_studies
from journey.call.promises import call_back_share, list_open_promises
from journey.call.read_backs import agreement
from journey.models import Study
from journey.models.desk import HAND_OVER_REASONS
from journey.participant.handover import list_receivers
from journey.recruitment.queries import recruitment_counts
from journey.route.queries import list_definitions
from journey.rules.errors import NotFound
from journey.rules.roles import LEAD
from journey.team.missing import count_missing
from journey.team.pages import ChoosePage, HandOverAllPage, TeamPage
from journey.team.queries import (
    list_not_reached,
    list_people_of,
    list_weeks,
    list_wishes,
    read_crew,
    read_people,
    suggest_balance,
)
from journey.team.rates import list_outcomes, list_round_rates, panel_rates
from journey.team.service import hand_over_all, move_person
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Lead = Annotated[Visit, Depends(only(LEAD))]


@router.get("/team")
def choose_team(visit: Lead) -> Response:
    """The team of the only running study; with more, a choice."""
    running = [study for study in list_studies(visit.work, "journey") if study.closed_at is None]
    if len(running) == 1:
        return redirect(f"/studies/{running[0].code}/team")
    return render(visit, "team/choose.html", ChoosePage(tuple(running)))


@router.get("/studies/{study}/team")
def show_team(visit: Lead, study: str) -> Response:
    found = get_study(visit.work, study)
    return render(visit, "team/show.html", _team(visit, found))


@router.post("/studies/{study}/team/moves")
def take_move(visit: Lead, study: str) -> Response:
    """One suggestion, with one tap; reason and history as with every hand-over."""
    found, form = get_study(visit.work, study), visit.form()
    to_id = form.whole("to", least=1, most=2**31 - 1)
    if to_id is None:
        raise NotFound("Deze collega is er niet.")
    move_person(visit.work, found, form.typed("code"), to_id)
    return redirect(f"/studies/{found.code}/team#load")


@router.get("/studies/{study}/team/hand-over/{researcher}")
def show_hand_over_all(visit: Lead, study: str, researcher: int) -> Response:
    return _hand_over_all(visit, get_study(visit.work, study), researcher, Form({"reason": "absence"}))


@router.post("/studies/{study}/team/hand-over/{researcher}")
def record_hand_over_all(visit: Lead, study: str, researcher: int) -> Response:
    """Everyone who was ticked, in one unit of work."""
    found, form = get_study(visit.work, study), visit.form()
    people = list_people_of(read_people(visit.work, found), researcher)
    chosen = [person for person in people if person.code in form.all("people")]
    receivers = [str(one.id) for one in list_receivers(visit.work, found.id or 0, people)]
    to_id = form.choice("to", receivers, required=True)
    reason = form.choice("reason", HAND_OVER_REASONS, required=True)
    if form.ok:
        with form.attempt(visit.work):
            hand_over_all(visit.work, chosen, int(to_id or 0), reason, form.typed("card"))
    return (
        redirect(f"/studies/{found.code}/team") if form.ok else _hand_over_all(visit, found, researcher, form)
    )


def _team(visit: Visit, study: Study) -> TeamPage:
    work = visit.work
    crew = read_crew(work, study)
    codes = {person.code for person in crew.people.values()}
    return TeamPage(
        study=study,
        weeks=tuple(list_weeks(work, crew)),
        not_reached=tuple(list_not_reached(work, crew)),
        wishes=tuple(list_wishes(crew)),
        promises=tuple(one for one in list_open_promises(work) if one.participant in codes),
        months=tuple(call_back_share(work, study)),
        balance=suggest_balance(work, crew),
        outcomes=tuple(list_outcomes(work, crew)),
        rounds=tuple(list_round_rates(work, crew)),
        panel=panel_rates(crew),
        agreement=agreement(work, study),
        missing=count_missing(work, study, crew.people),
        recruitment=recruitment_counts(work, study),
        routes={one.id: one.name for one in list_definitions(work, study)},
    )


def _hand_over_all(visit: Visit, study: Study, researcher: int, form: Form) -> Response:
    crew = read_crew(visit.work, study)
    people = list_people_of(crew.people, researcher)
    if not people:
        raise NotFound("Deze onderzoeker heeft geen deelnemers in dit onderzoek.")
    page = HandOverAllPage(
        study=study,
        giver=crew.name(researcher),
        giver_id=researcher,
        people=tuple(people),
        receivers=tuple(list_receivers(visit.work, people[0].study_id, people)),
        reasons=HAND_OVER_REASONS,
        form=form,
    )
    return render(visit, "team/hand_over.html", page, status=200 if form.ok else 422)
