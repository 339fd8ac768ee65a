"""Between password and work: the code of the second step, and setting it up the first time."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import AtTheDoor
from journey.auth.door import CodesPage, let_in
from journey.auth.guard import is_known_device, settle_sign_in
from journey.auth.queries import get_own_session
from journey.auth.second_step import address_of, count_wrong, secret_to_be, switch_on, try_code
from journey.auth.sessions import end_sessions, open_session
from journey.models import User, UserSession, stored_id
from journey.web.cookies import DEVICE, SESSION, read_cookie
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class CodePage:
    form: Form


@dataclass(frozen=True)
class SetUpPage:
    """`qr` is the picture as a data address; `secret` in groups of four, to type."""

    form: Form
    qr: str
    secret: str
    required: bool


@router.get("/second-step")
def ask(visit: AtTheDoor) -> Response:
    user, _sitting = get_own_session(visit.work, visit.session_id)
    if not visit.half_session:
        return redirect("/")
    if user.second_step_since is None:
        return redirect("/second-step/set-up")
    return render(visit, "auth/second_step.html", CodePage(Form()))


@router.post("/second-step")
def check(visit: AtTheDoor) -> Response:
    user, sitting = get_own_session(visit.work, visit.session_id)
    if not visit.half_session:
        return redirect("/")
    form = visit.form()
    code = form.figures("code", required=True)
    moment = visit.house.clock.true_now()
    if form.ok and try_code(visit.work, user, sitting, code, moment, known_device=_is_known(visit, user)):
        return _verified(visit, user, sitting, redirect("/"))
    if sitting.revoked_at is not None:
        return redirect("/")
    form.refuse("code", _("Deze code klopt niet, of is al gebruikt. Neem de nieuwste code uit uw app."))
    return render(visit, "auth/second_step.html", CodePage(form), status=422)


@router.get("/second-step/set-up")
def show_set_up(visit: AtTheDoor) -> Response:
    user, _sitting = get_own_session(visit.work, visit.session_id)
    if user.second_step_since is not None:
        return redirect("/second-step" if visit.half_session else "/account")
    return _set_up_page(visit, user, Form())


@router.post("/second-step/set-up")
def set_up(visit: AtTheDoor) -> Response:
    """A first code proves that the app knows the secret; then a new session, so that an older cookie is worth
    nothing."""
    user, sitting = get_own_session(visit.work, visit.session_id)
    if user.second_step_since is not None:
        return redirect("/second-step" if visit.half_session else "/account")
    form = visit.form()
    code = form.figures("code", required=True)
    secret = secret_to_be(visit.work, user, _token(visit))
    codes = switch_on(visit.work, user, secret, code, visit.house.clock.true_now()) if form.ok else None
    if codes is None:
        if form.ok:
            count_wrong(visit.work, sitting)
        if sitting.revoked_at is not None:
            return redirect("/")
        form.refuse("code", _("Deze code klopt niet. Staat de klok van uw telefoon goed?"))
        return _set_up_page(visit, user, form)
    end_sessions(visit.work, stored_id(user), but=sitting.id)  # they were opened with less
    page = CodesPage(tuple(codes), "/" if visit.half_session else "/account")
    return _verified(visit, user, sitting, render(visit, "auth/recovery_codes.html", page))


def _verified(visit: Visit, user: User, sitting: UserSession, answer: Response) -> Response:
    """A new session in place of the present one."""
    device = read_cookie(visit.request, visit.house.settings, DEVICE)
    settle_sign_in(visit.work, user.email, device)
    token = open_session(visit.work, user, verified=True, device=sitting.device)
    return let_in(visit, answer, token, user.email)


def _is_known(visit: Visit, user: User) -> bool:
    device = read_cookie(visit.request, visit.house.settings, DEVICE)
    return is_known_device(visit.house.vault, user.email, device)


def _token(visit: Visit) -> str:
    return read_cookie(visit.request, visit.house.settings, SESSION)


def _set_up_page(visit: Visit, user: User, form: Form) -> Response:
    import segno

    secret = secret_to_be(visit.work, user, _token(visit))
    picture = segno.make(address_of(secret, user.email), error="m", micro=False)
    page = SetUpPage(
        form=form,
        qr=picture.svg_data_uri(scale=5, border=3, dark="#000", light="#fff"),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        required=visit.house.settings.is_production,
    )
    return render(visit, "auth/set_up.html", page, status=200 if form.ok else 422)
