"""Messages and replies as researchers see them, and where the gateway reports what became of a message."""

import re
from dataclasses import dataclass, replace

from fastapi import APIRouter, Response

from journey.auth.access import Admin, Everyone, Researcher
from journey.outbox.queries import ShownMessage, ShownReply, get_message, list_messages, list_replies
from journey.outbox.sending import resume_sending
from journey.outbox.service import GATEWAY, close_reply, record_report
from journey.outbox.signatures import check_signature
from journey.web.health import Halt, find_halt
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


def occasion_words() -> dict[str, str]:
    return {
        "link": _("Link gevraagd"),
        "call_announced": _("Belafspraak aangekondigd"),
        "missed_call": _("Oproep gemist"),
        "step_to_rate": _("Vraag over een stap"),
        "appointment": _("Afspraak"),
        "thanks": _("Bedankt"),
        "stop_confirmed": _("Afmelding bevestigd"),
        "answer": _("Antwoord op een sms"),
        "digest": _("De dag in het kort"),
    }


def state_words() -> dict[str, tuple[str, str]]:
    """The word for a state and the kind of its tag."""
    return {
        "ready": (_("staat klaar"), "accent"),
        "sending": (_("wordt verstuurd"), "accent"),
        "accepted": (_("onderweg"), "accent"),
        "uncertain": (_("onzeker: misschien aangekomen"), "warning"),
        "failed": (_("mislukt"), "danger"),
        "sent": (_("verstuurd"), "success"),
        "delivered": (_("aangekomen"), "success"),
        "undelivered": (_("niet aangekomen"), "danger"),
        "cancelled": (_("niet verstuurd"), "still"),
    }


@dataclass(frozen=True)
class MessagesPage:
    messages: list[ShownMessage]
    replies: list[ShownReply]
    occasions: dict[str, str]
    states: dict[str, tuple[str, str]]
    sender: str
    is_console: bool
    halt: Halt | None


@dataclass(frozen=True)
class MessagePage:
    message: ShownMessage
    occasion: str
    state: str
    kind: str
    sender: str
    is_console: bool


@router.get("/messages")
def messages(visit: Researcher) -> Response:
    return render(
        visit,
        "outbox/messages.html",
        MessagesPage(
            [_seen(visit, row) for row in list_messages(visit.work)],
            list_replies(visit.work),
            occasion_words(),
            state_words(),
            _sender(visit),
            _is_console(visit),
            find_halt(visit.work),
        ),
    )


@router.get("/messages/{message_id}")
def message(visit: Researcher, message_id: int) -> Response:
    row = _seen(visit, get_message(visit.work, message_id))
    word, kind = state_words()[row.state]
    page = MessagePage(row, occasion_words()[row.occasion], word, kind, _sender(visit), _is_console(visit))
    return render(visit, "outbox/message.html", page)


@router.post("/messages/replies/{reply_id}/read")
def read_reply(visit: Researcher, reply_id: int) -> Response:
    close_reply(visit.work, reply_id)
    return redirect("/messages")


@router.post("/admin/sending/resume")
def resume(visit: Admin) -> Response:
    resume_sending(visit.work)
    return redirect("/admin")


@router.post("/webhooks/twilio/status/{message_id}")
def status(visit: Everyone, message_id: int) -> Response:
    """Twice, late or out of order: only a higher rank counts. Always answered well, or it would be sent for days."""
    check_signature(visit)
    form = visit.form()
    record_report(
        replace(visit.work, actor=GATEWAY),
        message_id,
        form.typed("MessageStatus"),
        form.typed("MessageSid")[:64],
        form.typed("ErrorCode")[:20],
    )
    return Response(status_code=204)


def _is_console(visit: Visit) -> bool:
    return bool(visit.house.settings.gateway == "console")


def _sender(visit: Visit) -> str:
    return visit.house.settings.twilio_from or _("Onderzoek")


def _seen(visit: Visit, row: ShownMessage) -> ShownMessage:
    """Where messages really go out, a link is the key to somebody's page and is not shown."""
    return row if _is_console(visit) else replace(row, body=re.sub(r"(/p/)\w+", r"\1…", row.body))
