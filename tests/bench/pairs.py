"""The load of the bench, as a process of its own: `python -m tests.bench.pairs`, a job as JSON in, what happened out.

A closed loop of as many connections as the job says: each opens a page, gives the answer that stands in it, and only
then goes on. It asks for packed pages, as phones do. An answer counts when its status says that it was kept.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvloop

HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|idempotency_key|step|subject)" value="([^"]*)"')
QUESTIONS = 3  # of somebody who sent in a CV and went to the desk: both steps, and the staff there
ACTION = re.compile(r'<form [^>]*action="([^"]+/ratings)"')


@dataclass
class Seen:
    """`opened`, `submitted`: seconds of each; `kept`: token, step and subject of each acknowledged answer."""

    seconds: float = 0.0
    opened: list[float] = field(default_factory=list)
    submitted: list[float] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    def close(self) -> None:
        self._writer.close()

    async def ask(
        self, path: str, form: dict[str, str] | None = None, heads: str = "", body: bytes = b""
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body as it came, and heads in lower case. A form is posted as a browser does; so is a body with the
        `heads` that say what it is, each with its line end."""
        if form is not None:
            body = urlencode(form).encode()
            heads += "Content-Type: application/x-www-form-urlencoded\r\n"
        method = "GET"
        if form is not None or body:
            method = "POST"
            heads += f"Origin: http://{self.host}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {len(body)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: gzip\r\n{heads}\r\n"
        self._writer.write(head.encode() + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            name = name.lower()
            if name == "set-cookie":  # all of them, as a browser sends them back
                value = "; ".join(filter(None, (found.get(name), value.partition(";")[0])))
            found[name] = value
        content = await self._reader.readexactly(int(found["content-length"]))
        return int(lines[0].split()[1]), content, found


def text_of(content: bytes, heads: dict[str, str]) -> str:
    return (gzip.decompress(content) if heads.get("content-encoding") == "gzip" else content).decode()


async def timed(
    connection: Connection, into: list[float], path: str, form: dict[str, str] | None = None
) -> str:
    began = time.perf_counter()
    status, content, heads = await connection.ask(path, form)
    into.append(time.perf_counter() - began)
    if status != 200:
        raise RuntimeError(f"{status} at {path}")
    return "" if form is not None else text_of(content, heads)


async def hello(connection: Connection, token: str, seen: Seen) -> None:
    await timed(connection, seen.opened, "/")


async def bare(connection: Connection, token: str, seen: Seen) -> None:
    await timed(connection, seen.opened, f"/{token}")
    await timed(connection, seen.submitted, f"/{token}", {"step": "werkplein", "value": "positive"})
    seen.kept.append((token, "werkplein", "step"))


async def journey(connection: Connection, token: str, seen: Seen) -> None:
    """Every question that this person has not answered yet; the page is opened before each."""
    for _ in range(QUESTIONS):
        page = await timed(connection, seen.opened, f"/p/{token}")
        fields = dict(HIDDEN.findall(page))
        action = ACTION.search(page)
        if action is None or "step" not in fields:
            raise RuntimeError("a page without a question")
        await timed(connection, seen.submitted, action[1], {**fields, "value": "positive"})
        seen.kept.append((token, fields["step"], fields["subject"]))


KINDS = {"hello": hello, "bare": bare, "journey": journey}


async def work(job: dict[str, Any], tokens: Iterator[str], seen: Seen, connection: Connection) -> None:
    for token in tokens:
        try:
            await KINDS[job["kind"]](connection, token, seen)
        except Exception as fault:
            seen.wrong.append(f"{type(fault).__name__}: {fault}"[:200])
            connection.close()
            await connection.open()
    connection.close()


async def run(job: dict[str, Any]) -> Seen:
    seen, tokens = Seen(), iter(job["tokens"])
    connections = [Connection(job["port"]) for _ in range(job["connections"])]
    for connection in connections:
        await connection.open()
    began = time.perf_counter()
    await asyncio.gather(*(work(job, tokens, seen, connection) for connection in connections))
    seen.seconds = time.perf_counter() - began
    return seen


def main() -> None:
    uvloop.install()
    json.dump(asdict(asyncio.run(run(json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
