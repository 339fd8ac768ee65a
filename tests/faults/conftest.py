"""A running installation on the chosen database, and a report of what was tried (`--report FOLDER`)."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from journey import migrations
from journey.auth.service import create_token
from journey.models import Participant
from journey.settings import Settings
from journey.work import House
from tests.faults.installation import Installation
from tests.faults.load import Load
from tests.outbox.fake_twilio import FakeTwilio, running
from tests.support.build import build_participant, build_study
from tests.support.postgres import PostgresServer

PEOPLE = 12


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--report", type=Path, help="folder for faults-DATABASE.txt and .json")


@pytest.fixture
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Numbers a fault wants in the report."""
    numbers: dict[str, Any] = {}
    request.node.user_properties.append(("told", numbers))
    return numbers


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.failed:
        _reports.append(report)


_reports: list[pytest.TestReport] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder: Path | None = session.config.getoption("report")
    if folder is None:
        return
    database = session.config.getoption("database")
    rows = [
        {
            "fault": report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " "),
            "outcome": report.outcome,
            "seconds": round(report.duration, 1),
            **dict(report.user_properties).get("told", {}),
        }
        for report in _reports
    ]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    folder.mkdir(parents=True, exist_ok=True)
    head = {"date": when, "machine": machine, "database": database}
    (folder / f"faults-{database}.json").write_text(json.dumps({**head, "faults": rows}, indent=1) + "\n")
    lines = [f"Faults on {database}, {when}", machine, ""]
    for row in rows:
        more = [f"{name} {row[name]}" for name in row if name not in ("fault", "outcome", "seconds")]
        shown = f"{row['fault']} ({', '.join(more)})" if more else row["fault"]
        lines.append(f"{row['outcome']:<7} {row['seconds']:>6} s  {shown}")
    (folder / f"faults-{database}.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("database") == "sqlite")


@pytest.fixture
def postgres(on_sqlite: bool) -> Iterator[PostgresServer | None]:
    """A server of this test alone, for it may be killed."""
    if on_sqlite:
        yield None
        return
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres: PostgresServer | None, tmp_path: Path) -> str:
    url = postgres.url() if postgres else f"sqlite:///{tmp_path / 'journey.db'}"
    migrations.upgrade(url)
    return url


@pytest.fixture
def twilio() -> Iterator[tuple[FakeTwilio, str]]:
    fake = FakeTwilio()
    with running(fake) as address:
        yield fake, address


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, env="development", uploads=str(tmp_path / "uploads"))


@pytest.fixture
def installation(database_url: str, tmp_path: Path, twilio: tuple[FakeTwilio, str]) -> Iterator[Installation]:
    running_one = Installation(tmp_path, database_url, twilio[1])
    try:
        yield running_one
    finally:
        running_one.stop()


@pytest.fixture
def load(house: House, installation: Installation) -> Load:
    """A study with people, and callers who can rate their first step; not started yet."""
    with house.work() as work:
        study = build_study(work)
        people = [build_participant(work, study, phone=f"0612{one:06d}") for one in range(PEOPLE)]
        token = create_token(work, "researcher", study.code)
        step = first_step(work, people[0])
        codes = [person.code for person in people]
    return Load(installation.address, token, codes, step)


def first_step(work: Any, person: Participant) -> str:
    from journey.participant.queries import get_journey
    from journey.route.queries import get_definition

    return str(get_definition(work, get_journey(work, person).route_version_id).steps[0].id)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own that is soon full; needs the right to mount."""
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}M", "journey-faults", str(folder)],
        capture_output=True,
    )
    if made.returncode:
        pytest.fail(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Takes every byte that is left; remove the file to have room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


def has_faketime() -> str:
    found = shutil.which("faketime")
    if found is None:
        pytest.fail("moving the clock needs Debian's package faketime")
    return found
