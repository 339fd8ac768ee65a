"""Refuses bodies that are too large, with the same kind of answer as every other refusal.

FastAPI's own limit answers in plain text, also where a problem is promised.
"""

import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journey.web.errors import answer
from journey.web.i18n import gettext as _

TOO_LARGE = "Wat u stuurt, is te groot."


class BodyLimit:
    """At most `most` bytes: by what the header announces, else by what comes in.

    `larger` has the limits of addresses that take files, by a pattern of the whole path. There the refusal is raised
    where the body is read, so that the view can say it on its own page.
    """

    def __init__(self, app: ASGIApp, *, most: int, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.most = most
        self.larger = [(re.compile(path), limit) for path, limit in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        own = next((limit for path, limit in self.larger if path.fullmatch(str(scope["path"]))), None)
        most = own or self.most
        announced = request.headers.get("content-length", "")
        too_large = announced.isdecimal() and int(announced) > most
        if too_large and own is None:
            await answer(request, 413, _(TOO_LARGE))(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            if too_large:
                raise HTTPException(413, _(TOO_LARGE))
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413, _(TOO_LARGE))
            return message

        await self.app(scope, counted, send)
