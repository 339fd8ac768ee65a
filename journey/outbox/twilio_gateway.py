"""Twilio through its official client, with a time limit and an address from the settings; nothing it sends is logged.

Messages have no idempotency key there. So what may have arrived is `uncertain` and not sent again: the status
callback, whose address carries our own id, tells later what became of it.
"""

import logging
from typing import Any, Final

from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import NewConnectionError

from journey.outbox.gateways import Outcome, Parcel
from journey.settings import Settings

TWILIO: Final = "https://api.twilio.com"
TIMEOUT_SECONDS: Final = 10

# Codes of Twilio's own list. What is in neither is judged by the HTTP status.
PERMANENT: Final = frozenset({21211, 21212, 21408, 21610, 21612, 21614, 21635, 30004, 30005, 30006, 30007})
PASSING: Final = frozenset({20429, 30001, 30002, 30003, 30008})
REFUSES_US: Final = frozenset({20003})
MAYBE_SENT: Final = frozenset({500, 504})

logging.getLogger("twilio.http_client").setLevel(
    logging.WARNING
)  # below that it writes addresses and answers


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client has no time limit and knows one address."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base = base.rstrip("/")

    def request(self, method: str, uri: str, *args: Any, **options: Any) -> Any:
        if self._base and uri.startswith(TWILIO):
            uri = self._base + uri.removeprefix(TWILIO)
        return super().request(method, uri, *args, **options)


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
        except (TwilioRestException, TwilioServiceException) as refusal:
            return _judged(int(refusal.status), int(refusal.code or 0))
        except ConnectTimeout:
            return Outcome("retry", error="connect timeout")
        except NotConnected as problem:
            return _unconnected(problem)
        except (RequestException, TwilioException) as problem:
            return Outcome("uncertain", error=type(problem).__name__)
        return Outcome("accepted", gateway_id=made.sid)


def _judged(status: int, code: int) -> Outcome:
    named = f"{status}/{code}" if code and code != status else str(status)
    if status == 401 or code in REFUSES_US:
        return Outcome("halt", error=named)
    if code in PERMANENT:
        return Outcome("failed", error=named)
    if code in PASSING or status == 429:
        return Outcome("retry", error=named)
    if status in MAYBE_SENT:
        return Outcome("uncertain", error=named)
    return Outcome("retry" if status >= 500 else "failed", error=named)


def _unconnected(problem: Exception) -> Outcome:
    """Nothing was sent when no connection was made; one that broke halfway leaves us unsure."""
    cause = getattr(problem.args[0], "reason", None) if problem.args else None
    if isinstance(cause, NewConnectionError):
        return Outcome("retry", error="no connection")
    return Outcome("uncertain", error="connection broken")
