"""Refuses bodies that are too large or stop coming, with the same kind of answer as every other refusal.

FastAPI's own limit answers in plain text, also where a problem is promised.
"""

import re
from collections.abc import Mapping

import anyio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journey.web.errors import answer

TOO_LARGE = "Wat u stuurt, is te groot."
TOO_SLOW = "Wat u stuurt, kwam niet aan. Probeer het nog eens."
SILENCE = 30.0
MOST_DIGITS = 15


class BodyLimit:
    """At most `most` bytes: by what the header announces, else by what comes in; each next part within `silence`
    seconds, so that nobody holds many requests open with bodies that never end.

    `larger` has the limits of addresses that take files, by a pattern of the whole path. There the refusal is raised
    where the body is read, so that the view can say it on its own page.
    """

    def __init__(
        self, app: ASGIApp, *, most: int, larger: Mapping[str, int] | None = None, silence: float = SILENCE
    ) -> None:
        self.app = app
        self.most = most
        self.silence = silence
        self.larger = [(re.compile(path), limit) for path, limit in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        own = next((limit for path, limit in self.larger if path.fullmatch(str(scope["path"]))), None)
        most = own or self.most
        announced = request.headers.get("content-length", "")
        too_large = announced.isdecimal() and (len(announced) > MOST_DIGITS or int(announced) > most)
        if too_large and own is None:
            await answer(request, 413, TOO_LARGE)(scope, receive, send)
            return
        size, complete = 0, False

        async def counted() -> Message:
            nonlocal size, complete
            if too_large:
                raise HTTPException(413, TOO_LARGE)
            if complete:  # what comes now is only that the visitor left, however long that takes
                return await receive()
            try:
                with anyio.fail_after(self.silence):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, TOO_SLOW) from None
            complete = not message.get("more_body", False)
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self.app(scope, counted, send)
