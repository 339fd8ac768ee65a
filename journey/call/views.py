"""The call list, one call screen, and the closing interview."""

import re
from datetime import date

from fastapi import APIRouter, Response

from journey.audit.service import record_act, record_view
from journey.auth.access import Everyone, Researcher
from journey.auth.scope import list_studies
from journey.call.after import find_card
from journey.call.around import AfterView, after_view
from journey.call.closing import count_answered, known_answers, record_answers
from journey.call.find import Found, find_people
from journey.call.forms import read_closing, read_closing_answers
from journey.call.help import count_own_signals
from journey.call.pages import (
    CallListPage,
    ClosingPage,
    DayTab,
    Recorded,
    ScreenPage,
    Undo,
    go_on,
    keep_today,
    most_shown,
    show_screen,
)
from journey.call.queries import (
    find_last_attempt,
    get_call,
    get_participant_code,
    list_done,
    list_parts,
    list_rhythms,
)
from journey.call.screen import build_screen
from journey.call.service import close_with_interview
from journey.call.times import calling_days
from journey.call.undo import find_to_take_back
from journey.call.wording import calling_hours_notice
from journey.models import Attempt, Call, Participant, stored_id
from journey.outbox.queries import list_waiting
from journey.participant.queries import refuse_if_gone
from journey.participant.tasks import list_own_tasks
from journey.rating.statements import list_statements
from journey.rules.cadence import Outcome
from journey.rules.errors import NotFound
from journey.rules.roles import LEAD
from journey.web.clues import reach_words
from journey.web.filters import day_short
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.get("/calls")
def call_list(visit: Researcher) -> Response:
    """Who to call now, in order."""
    answer = _show_list(visit)
    is_today = _day(visit.request.query_params.get("on", ""), visit.work.today) == visit.work.today
    return keep_today(visit, answer) if is_today and "from" not in visit.request.query_params else answer


@router.get("/offline")
def away(visit: Everyone) -> Response:
    """What stands on a device without network for a page that was never seen there."""
    return render(visit, "call/offline.html")


@router.post("/calls/find")
def find_caller(visit: Researcher) -> Response:
    """Who is calling back? A POST, so that no part of a number stands in an address or in the history."""
    form = visit.form()
    sought = form.text("sought", most=40)
    found = find_people(visit.work, sought) if sought else []
    for one in found:
        record_act(visit.work, "participant.find", one.participant)
    return _show_list(visit, sought, found)


@router.get("/calls/{call_id}")
def call_screen(visit: Researcher, call_id: int) -> Response:
    """One person on the phone."""
    return show_screen(visit, get_call(visit.work, call_id))


@router.get("/calls/{call_id}/closing")
def closing_form(visit: Researcher, call_id: int) -> Response:
    """The questions of the closing interview, with what was answered before."""
    call = get_call(visit.work, call_id)
    person = _person(visit, call)
    refuse_if_gone(person)
    record_view(visit.house, visit.work, "call.view", person.code)
    return _show_closing(visit, call, Form(known_answers(visit.work, person)))


@router.post("/calls/{call_id}/closing/answers")
def save_closing_answers(visit: Researcher, call_id: int) -> Response:
    """One answer, or all that the page holds: kept, not closed."""
    call = get_call(visit.work, call_id)
    form = visit.form()
    answers = read_closing_answers(form)
    with form.attempt(visit.work):
        record_answers(
            visit.work, call, {item: value for item, value in answers.items() if item not in form.errors}
        )
    if form.ok and not visit.is_htmx:
        return redirect(f"/calls/{call_id}/closing")
    return _show_closing(visit, call, form, part="call/_answered.html")


