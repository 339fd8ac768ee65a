"""The addresses of operators: probes, open to everyone because they say nothing about anyone, and metrics, for this
machine or with a token."""

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from journey.auth.access import Everyone
from journey.rules.errors import NotFound
from journey.web.health import readiness, worker_health
from journey.web.metrics import exposition
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

# What a proxy adds. Behind a proxy on the same machine everybody seems to come from this machine.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@router.get("/health/live")
def live(visit: Everyone) -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/health/ready")
def ready(visit: Everyone) -> JSONResponse:
    """503 only for what this process cannot do. A worker that is gone or a gateway that refuses us is told but stays
    200: taking web processes out of service would not bring either back."""
    state = readiness(visit.house, visit.work)
    if not state.ok:
        return JSONResponse({"status": "unavailable", "problems": list(state.problems)}, 503)
    seen = worker_health(visit.work)
    return JSONResponse(
        {
            "status": "ok",
            "problems": [],
            "worker": seen.worker,
            "worker_age_seconds": seen.age_seconds,
            "sending": seen.sending,
            "queue_age_seconds": seen.queue_age_seconds,
        }
    )


@router.get("/metrics")
def metrics(visit: Everyone) -> Response:
    """In the text format of Prometheus. Whoever may not read it hears that there is no such page."""
    if not _may_measure(visit):
        raise NotFound("Deze pagina bestaat niet.")
    text = exposition(visit.request.app.state.metrics, visit.house, visit.work)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _may_measure(visit: Visit) -> bool:
    expected = visit.house.settings.metrics_token.get_secret_value()
    given = visit.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if expected and hmac.compare_digest(given.encode(), expected.encode()):
        return True
    return _is_from_here(visit.request)


def _is_from_here(request: Request) -> bool:
    """Straight from a loopback address, to a loopback name, through no proxy."""
    host = request.client.host if request.client else ""
    return (
        _is_loopback(host)
        and (request.url.hostname == "localhost" or _is_loopback(request.url.hostname or ""))
        and not any(name in request.headers for name in FORWARDED)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
