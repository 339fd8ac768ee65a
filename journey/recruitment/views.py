"""Recruitment on the phone, in the back of the room: one tap per person who was asked."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.auth.scope import get_participant, get_study
from journey.models import Meeting, Study, stored_id
from journey.models.recruitment import REASONS
from journey.participant.approach import get_approach, link_approach, list_unlinked
from journey.recruitment.queries import (
    MeetingCounts,
    count_meeting,
    get_meeting,
    list_meetings,
    recruitment_counts,
)
from journey.recruitment.service import (
    record_answer,
    record_approach,
    record_meeting,
    record_present,
    withdraw_last_approach,
)
from journey.route.queries import list_definitions
from journey.rules.errors import NotFound
from journey.rules.response import RecruitmentCounts
from journey.rules.roles import LEAD
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

USUAL_NAME = "Rechten en Plichten"
MOST_PRESENT = 500


@dataclass(frozen=True)
class RecruitmentPage:
    study: Study
    counts: RecruitmentCounts
    meetings: tuple[MeetingCounts, ...]
    unlinked: tuple[str, ...]
    form: Form
    is_lead: bool


@dataclass(frozen=True)
class MeetingPage:
    """`unlinked` are codes of people who may turn out to be one of those who said yes."""

    study: Study
    counts: MeetingCounts
    routes: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    unlinked: tuple[str, ...]
    form: Form

    @property
    def address(self) -> str:
        return f"/studies/{self.study.code}/recruitment/{self.counts.meeting.id}"


@router.get("/studies/{study}/recruitment")
def show_recruitment(visit: Researcher, study: str) -> Response:
    return _overview(visit, get_study(visit.work, study), Form({"name": USUAL_NAME}))


@router.post("/studies/{study}/recruitment")
def add_meeting(visit: Researcher, study: str) -> Response:
    found, form = get_study(visit.work, study), visit.form()
    held_on = form.day("held_on", required=True)
    name = form.words("name", required=True, most=120)
    present = form.whole("present", least=0, most=MOST_PRESENT, required=False)
    if held_on is None or not form.ok:
        return _overview(visit, found, form)
    with form.attempt(visit.work):
        meeting = record_meeting(visit.work, found, held_on, name, present)
    return redirect(_address(found, meeting)) if form.ok else _overview(visit, found, form)


@router.get("/studies/{study}/recruitment/{meeting_id}")
def show_meeting(visit: Researcher, study: str, meeting_id: int) -> Response:
    found = get_study(visit.work, study)
    return _meeting(visit, found, get_meeting(visit.work, found, meeting_id), Form())


@router.post("/studies/{study}/recruitment/{meeting_id}/approaches")
def tap_approach(visit: Researcher, study: str, meeting_id: int) -> Response:
    """`tap` is yes, enrol (yes, and on to the form), later, no, or no and a reason as in `no.no_time`."""
    found, form = get_study(visit.work, study), visit.form()
    meeting = get_meeting(visit.work, found, meeting_id)
    tapped, _dot, reason = form.typed("tap").partition(".")
    answer = "yes" if tapped == "enrol" else tapped
    with form.attempt(visit.work):
        approach = record_approach(
            visit.work, meeting, answer, reason, route=form.typed("route"), language=form.typed("language")
        )
    if form.ok and tapped == "enrol":
        return _go_on(visit, f"/participants/new?study={found.code}&approach={approach.id}")
    return _answer(visit, found, meeting, form)


@router.post("/studies/{study}/recruitment/{meeting_id}/undo")
def undo_last(visit: Researcher, study: str, meeting_id: int) -> Response:
    found, form = get_study(visit.work, study), visit.form()
    meeting = get_meeting(visit.work, found, meeting_id)
    with form.attempt(visit.work):
        withdraw_last_approach(visit.work, meeting)
    return _answer(visit, found, meeting, form)


@router.post("/studies/{study}/recruitment/{meeting_id}/present")
def change_present(visit: Researcher, study: str, meeting_id: int) -> Response:
    found, form = get_study(visit.work, study), visit.form()
    meeting = get_meeting(visit.work, found, meeting_id)
    present = form.whole("present", least=0, most=MOST_PRESENT, required=False)
    if form.ok:
        record_present(visit.work, meeting, present)
    return _answer(visit, found, meeting, form)


@router.post("/studies/{study}/recruitment/{meeting_id}/answers")
def change_answer(visit: Researcher, study: str, meeting_id: int) -> Response:
    """Who wanted to think about it says yes or no; or who said yes turns out to take part already (`code`)."""
    found, form = get_study(visit.work, study), visit.form()
    meeting = get_meeting(visit.work, found, meeting_id)
    approach = get_approach(visit.work, found, form.typed("approach"))
    if approach.meeting_id != meeting.id:
        raise NotFound("Deze benadering is er niet.")
    with form.attempt(visit.work):
        if code := form.typed("code"):
            person = get_participant(visit.work, code)
            if person.study_id != found.id:
                raise NotFound("Deze deelnemer is er niet.")
            link_approach(visit.work, approach, person)
        else:
            answer, _dot, reason = form.typed("tap").partition(".")
            record_answer(visit.work, approach, answer, reason)
    return _answer(visit, found, meeting, form)


def _overview(visit: Visit, study: Study, form: Form) -> Response:
    page = RecruitmentPage(
        study=study,
        counts=recruitment_counts(visit.work, study),
        meetings=tuple(list_meetings(visit.work, study)),
        unlinked=_unlinked(visit, study),
        form=form,
        is_lead=visit.work.actor.role == LEAD,
    )
    return render(visit, "recruitment/list.html", page, status=200 if form.ok else 422)


def _meeting(visit: Visit, study: Study, meeting: Meeting, form: Form) -> Response:
    page = MeetingPage(
        study=study,
        counts=count_meeting(visit.work, meeting),
        routes=tuple((one.id, one.name) for one in list_definitions(visit.work, study)),
        languages=tuple(LANGUAGES.items()),
        reasons=tuple(reason for reason in REASONS if reason),
        unlinked=_unlinked(visit, study),
        form=form,
    )
    template = "recruitment/_meeting.html" if visit.is_htmx else "recruitment/meeting.html"
    return render(visit, template, page, status=200 if form.ok else 422)


def _answer(visit: Visit, study: Study, meeting: Meeting, form: Form) -> Response:
    """To a tap: the part for the scripts, for everyone else the page again."""
    if form.ok and not visit.is_htmx:
        return redirect(_address(study, meeting))
    return _meeting(visit, study, meeting, form)


def _go_on(visit: Visit, address: str) -> Response:
    if not visit.is_htmx:
        return redirect(address)
    return Response("", headers={"HX-Redirect": address}, media_type="text/html")


def _address(study: Study, meeting: Meeting) -> str:
    return f"/studies/{study.code}/recruitment/{stored_id(meeting)}"


def _unlinked(visit: Visit, study: Study) -> tuple[str, ...]:
    return tuple(person.code for person in list_unlinked(visit.work, study))
