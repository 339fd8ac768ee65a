"""A form can only be sent from our own pages: where the browser says it came from, and a field bound to the session."""

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from journey.rules.errors import Forbidden

FIELD = "csrf_token"
PORTS = {"http": 80, "https": 443}
REFUSAL = "Deze pagina was te lang open, of het formulier kwam van een andere plek. Laad de pagina opnieuw."


def token_for(session_hash: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"csrf:{session_hash}".encode(), hashlib.sha256).hexdigest()


def check_origin(request: Request, base_url: str) -> None:
    """Refuse what the browser says came from another site; who says nothing is no browser with our cookie.

    Older phones send no `Sec-Fetch-Site`: their `Origin` must be our public address. `Host` may have been rewritten by
    a proxy; it counts where it still names the address that was opened, such as on a demo in the same building.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Forbidden(REFUSAL)
        return
    origin = request.headers.get("Origin")
    if origin is None:
        return
    given = _place(origin)
    host = request.headers.get("Host", "")
    if given is None or given not in (_place(base_url), _place(f"{given[0]}://{host}")):
        raise Forbidden(REFUSAL)


def _place(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port, however they were written; None for what is no address of the web."""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


class StalePage(Forbidden):
    """The form came from a page of an earlier session, of our own: what was typed is given back to be sent again."""


def check_field(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
        raise StalePage(REFUSAL)
