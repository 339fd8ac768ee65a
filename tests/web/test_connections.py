"""What comes before a request may be only so long and take only so much time, also without a proxy."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from journey.web import connections

PATIENCE = 20.0
HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


def connect(address: str) -> socket.socket:
    there = urlsplit(address)
    return socket.create_connection((there.hostname or "", there.port or 0), timeout=PATIENCE)


def read_all(line: socket.socket) -> bytes:
    """Until the server closes; TimeoutError when it does not."""
    found = b""
    try:
        while piece := line.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize("begun", [b"", b"GET / HT", HEAD + b"X-Long: a"])
def test_a_head_that_does_not_end_is_let_go(
    live_server: str, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with connect(live_server) as line:
        line.sendall(begun)
        assert read_all(line) == b""


def test_so_is_a_second_one_on_the_same_connection(live_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with connect(live_server) as line:
        line.sendall(HEAD + b"\r\n" + HEAD)
        assert read_all(line).count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(40)) + b"\r\n",
        HEAD + b"X-Long: " + b"a" * 200_000,
        b"GET /" + b"a" * 200_000,
    ],
    ids=["many headers", "one header", "an address"],
)
def test_a_head_that_is_too_long_is_refused(live_server: str, head: bytes) -> None:
    with connect(live_server) as line:
        try:
            line.sendall(head)
        except (ConnectionResetError, BrokenPipeError):
            return
        assert b" 200 " not in read_all(line)


def test_an_ordinary_request_is_answered_and_may_take_its_time(
    live_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(live_server) as line:
        line.sendall(HEAD + b"X-Long: " + b"a" * 8000 + b"\r\nConnection: close\r\n\r\n")
        assert read_all(line).startswith(b"HTTP/1.1 200")
