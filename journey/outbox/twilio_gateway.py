"""Twilio through its official client, with a time limit and an address from the settings; nothing it sends is logged.

Messages have no idempotency key there. So what may have arrived is `uncertain` and not sent again blindly: the status
callback, whose address carries our own id, or Twilio's own list tells later what became of it.
"""

import logging
from typing import Any, Final

from requests import Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from journey.outbox.gateways import NotListed, Outcome, Parcel, Trace
from journey.settings import Settings

TWILIO: Final = "https://api.twilio.com"
TIMEOUT_SECONDS: Final = 10
CONNECTIONS: Final = 16
PAGE_SIZE: Final = 100
MOST_LISTED: Final = 2000

# Codes of Twilio's own list. What is in none is judged by the HTTP status.
STOPPED: Final = frozenset({21610})
PERMANENT: Final = frozenset({21211, 21212, 21408, 21612, 21614, 21635, 30004, 30005, 30006, 30007})
PASSING: Final = frozenset({30001, 30002, 30003, 30008})
OVERLOADED: Final = frozenset({20429})
REFUSES_US: Final = frozenset({20003})
MAYBE_SENT: Final = frozenset({500, 504})


class _HttpClient(HttpClient):  # type: ignore[misc]
    """Twilio's own has no time limit, knows one address, logs what it sends, and keeps its last answer where another
    thread may take it. What the machine says of proxies and certificates is asked once, not for every message."""

    def __init__(self, base: str) -> None:
        super().__init__(logging.getLogger("journey.outbox"), False, TIMEOUT_SECONDS)
        self._base = base.rstrip("/")
        self._session = Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        found = self._session.merge_environment_settings(self._base or TWILIO, {}, None, None, None)
        self._session.proxies, self._session.verify = found["proxies"], found["verify"]
        self._session.trust_env = False

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        *_more: Any,
        **_options: Any,
    ) -> Response:
        if self._base and url.startswith(TWILIO):
            url = self._base + url.removeprefix(TWILIO)
        answer = self._session.request(
            method, url, params, data, headers, auth=auth, timeout=self.timeout, allow_redirects=False
        )
        return Response(answer.status_code, answer.text, answer.headers)


class TwilioGateway:
    def __init__(self, settings: Settings) -> None:
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=_HttpClient(settings.twilio_api_url),
        )
        self._from = settings.twilio_from
        self._base_url = settings.base_url.rstrip("/")

    def send(self, parcel: Parcel) -> Outcome:
        try:
            made = self._client.messages.create(
                to=parcel.recipient,
                from_=self._from,
                body=parcel.body,
                status_callback=f"{self._base_url}/webhooks/twilio/status/{parcel.id}",
            )
        except (RequestException, TwilioException) as problem:
            return _outcome(problem)
        return Outcome("accepted", gateway_id=made.sid)

    def find_account(self) -> Outcome:
        """Whether Twilio answers and knows us, without sending anything: `accepted`, else as for a parcel."""
        try:
            self._client.api.accounts(self._client.account_sid).fetch()
        except (RequestException, TwilioException) as problem:
            return _outcome(problem)
        return Outcome("accepted")

    def list_sent(self, recipient: str) -> list[Trace]:
        """By number alone: the date Twilio can filter on is empty until a message has left."""
        try:
            found = list(self._client.messages.stream(to=recipient, page_size=PAGE_SIZE, limit=MOST_LISTED))
        except (RequestException, TwilioException) as problem:
            raise NotListed(_outcome(problem)) from None
        if len(found) >= MOST_LISTED:
            raise NotListed(Outcome("retry", error="list too long"))
        return [
            Trace(
                row.sid,
                str(row.status or ""),
                row.date_created,
                row.body or "",
                str(row.error_code or ""),
            )
            for row in found
            if row.sid and row.date_created
        ]


def _outcome(problem: Exception) -> Outcome:
    if isinstance(problem, TwilioRestException | TwilioServiceException):
        return _judged(int(problem.status), int(problem.code or 0))
    response = next((part for part in problem.args if hasattr(part, "status_code")), None)
    if response is not None:  # how the client says that a page of a list was refused
        return _judged(int(response.status_code), 0)
    if isinstance(problem, ConnectTimeout):
        return Outcome("busy", error="connect timeout")
    if isinstance(problem, NotConnected):
        return _unconnected(problem)
    return Outcome("uncertain", error=type(problem).__name__)


def _judged(status: int, code: int) -> Outcome:
    named = f"{status}/{code}" if code and code != status else str(status)
    if code in REFUSES_US or (status in (401, 403) and code not in PERMANENT | STOPPED):
        return Outcome("halt", error=named)
    if code in STOPPED:
        return Outcome("stopped", error=named)
    if code in PERMANENT:
        return Outcome("failed", error=named)
    if code in OVERLOADED or status == 429:
        return Outcome("busy", error=named)
    if code in PASSING:
        return Outcome("retry", error=named)
    if status in MAYBE_SENT:
        return Outcome("uncertain", error=named)
    return Outcome("busy" if status >= 500 else "failed", error=named)


def _unconnected(problem: Exception) -> Outcome:
    """Nothing was sent when no connection was made; one that broke halfway leaves us unsure."""
    cause = getattr(problem.args[0], "reason", None) if problem.args else None
    if isinstance(cause, NewConnectionError):
        return Outcome("busy", error="no connection")
    return Outcome("uncertain", error="connection broken")
