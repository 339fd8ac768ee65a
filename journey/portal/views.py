"""The own page of a participant, typed codes, and the public pages about trust."""

from fastapi import APIRouter

from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
