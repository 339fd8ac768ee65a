"""Every tap on the call screen, saved at once: each is a form of its own with its own key, in any order, also after
the round was ended, because what was told stays true.
"""

from collections.abc import Callable

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.call.appointments import NO_WINDOW, WINDOW_CHOICES, window_end
from journey.call.dial import LONGEST_NOTE
from journey.call.forms import (
    read_day,
    read_decision,
    read_departure,
    read_moment,
    read_outcome,
    read_rating,
    read_step,
)
from journey.call.notes import record_note
from journey.call.pages import after_outcome, answer_tap
from journey.call.queries import get_call
from journey.call.service import (
    NewAttempt,
    plan_appointment,
    record_attempt,
    reopen_call,
)
from journey.call.told import (
    take_back_step,
    tell_application,
    tell_decision,
    tell_quote,
    tell_rating,
    tell_step,
    undo_tap,
)
from journey.call.undo import take_back_attempt
from journey.clock import local_day
from journey.models import Call, Participant, Study
from journey.participant.queries import get_journey, refuse_if_gone
from journey.progress.service import record_departure
from journey.rating.service import LONGEST_QUOTE
from journey.route.definition import RouteDefinition
from journey.route.queries import closing_id, get_definition, opening_id
from journey.rules.cadence import CadenceSettings, Outcome
from journey.rules.errors import NotFound
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
        if told := read_step(form, visit.work.today):
            tell_step(visit.work, person, step, told.state, told.when, again=told.again)

    return _tap_step(visit, call_id, step, act)


@router.post("/calls/{call_id}/steps/{step}/undo")
def undo_step(visit: Researcher, call_id: int, step: str) -> Response:
    """What was tapped last about this step was a mistake: what stood before it stands again."""
    call = _call(visit, call_id)
    return _tap_step(visit, call_id, step, lambda _form, person: undo_tap(visit.work, person, step, call))


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
def tell_receipt(visit: Researcher, call_id: int) -> Response:
    """The day of receipt, as told or as read aloud from the letter (rules, 15): at the step that starts the term."""

    def act(form: Form, person: Participant) -> None:
        day = read_day(form, "received_on", "other_day")
        letter = form.choice("source", ("call", "letter")) == "letter" or form.checked("from_letter")
        if day is not None and form.ok:
            tell_application(visit.work, person, day, from_letter=letter)

    return _tap_step(visit, call_id, opening_id(_route(visit, call_id), "application"), act)


@router.post("/calls/{call_id}/decision")
def tell_what_was_decided(visit: Researcher, call_id: int) -> Response:
    """What it says, when it was sent, and the day on the letter: at the step that ends the term."""

    def act(form: Form, person: Participant) -> None:
        if told := read_decision(form):
            tell_decision(visit.work, person, told.sent_on, told.outcome, told.decided_on)

    return _tap_step(visit, call_id, closing_id(_route(visit, call_id), "application"), act)


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
    seen = form.typed("seen")
    if form.ok:
        with form.attempt(visit.work):
            record_note(
                visit.work,
                call,
                note,
                page=form.typed("page"),
                seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
            )
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
    if not form.ok:
        return answer_tap(visit, call, form, "next")
    return after_outcome(visit, call, f"/calls?from={call_id}{known}", outcome or "")


@router.post("/calls/{call_id}/attempts/undo")
def undo_attempt(visit: Researcher, call_id: int) -> Response:
    """The last outcome was a mistap: it did not happen, and everything is as it was before it."""
    call = _call(visit, call_id)
    form = visit.form()
    outcome = form.choice("undone", list(Outcome)) or ""
    if form.ok:
        with form.attempt(visit.work):
            take_back_attempt(visit.work, call, outcome)
    if not form.ok:
        return answer_tap(visit, call, form, "next")
    return after_outcome(visit, call, f"/calls/{call_id}", "")


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


def _route(visit: Visit, call_id: int) -> RouteDefinition:
    person = visit.work.session.get_one(Participant, _call(visit, call_id).participant_id)
    return get_definition(visit.work, get_journey(visit.work, person).route_version_id)


def _tap(visit: Visit, call_id: int, part: str, act: Act, step: str = "") -> Response:
    call = _call(visit, call_id)
    person = visit.work.session.get_one(Participant, call.participant_id)
    form = visit.form()
    with form.attempt(visit.work):
        act(form, person)
    return answer_tap(visit, call, form, part, step=step)


def _tap_step(visit: Visit, call_id: int, step: str | None, act: Act) -> Response:
    if step is None:
        raise NotFound("Deze stap hoort niet bij deze route.")
    return _tap(visit, call_id, f"step-{step}", act, step)
