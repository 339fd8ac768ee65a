"""Answers and closing interviews over the API."""

from fastapi import APIRouter

from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork)
