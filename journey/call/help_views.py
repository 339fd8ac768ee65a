"""Who hears that someone needs help: the setting of a study, and what was passed on to the reader."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.audit.service import record_views
from journey.auth.access import Researcher, only
from journey.auth.scope import get_study
from journey.call.help import (
    OpenSignal,
    choose_helper,
    close_signal,
    list_helpers,
    list_own_signals,
    record_signal_seen,
)
from journey.models import Study
from journey.participant.phones import shown_number
from journey.rating.service import LONGEST_INCENTIVE, choose_incentive
from journey.rules.roles import ADMIN, LEAD
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
Setter = Annotated[Visit, Depends(only(LEAD, ADMIN))]


@dataclass(frozen=True)
class SignalsPage:
    waiting: list[OpenSignal]
    closed: list[OpenSignal]

    @staticmethod
    def phone(number: str) -> str:
        return shown_number(number)


@dataclass(frozen=True)
class HelpPage:
    """`choices` are (id, name) of who may be named."""

    study: Study
    choices: list[tuple[str, str]]
    form: Form
    saved: bool
    back: str


@router.get("/help-signals")
def show_signals(visit: Researcher) -> Response:
    """Only those to the reader, with name, number and words as long as they are not closed."""
    found = list_own_signals(visit.work)
    waiting = [one for one in found if one.closed_at is None]
    record_views(visit.house, visit.work, "help.view", [one.participant for one in waiting])
    return render(visit, "call/help_signals.html", SignalsPage(waiting, [o for o in found if o.closed_at]))


@router.post("/help-signals/{signal_id}/seen")
def see_signal(visit: Researcher, signal_id: int) -> Response:
    record_signal_seen(visit.work, signal_id)
    return redirect("/help-signals")


@router.post("/help-signals/{signal_id}/close")
def end_signal(visit: Researcher, signal_id: int) -> Response:
    """Done: what was passed on is wiped."""
    close_signal(visit.work, signal_id)
    return redirect("/help-signals")


@router.get("/studies/{study}/help")
def show_help(visit: Setter, study: str) -> Response:
    found = get_study(visit.work, study)
    return _page(visit, found, Form(_typed(found)))


@router.post("/studies/{study}/help")
def set_help(visit: Setter, study: str) -> Response:
    """The named colleague, and the thank-you of the closing interview."""
    found = get_study(visit.work, study)
    form = visit.form()
    ids = [str(user.id) for user in list_helpers(visit.work, found)]
    helper = form.choice("helper", ids)
    incentive = form.text("incentive", most=LONGEST_INCENTIVE)
    if form.ok:
        with form.attempt(visit.work):
            choose_helper(visit.work, found, int(helper) if helper else None)
            choose_incentive(visit.work, found, incentive)
    if form.ok:
        return redirect(f"/studies/{found.code}/help?saved=1")
    return _page(visit, found, form, status=422)


def _typed(study: Study) -> dict[str, str | list[str]]:
    return {"helper": str(study.help_contact_id or ""), "incentive": study.incentive}


def _page(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    page = HelpPage(
        study=study,
        choices=[(str(user.id), user.name) for user in list_helpers(visit.work, study)],
        form=form,
        saved="saved" in visit.request.query_params and status == 200,
        back="/admin/studies" if visit.work.actor.role == ADMIN else "/studies",
    )
    return render(visit, "study/help.html", page, status=status)
