"""One's own account: the second step, the devices where one is signed in, and the password."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import SignedIn
from journey.auth.door import CodesPage
from journey.auth.queries import get_own_session
from journey.auth.second_step import (
    count_recovery_codes,
    remove_second_step,
    renew_recovery_codes,
    try_code,
)
from journey.auth.service import change_own_password
from journey.auth.sessions import end_sessions, list_sessions
from journey.models import User, UserSession, stored_id
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class AccountPage:
    """`here` is the session of this browser; `codes` how many recovery codes still work."""

    user: User
    sessions: tuple[UserSession, ...]
    here: int | None
    codes: int
    may_switch_off: bool
    form: Form
    changed: bool


@router.get("/account")
def show(visit: SignedIn, changed: str = "") -> Response:
    return _page(visit, Form(), changed=changed == "1")


@router.post("/account/password")
def renew_password(visit: SignedIn) -> Response:
    user, sitting = get_own_session(visit.work, visit.session_id)
    form = visit.form()
    old, new = form.typed("old"), form.typed("password")
    if not old:
        form.refuse("old", _("Vul uw wachtwoord van nu in."))
    if not new:
        form.refuse("password", _("Vul een nieuw wachtwoord in."))
    right = False
    if form.ok:
        with form.attempt(visit.work):
            right = change_own_password(visit.work, user, sitting, old, new)
        if form.ok and not right:
            form.refuse("old", _("Dit is niet uw wachtwoord van nu."))
    return redirect("/account?changed=1") if form.ok else _page(visit, form)


@router.post("/account/sessions")
def end(visit: SignedIn) -> Response:
    """One session by its number, or all `others`."""
    which = visit.form().typed("which")
    own = visit.actor.id if visit.actor else None
    if own is not None and which == "others":
        end_sessions(visit.work, own, but=visit.session_id, why="session.end")
    elif own is not None and which.isascii() and which.isdecimal() and len(which) < 10:
        end_sessions(visit.work, own, only=int(which), why="session.end")
    return redirect("/account")


@router.post("/account/second-step")
def change_second_step(visit: SignedIn) -> Response:
    """New recovery `codes`, or the second step `off` (in production: on to a new phone). Both ask a code first."""
    user, sitting = get_own_session(visit.work, visit.session_id)
    form = visit.form()
    act = form.choice("act", ("codes", "off"), required=True)
    code = form.figures("code", required=True)
    if not form.ok or user.second_step_since is None:
        return _page(visit, form) if not form.ok else redirect("/account")
    moment = visit.house.clock.true_now()
    if not try_code(visit.work, user, sitting, code, moment, known_device=True):
        form.refuse("code", _("Deze code klopt niet, of is al gebruikt. Neem de nieuwste code uit uw app."))
        return _page(visit, form)
    if act == "codes":
        codes = renew_recovery_codes(visit.work, user)
        return render(visit, "auth/recovery_codes.html", CodesPage(tuple(codes), "/account"))
    remove_second_step(visit.work, user)
    end_sessions(visit.work, stored_id(user), but=sitting.id)
    return redirect("/second-step/set-up" if visit.house.settings.is_production else "/account")


def _page(visit: Visit, form: Form, *, changed: bool = False) -> Response:
    user, sitting = get_own_session(visit.work, visit.session_id)
    if sitting.revoked_at is not None:  # the fifth wrong try ended it
        return redirect("/")
    page = AccountPage(
        user=user,
        sessions=tuple(list_sessions(visit.work, stored_id(user))),
        here=visit.session_id,
        codes=count_recovery_codes(visit.work, user),
        may_switch_off=not visit.house.settings.is_production,
        form=form,
        changed=changed,
    )
    return render(visit, "auth/account.html", page, status=200 if form.ok else 422)
