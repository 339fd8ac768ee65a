"""Where Twilio delivers what people text us."""

from dataclasses import replace

from fastapi import APIRouter, Response

from journey.outbox.service import GATEWAY
from journey.outbox.signatures import Gateway
from journey.portal.inbound import receive_text
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/webhooks/twilio", route_class=UnitOfWork, include_in_schema=False)
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@router.post("/inbound")
def inbound(visit: Gateway) -> Response:
    """Answers with nothing: the confirmation of a stop goes through the outbox, so that it is sent once."""
    form = visit.form()
    receive_text(
        replace(visit.work, actor=GATEWAY),
        form.typed("From"),
        form.typed("Body")[:5000],
        form.typed("MessageSid")[:64],
    )
    return Response(NOTHING_TO_SAY, media_type="text/xml")
