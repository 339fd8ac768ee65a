"""The audit trail to look through and to take along; taking it along is written down too (rules, 36)."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response

from journey.audit.queries import AuditLine, Sought, list_actions, list_lines
from journey.audit.service import record_view
from journey.auth.access import only
from journey.clock import AMSTERDAM
from journey.privacy.downloads import as_csv
from journey.rules.roles import ADMIN, PRIVACY
from journey.web.forms import Form
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

Office = Annotated[Visit, Depends(only(ADMIN, PRIVACY))]
MOST_LINES = 50_000
HEADER = ("wanneer", "wie", "wat", "waarover", "uitkomst", "vanaf", "verzoek")


@dataclass(frozen=True)
class AuditPage:
    """`asked` is the query of the page as it stands, for the next page and the file."""

    lines: tuple[AuditLine, ...]
    actions: tuple[str, ...]
    sought: Sought
    form: Form
    asked: str
    older: int | None


@router.get("/admin/audit")
def show_audit(
    visit: Office,
    action: str = "",
    about: str = "",
    who: str = "",
    since: str = "",
    until: str = "",
    before: str = "",
) -> Response:
    """The last lines, a page at a time; who reaches some studies sees the lines of those."""
    before_id = int(before) if before.isdecimal() and len(before) < 16 else None
    form = Form({"action": action, "about": about, "who": who, "since": since, "until": until})
    sought = _sought(form)
    lines, older = list_lines(visit.work, sought, before=before_id)
    asked = urlencode({name: form.typed(name)[:80] for name in ("action", "about", "who", "since", "until")})
    page = AuditPage(tuple(lines), tuple(list_actions(visit.work)), sought, form, asked, older)
    return render(visit, "admin/audit.html", page)


@router.get("/admin/audit.csv")
def download_audit(
    visit: Office, action: str = "", about: str = "", who: str = "", since: str = "", until: str = ""
) -> Response:
    """The lines that the page would show, newest first, at most fifty thousand."""
    form = Form({"action": action, "about": about, "who": who, "since": since, "until": until})
    lines, _older = list_lines(visit.work, _sought(form), most=MOST_LINES)
    record_view(visit.house, visit.work, "audit.download", f"{len(lines)}")
    rows = [
        (
            line.entry.at.astimezone(AMSTERDAM).isoformat(timespec="seconds"),
            line.who,
            line.entry.action,
            line.entry.object,
            line.entry.result,
            line.entry.origin,
            line.entry.request,
        )
        for line in lines
    ]
    return as_csv("logboek.csv", [HEADER, *rows])


def _sought(form: Form) -> Sought:
    return Sought(
        action=form.typed("action")[:60],
        about=form.typed("about").strip()[:40],
        who=form.typed("who").strip()[:80],
        since=form.day("since"),
        until=form.day("until"),
    )
