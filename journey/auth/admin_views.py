"""The administrator's start page, users, and the audit trail."""

import re
import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import Admin, only
from journey.auth.queries import UserRow, get_user, list_user_rows, studies_of
from journey.auth.scope import list_studies
from journey.auth.second_step import reset_second_step
from journey.auth.service import admit_user, change_active, change_rights, create_user, renew_password
from journey.auth.sessions import end_sessions
from journey.models import Study, User, stored_id
from journey.rules.errors import Conflict, NotFound
from journey.rules.roles import ADMIN, PRIVACY, ROLES
from journey.web.forms import Form
from journey.web.health import Halt, find_halt
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Office = Annotated[Visit, Depends(only(ADMIN, PRIVACY))]
# An integrator is a system: it has a token, no password.
USER_ROLES = tuple(role for role in ROLES if role != "integrator")


@dataclass(frozen=True)
class StartPage:
    is_admin: bool
    halt: Halt | None


@dataclass(frozen=True)
class UsersPage:
    users: tuple[UserRow, ...]
    me: int | None


@dataclass(frozen=True)
class NewUserPage:
    form: Form
    studies: tuple[Study, ...]
    roles: tuple[str, ...]
    may_reach_all: bool


@dataclass(frozen=True)
class RightsPage:
    user: User
    form: Form
    studies: tuple[Study, ...]
    roles: tuple[str, ...]
    may_reach_all: bool


@dataclass(frozen=True)
class PasswordPage:
    """A password, for the one time that it is shown."""

    user: User
    password: str


@router.get("/admin")
def start(visit: Office) -> Response:
    return render(visit, "admin/start.html", StartPage(visit.work.actor.role == ADMIN, find_halt(visit.work)))


@router.get("/admin/users")
def show_users(visit: Admin) -> Response:
    return render(
        visit, "admin/users.html", UsersPage(tuple(list_user_rows(visit.work)), visit.work.actor.id)
    )


@router.get("/admin/users/new")
def new_user(visit: Admin) -> Response:
    return _new_user_page(visit, Form())


@router.post("/admin/users/new")
def make_user(visit: Admin) -> Response:
    form = visit.form()
    email = form.figures("email", required=True, most=200)
    name = form.text("name", required=True, most=120)
    role = form.choice("role", USER_ROLES, required=True)
    phone = form.figures("phone")
    studies = _reach(visit, form)
    if re.search(r"\s", email):
        form.refuse("email", _("Dit is geen e-mailadres."))
    password = secrets.token_urlsafe(12)
    if not form.ok or role is None:
        return _new_user_page(visit, form)
    user = None
    with form.attempt(visit.work):
        user = create_user(visit.work, email, role, password=password, name=name, phone=phone, first=True)
        admit_user(visit.work, user, studies)
    if user is None or not form.ok:
        return _new_user_page(visit, form)
    return render(visit, "admin/password.html", PasswordPage(user, password))


@router.get("/admin/users/{user_id}/rights")
def show_rights(visit: Admin, user_id: int) -> Response:
    user = get_user(visit.work, user_id)
    codes = studies_of(visit.work, user)
    reach = "some" if codes else "all"
    return _rights_page(visit, user, Form({"role": [user.role], "reach": [reach], "studies": codes}))


@router.post("/admin/users/{user_id}/rights")
def change_rights_of(visit: Admin, user_id: int) -> Response:
    """Another role or other studies; the user signs in again."""
    user = get_user(visit.work, user_id)
    form = visit.form()
    role = form.choice("role", USER_ROLES, required=True)
    studies = _reach(visit, form)
    if form.ok and role:
        with form.attempt(visit.work):
            change_rights(visit.work, user, role, studies)
    return redirect("/admin/users") if form.ok else _rights_page(visit, user, form)


@router.post("/admin/users/{user_id}/{act}")
def change_user(visit: Admin, user_id: int, act: str) -> Response:
    """`close` and `open` an account, give it a new `password`, end its `sessions`, or reset its `second-step`."""
    user = get_user(visit.work, user_id, shared=act == "close")
    if user.id == visit.work.actor.id and act in ("password", "second-step"):
        # There the old password or a code is asked: a screen left open is no reason to do without.
        raise Conflict("Uw eigen account verandert u op de pagina Account.")
    if act == "password":
        password = secrets.token_urlsafe(12)
        renew_password(visit.work, user, password)
        return render(visit, "admin/password.html", PasswordPage(user, password))
    if act == "sessions":
        end_sessions(visit.work, stored_id(user), why="session.end")
        return redirect("/admin/users")
    if act == "second-step":
        reset_second_step(visit.work, user)
        return redirect("/admin/users")
    if act not in ("close", "open"):
        raise NotFound("Deze pagina bestaat niet.")
    change_active(visit.work, user, active=act == "open")
    return redirect("/admin/users")


def _rights_page(visit: Visit, user: User, form: Form) -> Response:
    page = RightsPage(
        user=user,
        form=form,
        studies=tuple(list_studies(visit.work)),
        roles=USER_ROLES,
        may_reach_all=visit.work.actor.studies is None,
    )
    return render(visit, "admin/rights.html", page, status=200 if form.ok else 422)


def _reach(visit: Visit, form: Form) -> list[str]:
    """The studies a new user gets; all of them only from who reaches all."""
    codes = [study.code for study in list_studies(visit.work)]
    reach = form.choice(
        "reach", ("some", "all") if visit.work.actor.studies is None else ("some",), required=True
    )
    chosen = [code for code in form.all("studies") if code in codes]
    if reach == "some" and not chosen:
        form.refuse("studies", _("Kies ten minste één onderzoek."))
    return chosen if reach == "some" else []


def _new_user_page(visit: Visit, form: Form) -> Response:
    page = NewUserPage(
        form=form,
        studies=tuple(list_studies(visit.work)),
        roles=USER_ROLES,
        may_reach_all=visit.work.actor.studies is None,
    )
    return render(visit, "admin/new_user.html", page, status=200 if form.ok else 422)
