"""Signing in and out, and the way to one's own start page."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.auth.door import end_present_session, let_in
from journey.auth.refusals import note_throttled
from journey.auth.scope import list_studies
from journey.auth.service import Claim, believe, claim
from journey.auth.sessions import HALF_LENGTH, device_words
from journey.auth.throttle import TooManyTries
from journey.web.cookies import DEVICE, SESSION, clear_cookie, read_cookie, set_cookie
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import FewAtATime, UnitOfWork, Visit, once
from journey.web.way_back import find_way, forget_way

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
_slow = APIRouter(route_class=FewAtATime, include_in_schema=False)


@dataclass(frozen=True)
class SignInPage:
    form: Form
    demo_logins: tuple[tuple[str, str, str], ...]


@router.get("/")
def start(visit: Everyone) -> Response:
    """Sign in, or go to the page where one's work is."""
    if visit.half_session:
        return redirect("/second-step")
    if visit.actor is None:
        return _sign_in_page(visit, Form())
    settings = visit.house.settings
    if way := find_way(visit.request, settings):
        return forget_way(settings, redirect(way))
    if visit.actor.is_researcher:
        return redirect("/calls")
    if visit.actor.is_manager:
        studies = list_studies(visit.work)
        return redirect(f"/studies/{studies[0].code}/throughput" if studies else "/studies")
    return redirect("/admin")


@router.get("/sign-in")
def show_entrance(_visit: Everyone) -> Response:
    """For who kept the address of a refused try."""
    return redirect("/")


@_slow.post("/sign-in")
def enter(visit: Everyone) -> Response:
    """A session that was there is replaced; a half one goes on to the second step. No lock is held while the password
    is looked at."""
    form = visit.form()
    email = form.figures("email", required=True, most=200)
    password = form.typed("password")
    if not password:
        form.refuse("password", _("Vul uw wachtwoord in."))
    if not form.ok:
        with visit.short_work():
            return _sign_in_page(visit, form, status=422)
    known = read_cookie(visit.request, visit.house.settings, DEVICE)
    try:
        with visit.short_work() as work:
            claimed = claim(work, email, known)
    except TooManyTries:
        note_throttled(visit.house, visit, email)
        raise
    right = claimed.holds(password)
    with visit.short_work():
        answer: Response = once(visit, lambda: _admit(visit, form, claimed, right))
        return answer


def _admit(visit: Visit, form: Form, claimed: Claim, right: bool) -> Response:
    words = device_words(visit.request.headers.get("user-agent", ""))
    opened = believe(visit.work, claimed, right, words)
    if opened is None:
        form.refuse("email", _("Dit e-mailadres en wachtwoord horen niet bij elkaar."))
        return _sign_in_page(visit, form, status=422)
    if opened.verified:
        return let_in(visit, redirect("/"), opened.token, claimed.email)
    end_present_session(visit)
    answer = redirect("/second-step")
    set_cookie(answer, visit.house.settings, SESSION, opened.token, HALF_LENGTH)
    return answer


@router.post("/sign-out")
def leave(visit: Everyone) -> Response:
    end_present_session(visit)
    answer = redirect("/")
    clear_cookie(answer, visit.house.settings, SESSION)
    forget_way(visit.house.settings, answer)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _sign_in_page(visit: Visit, form: Form, status: int = 200) -> Response:
    logins = visit.request.app.state.demo_logins if visit.house.settings.env == "demo" else ()
    return render(visit, "auth/sign_in.html", SignInPage(form, logins), status=status)


router.routes.extend(_slow.routes)
