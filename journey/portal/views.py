"""The own page of a participant behind a secret link, and typing a code from a letter.

A GET changes nothing, so that a message scanner that opens the link does no harm. A POST answers with the next page
itself: one round trip on a bad network, no address with a token in what is kept for retries, and the key in each form
makes a reload count once.
"""

from dataclasses import replace

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.auth.throttle import TooManyTries
from journey.consent.service import withdraw_participant
from journey.models.participant import WITHDRAWAL_LEVELS
from journey.portal.door import BehindLink, asked_language, closed_door, enter
from journey.portal.languages import choose
from journey.portal.pages import Address, Frame, LanguageLink, PlainPage, StoppedPage
from journey.portal.queries import find_letter
from journey.portal.service import open_letter, rate
from journey.portal.tries import count_code_try, forgive_code_try
from journey.rating.service import LONGEST_QUOTE
from journey.rules.ratings import Subject, Value
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import Visit

router = APIRouter(route_class=BehindLink, include_in_schema=False)


@router.get("/p/{token}")
def own_page(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    return render(visit, "portal/own.html", holder.reader().own_page())


@router.get("/p/{token}/ratings")
def ratings(visit: Everyone, token: str, step: str = "", subject: str = "") -> Response:
    """All answers with the way to change them, or the one question that is named."""
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    reader = holder.reader()
    question = reader.find_question(step, subject) if step else None
    if step and question is None:
        return redirect(holder.address.to("/ratings"))
    page = reader.asking(question, Form()) if question else reader.all_answers(Form())
    return render(visit, "portal/rating.html", page)


@router.post("/p/{token}/ratings")
def give_rating(visit: Everyone, token: str) -> Response:
    """One tap: an answer, or a word with an answer that is there.

    The second half of a tap, which fell on the question that had just come, is no answer: it is asked again.
    """
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form = visit.form()
    step, subject = form.typed("step"), form.choice("subject", Subject, required=True)
    value = form.choice("value", Value, required=True)
    quote = form.text("quote", most=LONGEST_QUOTE) if "quote" in visit.form_data else None
    reader = holder.reader()
    question = reader.find_question(step, subject or "")
    if question is None:
        form.refuse("", _("Deze vraag past niet bij wat u deed. Kies hieronder."))
    if form.ok and question and visit.is_same_tap():
        return render(visit, "portal/rating.html", reader.asking(question, Form()))
    if form.ok and question and value:
        with form.attempt(visit.work):
            rate(holder.work, holder.participant, question.step, question.subject, value, quote)
    reader.read_ratings_anew()
    if not form.ok:
        known = question is not None and quote is None
        page = reader.asking(question, form) if known and question else reader.all_answers(form)
        if question and quote is not None:
            page = reader.wording(question, form)
        return render(visit, "portal/rating.html", page, status=422)
    assert question is not None  # noqa: S101 - a form without its question is refused above
    page = reader.understood(question, form, asks_more=quote is None)
    return render(visit, "portal/rating.html", page)


@router.get("/p/{token}/stop")
def stop(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    return render(visit, "portal/stop.html", holder.reader().stop_page(Form()))


@router.post("/p/{token}/stop")
def stop_now(visit: Everyone, token: str) -> Response:
    """Takes effect at once; the link works no longer after this answer."""
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form, reader = visit.form(), holder.reader()
    page = reader.stop_page(form)
    level = form.choice("level", WITHDRAWAL_LEVELS, required=True)
    step = None
    if level == "from_step":
        step = form.choice("step", [step for step, _name in page.steps], required=True)
    if form.ok and level:
        with form.attempt(visit.work):
            withdraw_participant(holder.work, holder.participant, level, step)
    if not form.ok:
        return render(visit, "portal/stop.html", page, status=422)
    frame = replace(reader.frame(), languages=_stopped_languages(visit, level or ""))
    return render(visit, "portal/stopped.html", StoppedPage(frame, level or "", just_now=True))


@router.get("/stopped")
def stopped(visit: Everyone, level: str = "") -> Response:
    """The words after stopping in another language; of nobody, because the link of who stopped works no longer."""
    if level not in WITHDRAWAL_LEVELS:
        return redirect("/check")
    visit.speak(choose(visit.work, asked_language(visit)))
    frame = Frame.of_nobody(visit.work, _stopped_languages(visit, level))
    return render(visit, "portal/stopped.html", StoppedPage(frame, level, just_now=False))


@router.get("/code")
def code(visit: Everyone) -> Response:
    return _code_page(visit, Form())


@router.post("/code")
def enter_code(visit: Everyone) -> Response:
    """A code that fits leads to a fresh link. Unknown, expired, revoked and of somebody who stopped: one answer."""
    form, work = visit.form(), visit.work
    visit.speak(choose(visit.work, asked_language(visit)))
    typed = form.figures("code", required=True)
    if not form.ok:
        return _code_page(visit, form, 422)
    try:
        count_code_try(work, typed)
    except TooManyTries as refusal:
        form.refuse("code", _("Er is te vaak een verkeerde code getypt. Wacht een kwartier, of bel ons."))
        return _code_page(visit, form, refusal.status)
    letter = find_letter(work, typed)
    if letter is None:
        form.refuse("code", _("Deze code kennen wij niet. Kijk nog eens op de brief, of bel ons."))
        return _code_page(visit, form, 422)
    forgive_code_try(work, typed)
    return redirect(Address(f"/p/{open_letter(work, letter)}", asked_language(visit)).to())


def _stopped_languages(visit: Visit, level: str) -> tuple[LanguageLink, ...]:
    return Address("/stopped").languages(visit.work, level=level)


def _code_page(visit: Visit, form: Form, status: int = 200) -> Response:
    visit.speak(choose(visit.work, asked_language(visit)))
    address = Address("/code", asked_language(visit))
    frame = Frame.of_nobody(visit.work, address.languages(visit.work))
    return render(visit, "portal/code.html", PlainPage(frame, address, form), status=status)
