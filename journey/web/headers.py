"""Headers on every answer: nothing inline but what we hash, no caching of pages, no referrer elsewhere, no framing,
no search engine. Scripts and style sheets get those that say something there.

The referrer policy is `same-origin`: no other site learns an address, and forms keep their `Origin`. With
`no-referrer` Chromium sends `Origin: null`, and phones that send no `Sec-Fetch-Site` could not post at all.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self'{media}; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
TRANSPORT = "max-age=31536000; includeSubDomains"
PERMISSIONS = "camera=(), geolocation=(), microphone=({microphone})"
# Where a participant speaks a message, or an administrator a sentence: the only pages that may hear, and play what they
# heard before it is sent.
SPEAKING = re.compile(r"/p/[^/]+/voice|/admin/languages/[a-z]+")


# What belongs to a page says nothing on a script or a style sheet, and is half a kilobyte of the first visit each.
ASSET = re.compile(r"/static/.+\.(js|css)")
# Nobody asks whether it changed: its address has the hash of its content.
UNCHANGED = ("ETag", "Last-Modified", "Accept-Ranges")

# Keeps the call desk for a network that goes away (`static/worker.js`); its own address would give it nothing to do.
WORKER = "/static/worker.js"


class HeaderPolicy:
    """What is put on an answer; a header that the view set itself stays."""

    def __init__(self, *, https: bool, style_hashes: tuple[str, ...] = ()) -> None:
        style = "".join(f" '{value}'" for value in style_hashes)
        self.policy = POLICY.format(style=style, media="")
        self.speaking_policy = POLICY.format(style=style, media=" blob:")
        self.https = https

    def put(self, headers: MutableHeaders, path: str, status: int) -> None:
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if status == 200 and ASSET.fullmatch(path):
            for name in UNCHANGED:
                del headers[name]
        else:
            self._put_of_page(headers, path)
        if path.startswith("/static/") and status == 200:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            headers.setdefault("Cache-Control", "no-store")
        if path == WORKER:
            headers.setdefault("Service-Worker-Allowed", "/calls")
        if path.startswith("/api/"):
            headers.setdefault("API-Version", "1.0.0")
        if self.https:
            headers.setdefault("Strict-Transport-Security", TRANSPORT)

    def _put_of_page(self, headers: MutableHeaders, path: str) -> None:
        speaks = SPEAKING.fullmatch(path) is not None
        headers.setdefault("Content-Security-Policy", self.speaking_policy if speaks else self.policy)
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")  # for phones that do not know frame-ancestors
        headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        headers.setdefault("Permissions-Policy", PERMISSIONS.format(microphone="self" if speaks else ""))


class SecurityHeaders:
    """Around all but the page of a fault of ours, which the framework makes further out: `errors.broken` puts them."""

    def __init__(self, app: ASGIApp, *, policy: HeaderPolicy) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.policy.put(MutableHeaders(scope=message), str(scope["path"]), message["status"])
            await send(message)

        await self.app(scope, receive, with_headers)
