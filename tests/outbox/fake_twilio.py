"""A small Twilio on loopback, spoken to by the official client: it keeps what it took, lists it in pages, reports on
it with a signature, and gives trouble as it is told."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.types import Receive, Scope, Send
from twilio.request_validator import RequestValidator

from journey.settings import Settings
from tests.support.pages import PageClient
from tests.support.server import served

ACCOUNT = "AC" + "0" * 32
SECRET = "twilio-auth-token-of-this-test"
Step = tuple[int, int] | tuple[int, int, str]
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@dataclass
class Taken:
    """A message that Twilio accepted: it will be sent, whatever its client heard."""

    sid: str
    to: str
    body: str
    callback: str
    created: datetime
    status: str = "queued"
    error: int | None = None

    def listed(self) -> dict[str, object]:
        return {
            "sid": self.sid,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "error_code": self.error,
            "date_created": format_datetime(self.created),
            "date_sent": None,
        }


@dataclass
class FakeTwilio:
    """`plan` holds (status, code) per message, the last one for all that follow: below 400 it is taken. A third part
    `"taken"` takes it and answers with the error all the same. `hang` seconds go by before an answer. `before` and
    `after` (an answer is made) are told the number of the request; what `before` gives goes before the plan."""

    plan: list[Step] = field(default_factory=lambda: [(201, 0)])
    listing: int = 200
    hang: float = 0
    page_size: int = 50
    before: Callable[[int], Step | None] | None = None
    after: Callable[[int], None] | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    got: list[dict[str, str]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    lists: int = 0
    authorized: list[bool] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            part = await receive()
            if part["type"] != "http.request":
                return  # cut off halfway: nobody would act on half a request
            body, more = body + part["body"], part.get("more_body", False)
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
        self.authorized.append(dict(scope["headers"]).get(b"authorization", b"").decode() == expected)
        if scope["method"] == "POST":
            status, answer = self._create(scope["path"], _fields(body))
        else:
            status, answer = self._list(_fields(scope["query_string"]))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _create(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        with self._lock:
            self.got.append({**fields, "path": path})
            number = len(self.got)
        step = self.before(number) if self.before else None
        if step is None:
            step = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        status, code, *more = step
        if status < 400 or more:
            with self._lock:
                sid = f"SM{len(self.taken) + 1:032d}"
                row = Taken(sid, fields["To"], fields["Body"], fields["StatusCallback"], self.clock())
                self.taken.append(row)
        time.sleep(self.hang)
        if self.after:
            self.after(number)
        if status >= 400:
            return status, {"code": code or status, "message": "no", "status": status}
        return status, row.listed()

    def _list(self, query: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Newest first, in pages that are smaller than asked for."""
        self.lists += 1
        if self.listing >= 400:
            return self.listing, {"code": self.listing, "message": "no", "status": self.listing}
        with self._lock:
            rows = [row for row in reversed(self.taken) if row.to == query.get("To", row.to)]
        page = int(query.get("Page", 0))
        shown = rows[page * self.page_size : (page + 1) * self.page_size]
        more = len(rows) > (page + 1) * self.page_size
        following = f"{MESSAGES}?{urlencode({**query, 'Page': page + 1})}" if more else None
        return 200, {"messages": [row.listed() for row in shown], "next_page_uri": following}

    def report(self, client: PageClient, row: Taken, status: str, error: str = "") -> int:
        """Tell the product what became of a message, as Twilio does."""
        return signed(
            client,
            urlsplit(row.callback).path,
            {"MessageStatus": status, "MessageSid": row.sid, **({"ErrorCode": error} if error else {})},
        )


def signed(client: PageClient, path: str, fields: dict[str, str], secret: str = SECRET) -> int:
    """Post a form as Twilio would, with its signature over our public address."""
    signature = RequestValidator(secret).compute_signature("http://127.0.0.1:8000" + path, fields)
    return int(client.post(path, data=fields, headers={"X-Twilio-Signature": signature}).status_code)


def _fields(form: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(form.decode()).items()}


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
