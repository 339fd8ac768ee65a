"""Signing in, and the way to one's own start page."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import COOKIE, Everyone
from journey.auth.scope import list_studies
from journey.auth.service import SESSION_LENGTH, sign_in, sign_out
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class SignInPage:
    form: Form
    demo_logins: tuple[tuple[str, str, str], ...]


@router.get("/")
def start(visit: Everyone) -> Response:
    """Sign in, or go to the page where one's work is."""
    if visit.actor is None:
        return _sign_in_page(visit, Form())
    if visit.actor.is_researcher:
        return redirect("/calls")
    if visit.actor.is_manager:
        studies = list_studies(visit.work)
        return redirect(f"/studies/{studies[0].code}/throughput" if studies else "/studies")
    return redirect("/admin")


@router.post("/sign-in")
def enter(visit: Everyone) -> Response:
    form = visit.form()
    email = form.text("email", required=True, most=200)
    password = form.typed("password")
    if not password:
        form.refuse("password", _("Vul uw wachtwoord in."))
    token = sign_in(visit.work, email, password) if form.ok else None
    if token is None:
        if form.ok:
            form.refuse("email", _("Dit e-mailadres en wachtwoord horen niet bij elkaar."))
        return _sign_in_page(visit, form, status=422)
    answer = redirect("/")
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        secure=visit.house.settings.base_url.startswith("https://"),
        samesite="lax",
    )
    return answer


@router.post("/sign-out")
def leave(visit: Everyone) -> Response:
    if token := visit.request.cookies.get(COOKIE):
        sign_out(visit.work, token)
    answer = redirect("/")
    answer.delete_cookie(COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _sign_in_page(visit: Visit, form: Form, status: int = 200) -> Response:
    logins = visit.request.app.state.demo_logins if visit.house.settings.env == "demo" else ()
    return render(visit, "auth/sign_in.html", SignInPage(form, logins), status=status)