@router.post("/calls/{call_id}/closing")
def record_closing(visit: Researcher, call_id: int) -> Response:
    """The closing interview is held: contact data goes, the person is followed no further."""
    call = get_call(visit.work, call_id)
    refuse_if_gone(_person(visit, call))
    form = visit.form()
    form = Form({**known_answers(visit.work, _person(visit, call)), **form.given})
    new = read_closing(form)
    if form.ok and reach_words(new.open_answer) and not form.checked("sure"):
        form.refuse("sure", _("Kijk nog eens, en zet dan hier een vinkje."))
    if form.ok:
        with form.attempt(visit.work):
            close_with_interview(visit.work, call, new)
    return go_on(visit, f"/calls?from={call_id}") if form.ok else _show_closing(visit, call, form)


@router.get("/calls/{call_id}/others")
def show_others(visit: Researcher, call_id: int) -> Response:
    """Who else opened this call lately; asking is no view of the person."""
    page = ScreenPage(build_screen(visit.work, get_call(visit.work, call_id)), Form())
    return render(visit, "call/_others.html", page)


def _show_list(visit: Visit, sought: str = "", found: list[Found] | None = None) -> Response:
    work, query = visit.work, visit.request.query_params
    is_lead = work.actor.role == LEAD
    everyone = {"all": True, "mine": False}.get(query.get("who", ""), is_lead)
    on = _day(query.get("on", ""), work.today)
    rhythms, most = list_rhythms(work), most_shown(query.get("show", ""))
    page = CallListPage(
        on=on,
        days=_tabs(on, work.today, calling_days(work.today, rhythms), everyone=everyone, is_lead=is_lead),
        due=list_parts(work, on, everyone=everyone, most=most),
        done=list_done(work, everyone=everyone, most=most),
        everyone=everyone,
        can_switch=work.actor.kind == "user",
        several_studies=len([study for study in list_studies(work, "journey") if study.closed_at is None])
        > 1,
        hours_notice=calling_hours_notice(work.now, rhythms) if on == work.today else "",
        recorded=_just_recorded(visit, query.get("from", "")),
        sought=sought,
        found=found,
        tasks=list_own_tasks(work),
        help_signals=count_own_signals(work),
        texts=list_waiting(work),
    )
    return render(visit, "call/list.html", page)


def _day(text: str, today: date) -> date:
    """The day asked for; today for what is no day or long ago."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= 92 else today


def _tabs(on: date, today: date, days: list[date], *, everyone: bool, is_lead: bool) -> list[DayTab]:
    who = "" if everyone == is_lead else "&who=" + ("all" if everyone else "mine")
    return [
        DayTab(
            f"/calls?on={day.isoformat()}{who}", _("Vandaag") if day == today else day_short(day), day == on
        )
        for day in (days if on in days else [*days, on])
    ]


def _just_recorded(visit: Visit, text: str) -> Recorded | None:
    if not text.isdecimal() or len(text) > 9:
        return None
    try:
        call = get_call(visit.work, int(text))
    except NotFound:
        return None
    attempt = find_last_attempt(visit.work, call)
    if attempt is None:
        return None
    return Recorded(
        stored_id(call),
        get_participant_code(visit.work, call),
        attempt.outcome,
        call.next_at,
        call.state == "open",
        visit.request.query_params.get("known") == "1",
        _card_to_fill(visit, call, attempt),
        Undo(stored_id(call), attempt.outcome) if find_to_take_back(visit.work, call) else None,
    )


def _card_to_fill(visit: Visit, call: Call, attempt: Attempt) -> AfterView | None:
    """The card after a talk with somebody who is still followed."""
    talked = attempt.outcome in (Outcome.interview, Outcome.partial)
    if not talked or _person(visit, call).state != "active":
        return None
    return after_view(stored_id(call), find_card(visit.work, call))


def _person(visit: Visit, call: Call) -> Participant:
    return visit.work.session.get_one(Participant, call.participant_id)


def _show_closing(visit: Visit, call: Call, form: Form, part: str = "call/_closing.html") -> Response:
    answers = known_answers(visit.work, _person(visit, call))
    page = ClosingPage(build_screen(visit.work, call), form, list_statements(), count_answered(answers))
    template = part if visit.is_htmx else "call/closing.html"
    return render(visit, template, page, status=200 if form.ok else 422)
