"""The routes as they were read, and a place to hand in a new version."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from journey.auth.access import Admin
from journey.auth.scope import refuse_if_scoped
from journey.models import RouteVersion
from journey.route.definition import RouteDefinition, parse_route
from journey.route.queries import get_version, list_versions, read_version
from journey.route.service import record_route
from journey.rules.errors import DomainError
from journey.web.forms import Form, said
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

LONGEST_FILE = 200_000


@dataclass(frozen=True)
class RoutesPage:
    versions: tuple[RouteVersion, ...]
    form: Form
    may_add: bool


@dataclass(frozen=True)
class RoutePage:
    version: RouteVersion
    definition: RouteDefinition


@router.get("/admin/routes")
def show_routes(visit: Admin) -> Response:
    return _page(visit, Form())


@router.get("/admin/routes/{version}")
def show_route(visit: Admin, version: int) -> Response:
    row = get_version(visit.work, version)
    return render(visit, "admin/route.html", RoutePage(row, read_version(row)))


@router.post("/admin/routes")
def hand_in_route(visit: Admin) -> Response:
    """A file, or the text itself; a refusal names the line and the field, and the text is still there."""
    refuse_if_scoped(visit.work)
    form, source = _typed(visit)
    text = form.text("toml", required=True, most=LONGEST_FILE)
    if form.ok:
        savepoint = visit.work.session.begin_nested()
        try:
            row = record_route(visit.work, parse_route(text + "\n", source))
        except DomainError as refusal:
            savepoint.rollback()
            form.refuse("toml", said(refusal))
        else:
            savepoint.commit()
            return redirect(f"/admin/routes/{row.id}")
    return _page(visit, form, status=422)


def _typed(visit: Visit) -> tuple[Form, str]:
    """The form, with the content of a handed-in file in place of the text, and the name for messages."""
    file = visit.form_data.get("file")
    if not isinstance(file, UploadFile):
        return visit.form(), _("de tekst")
    with file.file:
        content = file.file.read(LONGEST_FILE * 4)
    if not file.filename:
        return visit.form(), _("de tekst")
    name = file.filename[-80:]
    try:
        return Form({"toml": content.decode("utf-8-sig")}), name
    except UnicodeDecodeError:
        form = Form({"toml": visit.form().typed("toml")})
        form.refuse("file", _("%(file)s is geen tekst in UTF-8.", file=name))
        return form, name


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    page = RoutesPage(tuple(list_versions(visit.work)), form, visit.work.actor.studies is None)
    return render(visit, "admin/routes.html", page, status=status)
