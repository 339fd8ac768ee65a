"""Refuses bodies that are too large, with the same kind of answer as every other refusal.

FastAPI's own limit answers in plain text, also where a problem is promised.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journey.web.errors import answer
from journey.web.i18n import gettext as _

TOO_LARGE = "Wat u stuurt, is te groot."


class BodyLimit:
    """At most `most` bytes: by what the header announces, else by what comes in."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.most:
            await answer(request, 413, _(TOO_LARGE))(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.most:
                raise HTTPException(413, _(TOO_LARGE))
            return message

        await self.app(scope, counted, send)
