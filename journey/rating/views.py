"""Answers that a researcher records on the page of one step."""

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.participant.person import StepPage, get_step_view
from journey.participant.queries import get_writable
from journey.rating.service import LONGEST_QUOTE, NewRating, record_rating
from journey.rules.errors import NotFound
from journey.rules.ratings import Channel, Subject, Value
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.post("/participants/{code}/steps/{step}/ratings")
def rate_step(visit: Researcher, code: str, step: str) -> Response:
    """One tap; the latest answer per step and subject counts, earlier ones stay."""
    participant = get_writable(visit.work, code)
    form = visit.form()
    subject = form.choice("subject", list(Subject), required=True)
    if subject is None:
        raise NotFound("Deze pagina bestaat niet.")
    name = f"value-{subject}"
    value = form.choice(name, list(Value))
    quote = form.words(f"quote-{subject}", most=LONGEST_QUOTE)
    channel = form.choice("channel", list(Channel)) or "call"
    view = get_step_view(visit.work, participant, step)
    known = view.answer(subject)
    value = value or (known.row.value if known else None)
    if value is None:
        form.choice(name, (), required=True)
    elif form.ok:
        with form.attempt(visit.work):
            record_rating(visit.work, participant, NewRating(step, subject, value, channel, quote))
    if form.ok and not visit.is_htmx:
        return redirect(f"/participants/{participant.code}/steps/{step}#ratings")
    page = StepPage(get_step_view(visit.work, participant, step), Form() if form.ok else form)
    template = "participant/_step.html" if visit.is_htmx else "participant/step.html"
    return render(visit, template, page, status=200 if form.ok else 422)
