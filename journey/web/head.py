"""HEAD wherever GET answers (RFC 9110, 9.3.2): probes, link checkers and calendars ask so before they fetch.

The view answers as to a GET, so that status and headers are those of the page itself; only the body stays behind.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAnswers:
    """Below the line of the request, which tells the method as it was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, _allowing_head(send) if scope["type"] == "http" else send)
            return
        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, _without_body(_allowing_head(send)))
        finally:
            scope["route"] = asked.get("route")


def _without_body(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return told


def _allowing_head(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            headers = MutableHeaders(scope=message)
            allowed = [method.strip() for method in headers.get("Allow", "").split(",")]
            if "GET" in allowed and "HEAD" not in allowed:
                headers["Allow"] = ", ".join([*allowed, "HEAD"])
        await send(message)

    return told
