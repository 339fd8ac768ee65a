"""How the scripts know that an answer is ours, and how the server knows a tap that nobody aimed.

The log-in page of a wifi network, a filter or a proxy answers a tap with 200 as well. A script that sends one names its
key in a head; our answer repeats the key in a head and in its last words, which no page in between does by chance.
`static/tap.js` takes nothing else for an answer.
"""

import re
from datetime import datetime
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "Journey-Tap"
KEY: Final = re.compile(r"[\w.:-]{1,200}", re.ASCII)
ASKED: Final = "asked"
UNREAD_MS: Final = 1000


class TapMark:
    """Marks the answers to taps, and says where to go next instead of redirecting: the page that a redirect leads to
    would come without the mark.

    Around everything that refuses, so that a refusal is known as ours too. An answer is marked after the commit,
    because it leaves after it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A redirect of somebody else may lead a tap to a page of ours: looking at it is no answer to what was sent.
        sent = scope["type"] == "http" and scope["method"] == "POST"
        key = Headers(scope=scope).get(HEADER, "") if sent else ""
        if not KEY.fullmatch(key):
            await self.app(scope, receive, send)
            return
        words = b""

        async def marked(message: Message) -> None:
            nonlocal words
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[HEADER] = key
                if message["status"] == 303:
                    _lead_on(message, headers)
                if headers.get("Content-Type", "").startswith("text/html"):
                    words = mark_of(key).encode()
                    if "Content-Length" in headers:
                        headers["Content-Length"] = str(int(headers["Content-Length"]) + len(words))
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                message = {**message, "body": message.get("body", b"") + words}
            await send(message)

        await self.app(scope, receive, marked)


def mark_of(key: str) -> str:
    """The last words of an answer to the tap with this key."""
    return f"<!--tap {key}-->"


def _lead_on(message: Message, headers: MutableHeaders) -> None:
    message["status"] = 200
    headers["HX-Redirect"] = headers["Location"]
    headers["Content-Type"] = "text/html; charset=utf-8"
    del headers["Location"]


def asked_at(now: datetime) -> int:
    """For the hidden field `asked` of a question that came under the thumb by a tap: milliseconds of the moment it was
    made."""
    return int(now.timestamp() * 1000)


def is_same_tap(asked: str, now: datetime) -> bool:
    """Whether a post came faster than anybody reads what it answers: it is the second half of the tap before
    (rules, 42c). `asked` is the field as it was sent; without one, or with anything else in it, the tap was aimed."""
    return asked.isdecimal() and len(asked) < 16 and 0 <= asked_at(now) - int(asked) < UNREAD_MS
