"""Lead times, figures and the report on screen."""

from fastapi import APIRouter

from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
