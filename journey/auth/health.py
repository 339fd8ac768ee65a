"""The addresses of the probes; open to everyone, because they say nothing about anyone."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from journey.auth.access import Everyone
from journey.web.health import readiness, worker_health
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/health", route_class=UnitOfWork, include_in_schema=False)


@router.get("/live")
def live(visit: Everyone) -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/ready")
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
        }
    )
