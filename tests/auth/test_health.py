"""The probes that operators point at, and what they measure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from journey.models import JobRun, Message, WorkerBeat
from journey.settings import Settings
from journey.work import House
from tests.support.build import build_participant, build_study
from tests.support.databases import Databases
from tests.support.pages import PageClient

pytestmark = pytest.mark.both

TOKEN = "a-token-for-measuring-0001"
HERE = ("127.0.0.1", 50000)
LOCAL = "http://127.0.0.1:8000"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, metrics_token=TOKEN)  # type: ignore[arg-type]


@pytest.fixture
def here(app: FastAPI) -> Iterator[TestClient]:
    """Somebody on this machine."""
    with TestClient(app, base_url=LOCAL, client=HERE) as client:
        yield client


def put_message(house: House, state: str, minutes: int, key: str) -> None:
    """A message that was due so many minutes ago."""
    with house.work() as work:
        moment = work.now - timedelta(minutes=minutes)
        row = Message(
            occasion="answer",
            dedup_key=key,
            recipient="",
            body="",
            state=state,
            due_at=moment,
            created_at=moment,
            updated_at=moment,
        )
        work.session.add(row)


def value(text: str, name: str) -> float:
    return next(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{name} "))


def test_a_running_process_is_alive(client: PageClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


def test_a_migrated_database_is_ready(client: PageClient) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["queue_age_seconds"] == 0


def test_a_database_without_tables_is_not_ready(databases: Databases, tmp_path: Path) -> None:
    from journey.app import create_app

    with databases.bare(tmp_path) as url, PageClient(create_app(Settings(database_url=url))) as client:
        answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["database is not migrated"]


def test_a_queue_that_stands_still_is_seen_at_the_oldest_that_may_go(
    client: PageClient, house: House
) -> None:
    put_message(house, "ready", 30, "1")
    put_message(house, "ready", 5, "2")
    put_message(house, "ready", -60, "3")
    put_message(house, "failed", 600, "4")
    assert 1800 <= client.get("/health/ready").json()["queue_age_seconds"] < 1900


# --- Who may measure -------------------------------------------------------------------------------


def test_somebody_elsewhere_finds_no_metrics(client: PageClient) -> None:
    assert client.get("/metrics").status_code == 404


def test_this_machine_reads_them(here: TestClient) -> None:
    answer = here.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_a_proxy_on_this_machine_is_not_this_machine(here: TestClient, header: str) -> None:
    assert here.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_a_public_name_on_this_machine_is_not_this_machine(here: TestClient) -> None:
    assert here.get("/metrics", headers={"Host": "journey.example"}).status_code == 404


@pytest.mark.parametrize(("sent", "status"), [(TOKEN, 200), ("another-token-of-that-size", 404), ("", 404)])
def test_elsewhere_the_token_opens_them(client: PageClient, sent: str, status: int) -> None:
    assert client.get("/metrics", headers={"Authorization": f"Bearer {sent}"}).status_code == status


def test_without_a_token_in_the_settings_an_empty_one_opens_nothing(database_url: str) -> None:
    from journey.app import create_app

    with PageClient(create_app(Settings(database_url=database_url))) as client:
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_token_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Settings(metrics_token="short")  # type: ignore[arg-type]


# --- What is measured ------------------------------------------------------------------------------


def test_queues_calls_worker_and_jobs_are_counted(here: TestClient, house: House) -> None:
    with house.work() as work:
        build_participant(work, build_study(work))
        work.session.add(WorkerBeat(leader="here:1", beat_at=work.now - timedelta(seconds=90)))
        work.session.add(JobRun(job="publish", run_on=work.today, finished_at=work.now))
    put_message(house, "ready", 10, "1")
    put_message(house, "uncertain", 20, "2")
    put_message(house, "failed", 20, "3")
    told = here.get("/metrics").text
    assert (value(told, "journey_calls_due"), value(told, "journey_call_rounds_open")) == (1, 1)
    assert 600 <= value(told, "journey_queue_age_seconds") < 700
    assert value(told, 'journey_messages{state="uncertain"}') == 1
    assert value(told, 'journey_messages{state="failed"}') == 1
    assert 1200 <= value(told, 'journey_message_oldest_seconds{state="uncertain"}') < 1300
    assert 90 <= value(told, "journey_worker_beat_age_seconds") < 150
    assert value(told, 'journey_job_finished_timestamp_seconds{job="publish"}') > 1_700_000_000
    assert value(told, 'journey_database_pool_connections{state="in_use"}') >= 1
    assert "journey_build_info{" in told


def test_requests_are_counted_by_the_address_as_the_code_knows_it(here: TestClient) -> None:
    for token in ("one", "two"):
        here.get(f"/p/{token}")
    told = here.get("/metrics").text
    assert value(told, 'journey_requests_total{method="GET",route="/p/{token}",status="4xx"}') == 2
    assert value(told, 'journey_request_seconds_count{method="GET",route="/p/{token}",status="4xx"}') == 2
    assert "/p/one" not in told


def test_an_invented_method_makes_no_new_series(here: TestClient) -> None:
    here.request("ADA0612345678", "/health/live")
    told = here.get("/metrics").text
    assert 'method="OTHER"' in told
    assert "ADA" not in told


def test_metrics_name_no_person_and_no_study(here: TestClient, house: House) -> None:
    with house.work() as work:
        code = build_participant(work, build_study(work, "klein-onderzoek"), call_name="Quirijna").code
    told = here.get("/metrics").text
    assert [word for word in (code, "klein-onderzoek", "Quirijna", "Haarlem") if word in told] == []


def test_several_web_processes_answer_for_all(tmp_path: Path) -> None:
    """What one process counted, another one tells."""
    import subprocess
    import sys

    count = "from journey.web.metrics import RequestMetrics as M; m = M(); m.observe('/x', 'GET', 200, 0.1); "
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    said = ""
    for _process in range(2):
        command = [sys.executable, "-c", f"{count}print(m.exposition().decode())"]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert value(said, 'journey_requests_total{method="GET",route="/x",status="2xx"}') == 2
