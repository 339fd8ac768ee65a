"""Messages and replies as researchers see them, and where the gateway reports what became of a message."""

import re
from dataclasses import dataclass, replace

from fastapi import APIRouter, Response

from journey.audit.service import record_view, record_views
from journey.auth.access import Admin, Researcher
from journey.outbox.overview import STATE_GROUPS, Costs, Filters, Listing, list_costs, list_page
from journey.outbox.queries import ShownMessage, ShownReply, get_message, list_replies
from journey.outbox.sending import resume_sending
from journey.outbox.service import GATEWAY, close_reply, record_report
from journey.outbox.signatures import Gateway
from journey.outbox.wording import advice, occasion_words, state_words
from journey.web.forms import Form
from journey.web.health import Halt, find_halt
from journey.web.i18n import gettext as _
from journey.web.ids import RowId
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class MessagesPage:
    filters: Filters
    listing: Listing
    costs: list[Costs]
    groups: tuple[tuple[str, str], ...]
    replies: list[ShownReply]
    occasions: dict[str, str]
    states: dict[str, tuple[str, str]]
    sender: str
    is_console: bool
    halt: Halt | None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Occasions to filter on: those of participants."""
        return [(name, words) for name, words in self.occasions.items() if name != "digest"]


@dataclass(frozen=True)
class MessagePage:
    message: ShownMessage
    occasion: str
    state: str
    kind: str
    sender: str
    is_console: bool
    advice: str


@router.get("/messages")
def messages(
    visit: Researcher, state: str = "", occasion: str = "", q: str = "", on: str = "", page: str = "1"
) -> Response:
    typed = Form({"q": q, "on": on})
    filters = Filters(
        state=state if state in STATE_GROUPS else "",
        occasion=occasion if occasion in occasion_words() else "",
        person=typed.typed("q").strip()[:40],
        on=typed.day("on"),
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )
    listing, replies = list_page(visit.work, filters), list_replies(visit.work)
    _leave_trail(visit, listing, replies)
    return render(
        visit,
        "outbox/messages.html",
        MessagesPage(
            filters,
            listing,
            list_costs(visit.work),
            tuple((name, _group_words()[name]) for name in STATE_GROUPS),
            replies,
            occasion_words(),
            state_words(),
            _sender(visit),
            _is_console(visit),
            find_halt(visit.work),
        ),
    )


@router.get("/messages/{message_id}")
def message(visit: Researcher, message_id: RowId) -> Response:
    row = _seen(visit, get_message(visit.work, message_id))
    record_view(visit.house, visit.work, "message.view", f"{row.code} {row.id}")
    word, kind = state_words()[row.state]
    page = MessagePage(
        message=row,
        occasion=occasion_words()[row.occasion],
        state=word,
        kind=kind,
        sender=_sender(visit),
        is_console=_is_console(visit),
        advice=advice(row.state, row.error),
    )
    return render(visit, "outbox/message.html", page)


@router.post("/messages/replies/{reply_id}/read")
def read_reply(visit: Researcher, reply_id: RowId) -> Response:
    close_reply(visit.work, reply_id)
    return redirect("/messages")


@router.post("/admin/sending/resume")
def resume(visit: Admin) -> Response:
    resume_sending(visit.work)
    return redirect("/admin")


@router.post("/webhooks/twilio/status/{message_id}")
def status(visit: Gateway, message_id: RowId) -> Response:
    """Twice, late or out of order: only a higher rank counts. Always answered well, or it would be sent for days."""
    form = visit.form()
    record_report(
        replace(visit.work, actor=GATEWAY),
        message_id,
        form.typed("MessageStatus"),
        form.typed("MessageSid")[:64],
        form.typed("ErrorCode")[:20],
    )
    return Response(status_code=204)


def _leave_trail(visit: Visit, listing: Listing, replies: list[ShownReply]) -> None:
    """Who gets which messages is told of a person, and what somebody texted is read: both are looks at a person."""
    record_views(visit.house, visit.work, "message.list", [row.code for row in listing.rows])
    record_views(visit.house, visit.work, "reply.view", [one.code or "unknown number" for one in replies])


def _group_words() -> dict[str, str]:
    return {
        "waiting": _("staat klaar"),
        "underway": _("onderweg of onzeker"),
        "arrived": _("verstuurd of aangekomen"),
        "failed": _("niet aangekomen"),
        "cancelled": _("niet verstuurd"),
    }


def _is_console(visit: Visit) -> bool:
    return bool(visit.house.settings.gateway == "console")


def _sender(visit: Visit) -> str:
    return visit.house.settings.twilio_from or _("Onderzoek")


def _seen(visit: Visit, row: ShownMessage) -> ShownMessage:
    """Where messages really go out, a link is the key to somebody's page and is not shown."""
    return row if _is_console(visit) else replace(row, body=re.sub(r"(/p/)\w+", r"\1…", row.body))
