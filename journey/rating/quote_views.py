"""Where researchers make quotes: themes for words, an edit in which nobody can be recognised, and a second reader.

No manager comes here, and the pages name no participant: whose words they are is of no use to who edits them.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Response
from sqlmodel import col, select

from journey.audit.service import record_views
from journey.auth.access import Researcher
from journey.auth.scope import get_study
from journey.models import Participant, Study
from journey.participant.person import names_of
from journey.rating.quote_pages import QUEUES, Filters, QuotePage, QuotesPage
from journey.rating.quotes import (
    LONGEST_REASON,
    Quote,
    code_words,
    decide_quote,
    get_quote,
    list_quotes,
    propose_quote,
    take_back_quote,
)
from journey.rating.service import LONGEST_QUOTE
from journey.rating.themes import list_themes
from journey.route.queries import list_definitions
from journey.rules.recognisable import find_recognisable, is_telling
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.ids import RowId
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@router.get("/studies/{study}/quotes")
def show_quotes(
    visit: Researcher, study: str, queue: str = "edit", step: str = "", theme: str = "", page: str = "1"
) -> Response:
    """One queue; what cannot be chosen chooses nothing."""
    found = get_study(visit.work, study)
    shown = QuotesPage.build(
        found,
        _step_names(visit, found),
        _filters(queue, step, theme, page),
        list_quotes(visit.work, found),
        list_themes(visit.work, found),
        visit.work.actor.label,
    )
    _leave_trail(visit, shown.rows)
    return render(visit, "rating/quotes.html", shown)


@router.get("/studies/{study}/quotes/{rating}")
def show_quote(
    visit: Researcher, study: str, rating: RowId, queue: str = "", step: str = "", theme: str = ""
) -> Response:
    found = get_study(visit.work, study)
    quote = get_quote(visit.work, found, rating)
    _leave_trail(visit, [quote])
    return _page(visit, found, quote, _filters(queue or _queue_of(quote), step, theme), Form())


@router.post("/studies/{study}/quotes/{rating}/edit")
def edit_quote(visit: Researcher, study: str, rating: RowId) -> Response:
    """Proposed to a second reader, or not to be used."""
    found = get_study(visit.work, study)
    form, seen = _form(visit)
    if form.typed("act") == "take_back":
        with form.attempt(visit.work):
            take_back_quote(visit.work, found, rating, seen=seen)
        return _answer(visit, found, rating, form, moves_on=True)
    body = form.words("body", required=True, most=LONGEST_QUOTE)
    if form.ok:
        with form.attempt(visit.work):
            propose_quote(visit.work, found, rating, body, seen=seen)
    return _answer(visit, found, rating, form)


@router.post("/studies/{study}/quotes/{rating}/decision")
def decide(visit: Researcher, study: str, rating: RowId) -> Response:
    """The second reader. A name or number that is still in it asks for one more look before it is approved."""
    found = get_study(visit.work, study)
    form, seen = _form(visit)
    approve = form.choice("act", ("approve", "reject"), required=True) == "approve"
    reason = "" if approve else form.words("reason", most=LONGEST_REASON)
    quote = get_quote(visit.work, found, rating)
    if approve and not form.checked("sure") and quote.edit and _names_somebody(quote.edit.body):
        form.refuse("sure", _("Kijk nog eens, en zet dan hier een vinkje."))
    if form.ok:
        with form.attempt(visit.work):
            decide_quote(visit.work, found, seen or 0, approve=approve, reason=reason)
    return _answer(visit, found, rating, form, moves_on=True)


@router.post("/studies/{study}/quotes/{rating}/themes")
def give_themes(visit: Researcher, study: str, rating: RowId) -> Response:
    """All themes of these words at once; `known` are those that were ticked when the page was made."""
    found = get_study(visit.work, study)
    form, _seen = _form(visit)
    with form.attempt(visit.work):
        codes, known = frozenset(form.all("themes")), frozenset(form.typed("known").split())
        code_words(visit.work, found, rating, codes, known)
    return _answer(visit, found, rating, form, moves_on=form.typed("act") == "next")


def _form(visit: Visit) -> tuple[Form, int | None]:
    """What was typed, and the edit that the writer saw."""
    form = visit.form()
    seen = form.typed("seen")
    return form, int(seen) if seen.isdecimal() and len(seen) < 10 else None


def _answer(visit: Visit, study: Study, rating: int, form: Form, *, moves_on: bool = False) -> Response:
    """The same quote, or the next one of the list; with what went wrong when something did."""
    filters = _filters(*(form.typed(name) for name in ("queue", "step", "theme")))
    base = f"/studies/{study.code}/quotes"
    if not form.ok:
        return _page(visit, study, get_quote(visit.work, study, rating), filters, form, status=422)
    following: int | None = rating
    if moves_on:
        following = filters.next_of(list_quotes(visit.work, study), rating, visit.work.actor.label)
    return redirect(f"{base}/{following}{filters.address()}" if following else base + filters.address())


def _page(
    visit: Visit, study: Study, quote: Quote, filters: Filters, form: Form, *, status: int = 200
) -> Response:
    work, edit = visit.work, quote.edit
    known = edit.body if edit and not quote.stale else quote.words.text
    page = QuotePage(
        study=study,
        step_names=_step_names(visit, study),
        filters=filters,
        quote=quote,
        themes=list_themes(work, study),
        form=form,
        reader=work.actor.label,
        body=form.typed("body") or known,
        names=names_of(work, {edit.edited_by, edit.decided_by} if edit else set()),
        next_id=filters.next_of(list_quotes(work, study), quote.words.rating_id, work.actor.label),
    )
    return render(visit, "rating/quote.html", page, status=status)


def _leave_trail(visit: Visit, quotes: Sequence[Quote]) -> None:
    """Whose words were read stands in the trail, though the page names nobody."""
    people = {one.words.participant_id for one in quotes}
    codes = visit.work.session.exec(select(Participant.code).where(col(Participant.id).in_(people))).all()
    record_views(visit.house, visit.work, "quote.view", codes)


def _step_names(visit: Visit, study: Study) -> dict[str, str]:
    """Every step once with its name, in the order of the routes."""
    return {step.id: step.name for route in list_definitions(visit.work, study) for step in route.steps}


def _filters(queue: str, step: str, theme: str, page: str = "1") -> Filters:
    return Filters(
        queue if queue in QUEUES else "edit",
        step[:60],
        theme[:60],
        int(page) if page.isdecimal() and len(page) < 6 else 1,
    )


def _queue_of(quote: Quote) -> str:
    return quote.queue if quote.queue in QUEUES else "all"


def _names_somebody(body: str) -> bool:
    return any(is_telling(seen) for seen in find_recognisable(body))
