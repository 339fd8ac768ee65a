"""Every tap on the call screen, saved at once: each is a form of its own with its own key, in any order, also after
the round was ended, because what was told stays true.
"""

from collections.abc import Callable

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.call.appointments import NO_WINDOW, WINDOW_CHOICES, window_end
from journey.call.dial import LONGEST_NOTE
from journey.call.forms import (
    read_decision,
    read_departure,
    read_moment,
    read_outcome,
    read_rating,
    read_step,
)
from journey.call.pages import answer_tap, go_on
from journey.call.queries import get_call
from journey.call.service import (
    NewAttempt,
    plan_appointment,
    record_attempt,
    record_note,
    reopen_call,
)
from journey.call.told import take_back_step, tell_quote, tell_rating, tell_step
from journey.clock import local_day
from journey.models import Call, Participant, Study
from journey.participant.queries import get_journey, refuse_if_gone
from journey.progress.service import record_application, record_decision, record_departure
from journey.rating.service import LONGEST_QUOTE
from journey.rules.cadence import CadenceSettings, Outcome
from journey.study.cadence import cadence_of
from journey.web.forms import Form
from journey.web.templating import redirect
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Act = Callable[[Form, Participant], None]


@router.post("/calls/{call_id}/steps/{step}/day")
def tell_day(visit: Researcher, call_id: int, step: str) -> Response:
    """When it was."""

    def act(form: Form, person: Participant) -> None:
        if told := read_step(form):
            tell_step(visit.work, person, step, told.state, told.day, again=told.again)

    return _tap_step(visit, call_id, step, act)


@router.post("/calls/{call_id}/steps/{step}/retract")
def retract_step(visit: Researcher, call_id: int, step: str) -> Response:
    """It was no such thing: the latest fact about the step was a mistake."""
    return _tap_step(visit, call_id, step, lambda _form, person: take_back_step(visit.work, person, step))


@router.post("/calls/{call_id}/steps/{step}/rating")
def rate_step(visit: Researcher, call_id: int, step: str) -> Response:
    """One face."""

    def act(form: Form, person: Participant) -> None:
        if answer := read_rating(form):
            tell_rating(visit.work, person, step, *answer, on=local_day(visit.tapped_at))

    return _tap_step(visit, call_id, step, act)


@router.post("/calls/{call_id}/steps/{step}/quote")
def quote_step(visit: Researcher, call_id: int, step: str) -> Response:
    """Why, in the person's words."""

    def act(form: Form, person: Participant) -> None:
        quote = form.words("quote", most=LONGEST_QUOTE)
        subject = form.choice("subject", ("step", "staff")) or "step"
        if form.ok:
            tell_quote(visit.work, person, step, subject, quote, on=local_day(visit.tapped_at))

    return _tap_step(visit, call_id, step, act)


@router.post("/calls/{call_id}/application")
def tell_application(visit: Researcher, call_id: int) -> Response:
    """The day of receipt, as told or as read aloud from the letter (rules, 15)."""

    def act(form: Form, person: Participant) -> None:
        day = form.day("received_on", required=True)
        if day is not None:
            source = "letter" if form.checked("from_letter") else "call"
            record_application(visit.work, get_journey(visit.work, person), day, source=source)

    return _tap(visit, call_id, "case", act)


@router.post("/calls/{call_id}/decision")
def tell_decision(visit: Researcher, call_id: int) -> Response:
    """The decision came: the date on the letter, and what it says."""

    def act(form: Form, person: Participant) -> None:
        if told := read_decision(form):
            record_decision(visit.work, get_journey(visit.work, person), told[0], told[1], source="call")

    return _tap(visit, call_id, "case", act)


@router.post("/calls/{call_id}/departure")
def tell_departure(visit: Researcher, call_id: int) -> Response:
    """The application ended without a decision."""

    def act(form: Form, person: Participant) -> None:
        if told := read_departure(form):
            record_departure(visit.work, get_journey(visit.work, person), told[0], told[1], source="call")

    return _tap(visit, call_id, "case", act)


@router.post("/calls/{call_id}/note")
def save_note(visit: Researcher, call_id: int) -> Response:
    """The words for the next call."""
    call = _call(visit, call_id)
    form = visit.form()
    note = form.words("note", most=LONGEST_NOTE)
    if form.ok:
        with form.attempt(visit.work):
            record_note(visit.work, call, note)
    return answer_tap(visit, call, form, "note")


@router.post("/calls/{call_id}/appointment")
def agree(visit: Researcher, call_id: int) -> Response:
    """When the next talk is, or that there is no appointment after all."""
    call = _call(visit, call_id)
    form = visit.form()
    none = form.typed("at") == "none"
    moment = None if none else read_moment(form, "at", "other_at")
    window = form.choice("window", WINDOW_CHOICES) or NO_WINDOW
    if form.ok:
        until = window_end(moment, window, _cadence(visit, call)) if moment else None
        with form.attempt(visit.work):
            plan_appointment(visit.work, call, moment, until, told_at=visit.tapped_at)
    return answer_tap(visit, call, form, "next")


@router.post("/calls/{call_id}/attempts")
def end_attempt(visit: Researcher, call_id: int) -> Response:
    """How it ended; an appointment that was just agreed, or is agreed with this tap (`agreed`), belongs to it."""
    call = _call(visit, call_id)
    form = visit.form()
    outcome = read_outcome(form)
    at_once = form.moment("agreed") if outcome == Outcome.appointment else None
    known = ""
    if form.ok and outcome is not None:
        agreed = at_once or (call.appointment_at if outcome == Outcome.appointment else None)
        with form.attempt(visit.work):
            future = agreed if agreed and agreed > visit.tapped_at else None
            until = call.appointment_until if future and not at_once else None
            attempt = record_attempt(visit.work, call, NewAttempt(outcome, visit.tapped_at, future, until))
            known = "&known=1" if attempt.recorded_at != visit.work.now else ""
    return go_on(visit, f"/calls?from={call_id}{known}") if form.ok else answer_tap(visit, call, form, "next")


@router.post("/calls/{call_id}/reopen")
def reopen(visit: Researcher, call_id: int) -> Response:
    """The round was ended by mistake."""
    reopen_call(visit.work, _call(visit, call_id))
    return redirect(f"/calls/{call_id}")


def _call(visit: Visit, call_id: int) -> Call:
    """A call of a person who still takes part: Conflict after a withdrawal."""
    call = get_call(visit.work, call_id)
    refuse_if_gone(visit.work.session.get_one(Participant, call.participant_id))
    return call


def _cadence(visit: Visit, call: Call) -> CadenceSettings:
    person = visit.work.session.get_one(Participant, call.participant_id)
    return cadence_of(visit.work.session.get_one(Study, person.study_id))


def _tap(visit: Visit, call_id: int, part: str, act: Act, step: str = "") -> Response:
    call = _call(visit, call_id)
    person = visit.work.session.get_one(Participant, call.participant_id)
    form = visit.form()
    with form.attempt(visit.work):
        act(form, person)
    return answer_tap(visit, call, form, part, step=step)


def _tap_step(visit: Visit, call_id: int, step: str, act: Act) -> Response:
    return _tap(visit, call_id, f"step-{step}", act, step)
