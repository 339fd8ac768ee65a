"""Connections of the server itself, for where no proxy stands before it: what comes before a request may be only so
long and take only so much time. Bodies have limits of their own (`journey.web.limits`).
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
LARGEST_HEAD: Final = 32_768


class TooLong(Exception):
    """Ends the reading; the parser answers with 400 and closes."""


class BoundedHttp(HttpToolsProtocol):
    """From the first moment of a connection, and from the first byte of each next request, the head has ten seconds."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:  # half a header is kept by the parser until its end comes
            self._head += len(data)
            if self._head > 2 * LARGEST_HEAD:
                self._close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._end()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        if self._in_head:  # what comes behind a body in parts is no head
            self._size += size
            if self._size > LARGEST_HEAD:
                raise TooLong

    def _begin(self) -> None:
        self._in_head, self._head, self._size = True, 0, 0
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._close)

    def _end(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
