"""The privacy officer's desk on Monday 16 March 2026, and a study with people."""

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
    """Reaches every study."""
    return build_desk(app, "privacy", None)
