"""Recording what happened: steps, and the dated facts of the application. What was typed wrong comes back as typed."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from journey.audit.service import record_act, record_view
from journey.auth.access import Researcher
from journey.auth.scope import get_participant
from journey.models import Journey, Participant, Progress
from journey.participant.forms import TOLD_BY, read_decision, read_departure, read_step, read_suspension
from journey.participant.person import LEGAL, SINGLE, PersonPage, StepPage, get_person_view, get_step_view
from journey.participant.queries import allows, get_journey, get_writable
from journey.participant.reasons import list_reasons
from journey.progress.queries import Facts, get_facts
from journey.progress.service import (
    record_application,
    record_decision,
    record_departure,
    record_event,
    record_extension,
    record_melding,
    record_step,
    record_suspension,
    retract_fact,
)
from journey.progress.takeover import take_over
from journey.rules.errors import Conflict, NotFound
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit
from journey.work import Work

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

NOTICES = ("1b-end", "2b-end", "2c-start", "2c-end")
ADVANCES = ("paid", "offered", "refused", "exception")

Recording = Callable[[Work, Journey], object]


@router.get("/participants/{code}/steps/{step}")
def show_step(visit: Researcher, code: str, step: str) -> Response:
    participant = get_participant(visit.work, code)
    view = get_step_view(visit.work, participant, step)
    record_view(visit.house, visit.work, "participant.view", participant.code)
    return render(visit, "participant/step.html", StepPage(view, Form(), list_reasons()))


@router.post("/participants/{code}/steps/{step}")
def record_step_fact(visit: Researcher, code: str, step: str) -> Response:
    participant = get_writable(visit.work, code)
    journey = get_journey(visit.work, participant)
    form = visit.form()
    fact = read_step(form, visit.today)
    if fact is not None:
        with form.attempt(visit.work):
            record_step(visit.work, journey, step, **vars(fact))
            record_act(visit.work, "step.record", f"{participant.code} {step}")
    return _step_answer(visit, participant, step, form)


@router.post("/participants/{code}/steps/{step}/retract")
def retract_step_fact(visit: Researcher, code: str, step: str) -> Response:
    participant = get_writable(visit.work, code)
    form = visit.form()
    with form.attempt(visit.work):
        retract_fact(visit.work, get_journey(visit.work, participant), Progress, _id(form.typed("id")))
        record_act(visit.work, "step.retract", f"{participant.code} {step}")
    return _step_answer(visit, participant, step, form)


@router.post("/participants/{code}/steps/{step}/take")
def take_over_step(visit: Researcher, code: str, step: str) -> Response:
    """What the case system says of this step in place of ours."""
    participant = get_writable(visit.work, code)
    form = visit.form()
    with form.attempt(visit.work):
        _refuse_beside(visit, participant)
        take_over(visit.work, get_journey(visit.work, participant), Progress, _id(form.typed("id")))
        record_act(visit.work, "step.take", f"{participant.code} {step}")
    return _step_answer(visit, participant, step, form)


@router.post("/participants/{code}/facts/{kind}")
def record_fact(visit: Researcher, code: str, kind: str) -> Response:
    """One fact of the application: melding, application, suspension, extension, decision or departure."""
    if kind not in READERS:
        raise NotFound("Deze pagina bestaat niet.")
    participant = get_writable(visit.work, code)
    journey = get_journey(visit.work, participant)
    form = visit.form()
    recording = READERS[kind](form)
    if _seen(get_facts(visit.work, journey), kind) != form.typed("seen"):
        form.refuse(
            "", _("Een collega legde dit intussen vast. Kijk wat er nu staat en bewaar zo nodig opnieuw.")
        )
    if recording is not None and form.ok:
        with form.attempt(visit.work):
            if form.typed("replaces"):
                retract_fact(visit.work, journey, LEGAL[kind], _id(form.typed("replaces")))
            recording(visit.work, journey)
            record_act(visit.work, f"{kind}.record", participant.code)
    return _fact_answer(visit, participant, form)


@router.post("/participants/{code}/facts/{kind}/retract")
def retract_legal_fact(visit: Researcher, code: str, kind: str) -> Response:
    if kind not in READERS:
        raise NotFound("Deze pagina bestaat niet.")
    participant = get_writable(visit.work, code)
    form = visit.form()
    with form.attempt(visit.work):
        retract_fact(visit.work, get_journey(visit.work, participant), LEGAL[kind], _id(form.typed("id")))
        record_act(visit.work, f"{kind}.retract", participant.code)
    return _fact_answer(visit, participant, form)


@router.post("/participants/{code}/facts/{kind}/take")
def take_over_fact(visit: Researcher, code: str, kind: str) -> Response:
    """The date of the case system in place of ours."""
    if kind not in (*SINGLE, "suspension"):
        raise NotFound("Deze pagina bestaat niet.")
    participant = get_writable(visit.work, code)
    form = visit.form()
    with form.attempt(visit.work):
        _refuse_beside(visit, participant)
        take_over(visit.work, get_journey(visit.work, participant), LEGAL[kind], _id(form.typed("id")))
        record_act(visit.work, f"{kind}.take", participant.code)
    return _fact_answer(visit, participant, form)


def _refuse_beside(visit: Visit, participant: Participant) -> None:
    """What the case system says is laid beside what a person told only when that person said yes to it."""
    if not allows(visit.work, participant, "file_dates"):
        raise Conflict(
            "%(code)s wil niet dat wij bij de gemeente vragen op welke dag een stap was.",
            code=participant.code,
        )


def _step_answer(visit: Visit, participant: Participant, step: str, form: Form) -> Response:
    """The partial for a tap that is sent by itself, a redirect for a plain form."""
    if form.ok and not visit.is_htmx:
        return redirect(f"/participants/{participant.code}/steps/{step}")
    view = get_step_view(visit.work, participant, step)
    template = "participant/_step.html" if visit.is_htmx else "participant/step.html"
    page = StepPage(view, Form() if form.ok else form, list_reasons())
    return render(visit, template, page, status=200 if form.ok else 422)


def _fact_answer(visit: Visit, participant: Participant, form: Form) -> Response:
    if form.ok:
        return redirect(f"/participants/{participant.code}#application")
    page = PersonPage(get_person_view(visit.work, participant), form, form.typed("form"))
    return render(visit, "participant/show.html", page, status=422)


def _id(typed: str) -> int:
    if not typed.isdecimal() or len(typed) > 15:
        raise NotFound("Wat u wilt weghalen, staat niet bij deze deelnemer.")
    return int(typed)


def _seen(facts: Facts, kind: str) -> str:
    """The fact that a form was made beside; of these a journey has one at a time."""
    single = {
        "melding": facts.melding,
        "application": facts.application,
        "decision": facts.decision,
        "departure": facts.departure,
    }
    fact = single.get(kind)
    return str(fact.id) if fact else ""


def _source(form: Form) -> str:
    return form.choice("source", TOLD_BY) or "call"


def _melding(form: Form) -> Recording | None:
    day, source = form.day("reported_on", required=True), _source(form)
    return (lambda work, journey: record_melding(work, journey, day, source=source)) if day else None


def _application(form: Form) -> Recording | None:
    day, source = form.day("received_on", required=True), _source(form)
    return (lambda work, journey: record_application(work, journey, day, source=source)) if day else None


def _suspension(form: Form) -> Recording | None:
    new, source = read_suspension(form), _source(form)
    return (lambda work, journey: record_suspension(work, journey, new, source=source)) if new else None


def _extension(form: Form) -> Recording | None:
    sent_on, until = form.day("sent_on", required=True), form.day("until", required=True)
    source = _source(form)
    if sent_on is None or until is None:
        return None
    return lambda work, journey: record_extension(work, journey, sent_on, until, source=source)


def _decision(form: Form) -> Recording | None:
    new, source = read_decision(form), _source(form)
    if new is None:
        return None
    sent_on, outcome, decided_on = new
    return lambda work, journey: record_decision(
        work, journey, sent_on, outcome, decided_on=decided_on, source=source
    )


def _departure(form: Form) -> Recording | None:
    new, source = read_departure(form), _source(form)
    return (lambda work, journey: record_departure(work, journey, *new, source=source)) if new else None


def _notice(form: Form) -> Recording | None:
    day, source = form.day("happened_on", required=True), form.choice("source", TOLD_BY) or "letter"
    about_on, detail = form.day("about_on", required=True), form.choice("detail", NOTICES, required=True)
    if day is None or detail is None or about_on is None:
        return None
    return lambda work, journey: record_event(
        work, journey, "notice", day, source=source, detail=detail, about_on=about_on
    )


def _advance(form: Form) -> Recording | None:
    day, source = form.day("happened_on", required=True), _source(form)
    detail = form.choice("detail", ADVANCES, required=True)
    if day is None or detail is None:
        return None
    return lambda work, journey: record_event(work, journey, "advance", day, source=source, detail=detail)


def _event(kind: str) -> Callable[[Form], Recording | None]:
    """What only has a day."""

    def read(form: Form) -> Recording | None:
        day, source = form.day("happened_on", required=True), _source(form)
        return (lambda work, journey: record_event(work, journey, kind, day, source=source)) if day else None

    return read


READERS: dict[str, Callable[[Form], Recording | None]] = {
    "melding": _melding,
    "application": _application,
    "suspension": _suspension,
    "extension": _extension,
    "decision": _decision,
    "departure": _departure,
    "notice": _notice,
    "advance": _advance,
    "handover": _event("handover"),
    "form_offered": _event("form_offered"),
}
