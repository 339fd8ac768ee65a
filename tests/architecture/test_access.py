"""Every view declares who may use it; a view that forgot would be open to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from journey.auth.access import Access, Everyone

# Served by the framework itself, meant for everyone.
OPEN = {"/static", "/api/v1/openapi.json"}


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """All routes, also those of included routers, which FastAPI keeps in routers of their own."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from flat(included.routes) if included else [route]


def undeclared(routes: Iterable[BaseRoute]) -> list[str]:
    return [_shown(route) for route in flat(routes) if not _declares(route)]


def _declares(route: BaseRoute) -> bool:
    if not isinstance(route, APIRoute):
        return getattr(route, "path", None) in OPEN
    return sum(isinstance(inner.call, Access) for inner in route.dependant.dependencies) == 1


def _shown(route: BaseRoute) -> str:
    endpoint = getattr(route, "endpoint", None)
    return f"{getattr(route, 'path', route)} ({getattr(endpoint, '__module__', '?')})"


def test_every_view_declares_who_may_use_it(app: FastAPI) -> None:
    assert undeclared(app.routes) == []


def test_the_views_inside_the_rooms_are_looked_at(app: FastAPI) -> None:
    assert "/sign-in" in {getattr(route, "path", "") for route in flat(app.routes)}


def test_a_view_that_forgot_is_noticed() -> None:
    room = APIRouter()

    @room.get("/declared")
    def declared(visit: Everyone) -> None: ...

    @room.get("/forgotten")
    def forgotten() -> None: ...

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(room)
    assert undeclared(app.routes) == [f"/forgotten ({__name__})"]
