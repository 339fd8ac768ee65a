"""Every test keeps its files in a folder of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from journey.settings import Settings


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def settings(database_url: str, today: date | None, uploads: Path) -> Settings:
    return Settings(database_url=database_url, env="development", today=today, uploads=str(uploads))
