"""Around every request: its number, one line in the log, and a tick in the metrics.

The line names the address as the code knows it (`/p/{token}`), never as it was sent, and the kind and role of who
asks, never a name. The number comes back in `X-Request-ID`, and stands in the audit trail and on the page of a fault.
"""

import logging
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journey.logs import HEADER, facts, new_number, numbered
from journey.web.metrics import RequestMetrics

log = logging.getLogger("journey.request")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "unknown"
FRAMEWORK_PATHS = frozenset({"/api/v1/openapi.json"})


class RequestLine:
    """The outermost of our own middleware, so that a refusal by another one has a line too."""

    def __init__(self, app: ASGIApp, *, metrics: RequestMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = new_number()  # never one that came along: a visitor could take that of somebody else
        scope.setdefault("state", {})["number"] = number
        begun, status = perf_counter(), 500

        async def with_number(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        with numbered(number):
            try:
                await self.app(scope, receive, with_number)
            finally:
                self._tell(scope, status, perf_counter() - begun)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        template = template_of(scope)
        self.metrics.observe(template, method, status, seconds)
        log.info(
            "answered",
            extra=facts(
                method=method,
                route=template,
                status=status,
                ms=round(seconds * 1000, 1),
                actor=_actor_of(scope),
            ),
        )


def template_of(scope: Scope) -> str:
    """The address of the view that answered, with its parameters as names."""
    if path := getattr(scope.get("route"), "path", None):
        return str(path)
    if scope.get("root_path") == "/static":
        return "/static"
    return str(scope["path"]) if scope["path"] in FRAMEWORK_PATHS else UNKNOWN


def _actor_of(scope: Scope) -> str:
    actor = getattr(scope["state"].get("visit"), "actor", None)
    return f"{actor.kind}/{actor.role}" if actor else "nobody"
