"""A small Twilio on loopback, spoken to by the official client: it answers as it is told and keeps what it got."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from journey.settings import Settings
from tests.support.server import served

ACCOUNT = "AC" + "0" * 32
SECRET = "twilio-auth-token-of-this-test"


@dataclass
class FakeTwilio:
    """`plan` holds (status, code) per request, the last one for all that follow; `hang` seconds before it answers."""

    plan: list[tuple[int, int]] = field(default_factory=lambda: [(201, 0)])
    hang: float = 0
    before_answer: Callable[[], None] | None = None
    got: list[dict[str, str]] = field(default_factory=list)
    authorized: list[bool] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (part := await receive())["type"] == "http.request":
            body += part["body"]
            if not part.get("more_body"):
                break
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
        self.authorized.append(dict(scope["headers"]).get(b"authorization", b"").decode() == expected)
        self.got.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
        self.got[-1]["path"] = scope["path"]
        if self.before_answer:
            self.before_answer()
        time.sleep(self.hang)
        status, code = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        answer = {"sid": f"SM{len(self.got):032d}", "status": "queued"}
        if status >= 400:
            answer = {"code": code or status, "message": "no", "status": status}  # type: ignore[dict-item]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


@contextmanager
def running(twilio: FakeTwilio) -> Iterator[str]:
    with served(lambda _address: twilio) as address:
        yield address


def twilio_settings(database_url: str, address: str = "http://127.0.0.1:1") -> Settings:
    return Settings(
        database_url=database_url,
        gateway="twilio",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SECRET,  # type: ignore[arg-type]
        twilio_from="+3197010000000",
        twilio_api_url=address,
    )
