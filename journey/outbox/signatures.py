"""Refuses what claims to come from the gateway and is not signed by it."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from journey.auth.access import Access
from journey.auth.guard import network_of
from journey.auth.throttle import count_try
from journey.rules.errors import Forbidden
from journey.web.visit import Visit

WRONG_PER_QUARTER: Final = 20


@dataclass(frozen=True)
class GatewayAccess(Access):
    """Forbidden unless the gateway signed this form; TooManyTries after twenty wrong ones from one origin in a quarter
    of an hour. What is signed well is never refused, however many wrong ones came before: behind a proxy that was not
    named all visitors have one origin, and a STOP must come through.
    """

    async def __call__(self, request: Request) -> Visit:
        visit = await super().__call__(request)
        if not is_signed(visit):
            await run_in_threadpool(_count_wrong, visit)
            raise Forbidden("De handtekening klopt niet.")
        return visit


Gateway = Annotated[Visit, Depends(GatewayAccess(None))]


def is_signed(visit: Visit) -> bool:
    """Whether the gateway signed this form, over our public address: a proxy in between does not change it."""
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    settings, url = visit.house.settings, visit.request.url
    secret = settings.twilio_auth_token.get_secret_value()
    address = settings.base_url.rstrip("/") + url.path + (f"?{url.query}" if url.query else "")
    fields = {name: str(value) for name, value in visit.form_data.items()}
    signature = visit.request.headers.get("X-Twilio-Signature", "")
    return bool(secret) and RequestValidator(secret).validate(address, fields, signature)


def _count_wrong(visit: Visit) -> None:
    with visit.house.work(origin=visit.origin, long=False) as work:
        count_try(work, f"webhook:{network_of(visit.origin)}"[:120], WRONG_PER_QUARTER)
