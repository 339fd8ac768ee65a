"""The addresses of the probes; open to everyone, because they say nothing about anyone."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from journey.auth.access import Everyone
from journey.web.health import readiness
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/health", route_class=UnitOfWork, include_in_schema=False)


@router.get("/live")
def live(visit: Everyone) -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready(visit: Everyone) -> JSONResponse:
    state = readiness(visit.house, visit.work)
    body = {"status": "ok" if state.ok else "unavailable", "problems": list(state.problems)}
    return JSONResponse(body, 200 if state.ok else 503)
