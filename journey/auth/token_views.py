"""The administrator's page of tokens: what other systems may do here, until when, and when they last did."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Admin
from journey.auth.scope import list_studies
from journey.auth.service import MOST_TOKEN_DAYS, TOKEN_DAYS, create_token
from journey.auth.tokens import TokenRow, list_token_rows, revoke_token
from journey.models import Study
from journey.rules.errors import NotFound
from journey.rules.roles import ROLES
from journey.web.forms import Form
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

ALL_STUDIES = "*"


@dataclass(frozen=True)
class TokensPage:
    rows: tuple[TokenRow, ...]
    form: Form
    studies: tuple[Study, ...]
    roles: tuple[str, ...]
    may_reach_all: bool
    most_days: int
    days: int


@dataclass(frozen=True)
class TokenPage:
    """A token, for the one time that it is shown."""

    name: str
    token: str


@router.get("/admin/tokens")
def show(visit: Admin) -> Response:
    return _page(visit, Form())


@router.post("/admin/tokens")
def make(visit: Admin) -> Response:
    form = visit.form()
    studies = [study.code for study in list_studies(visit.work)]
    name = form.text("name", required=True, most=80)
    role = form.choice("role", ROLES, required=True)
    everything = (ALL_STUDIES,) if visit.work.actor.studies is None else ()
    study = form.choice("study", (*studies, *everything), required=True)
    days = form.whole("days", least=1, most=MOST_TOKEN_DAYS)
    token = ""
    if form.ok and role and study and days:
        with form.attempt(visit.work):
            token = create_token(
                visit.work, role, None if study == ALL_STUDIES else study, name=name, days=days
            )
    return render(visit, "admin/token.html", TokenPage(name, token)) if form.ok else _page(visit, form)


@router.post("/admin/tokens/revoke")
def revoke(visit: Admin) -> Response:
    form = visit.form()
    number = form.text("token", required=True)
    if not form.ok:
        return _page(visit, form)
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound("Dit token is er niet.")
    revoke_token(visit.work, int(number))
    return redirect("/admin/tokens")


def _page(visit: Visit, form: Form) -> Response:
    page = TokensPage(
        rows=tuple(list_token_rows(visit.work)),
        form=form,
        studies=tuple(list_studies(visit.work)),
        roles=ROLES,
        may_reach_all=visit.work.actor.studies is None,
        most_days=MOST_TOKEN_DAYS,
        days=TOKEN_DAYS,
    )
    return render(visit, "admin/tokens.html", page, status=200 if form.ok else 422)
