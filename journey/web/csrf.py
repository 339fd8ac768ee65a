"""A form can only be sent from our own pages: where the browser says it came from, and a field bound to the session."""

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from journey.rules.errors import Forbidden

FIELD = "csrf_token"
REFUSAL = "Deze pagina was te lang open, of het formulier kwam van een andere plek. Laad de pagina opnieuw."


def token_for(session_hash: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"csrf:{session_hash}".encode(), hashlib.sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Refuse what the browser says came from another site; who says nothing is no browser with our cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Forbidden(REFUSAL)
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise Forbidden(REFUSAL)


def check_field(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
        raise Forbidden(REFUSAL)
