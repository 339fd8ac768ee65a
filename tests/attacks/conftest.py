"""A desk on a fixed Monday, for who attacks what stands there."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI

from tests.support.desk import MONDAY, Desk, build_desk


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    return build_desk(app)
