"""Where to tell a weakness (RFC 9116): `/.well-known/security.txt`, only where the installation names a contact."""

from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from journey.auth.access import Everyone
from journey.rules.errors import NotFound
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
HOLDS = timedelta(days=182)


@router.get("/.well-known/security.txt")
def security_text(visit: Everyone) -> PlainTextResponse:
    settings = visit.house.settings
    until = settings.security_contact_until or visit.work.today + HOLDS
    if not settings.security_contact or until < visit.work.today:
        raise NotFound("Deze pagina bestaat niet.")
    expires = datetime.combine(until, time(), UTC)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url.rstrip('/')}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n")
