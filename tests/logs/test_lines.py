"""A line of the log: its shape, its number, and what is left out of it."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from journey.logs import SafeFormatter, current_request, numbered, place_of
from journey.models import AuditEntry
from journey.settings import Settings
from tests.logs.conftest import Heard
from tests.support.build import PASSWORD, build_user
from tests.support.pages import PageClient


@pytest.fixture
def app(heard: Heard, settings: Settings) -> Iterator[FastAPI]:
    from journey.app import create_app

    app = create_app(settings)
    yield app
    app.state.house.database.close()


def record(name: str, message: str, *args: object, fault: BaseException | None = None) -> logging.LogRecord:
    where = (type(fault), fault, fault.__traceback__) if fault else None
    return logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, where)


def test_json_is_one_object_a_line_with_the_number_of_the_request() -> None:
    with numbered("abc-1"):
        line = json.loads(SafeFormatter("json").format(record("journey.web", "did %s\nit", "really")))
    assert {"time", "level", "logger", "request", "message"} == set(line)
    assert (line["request"], line["level"], line["message"]) == ("abc-1", "error", "did really it")


def test_a_fault_is_its_type_and_place_and_never_its_words() -> None:
    try:
        raise ValueError("Ada, 0612345678")
    except ValueError as fault:
        shown = [
            SafeFormatter(shape).format(record("journey.web", "broke", fault=fault))
            for shape in ("text", "json")
        ]  # type: ignore[arg-type]
    assert all("ValueError at test_lines.py:" in line and "Ada" not in line for line in shown)


def test_of_other_libraries_only_the_first_line_and_figures_are_kept() -> None:
    line = SafeFormatter("text").format(record("asyncio", "Lost %s after %d s\nAda, 0612345678", "Ada", 3))
    assert line.endswith("ERROR asyncio Lost … after 3 s")


def test_the_place_of_a_fault_is_ours_where_it_passed_through_us(client: PageClient) -> None:
    try:
        client.app.state.house.vault.open("nonsense", "here")  # type: ignore[attr-defined]
    except Exception as fault:
        assert re.match(r"\w+ at journey/vault\.py:\d+", place_of(fault))
    assert place_of(KeyError("Ada")) == "KeyError"


def test_an_answer_says_its_number_and_the_trail_has_the_same(
    client: PageClient, app: FastAPI, session: Session
) -> None:
    build_user(app.state.house, "ada@example.org", "researcher")
    sent = {"email": "ada@example.org", "password": PASSWORD}
    answer = client.post("/sign-in", data=sent, headers={"X-Request-ID": "proxy-7"})
    number = answer.history[0].headers["X-Request-ID"]
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "session.open")).one()
    assert entry.request == number != "proxy-7"
    assert re.fullmatch(r"[A-Za-z0-9-]{1,32}", number)


def test_two_requests_have_two_numbers_and_outside_there_is_none(client: PageClient) -> None:
    numbers = {client.get("/health/live").headers["X-Request-ID"] for _ in range(2)}
    assert len(numbers) == 2
    assert current_request() == ""


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/p/secrettoken?naam=Ada", "/p/{token}", 404),
        ("/static/theme.css", "/static", 200),
        ("/ada@example.org", "unknown", 404),
        ("/participants", "/participants", 303),
        ("/api/v1/openapi.json", "/api/v1/openapi.json", 200),
    ],
)
def test_a_request_is_one_line_with_the_address_as_the_code_knows_it(
    client: PageClient, heard: Heard, path: str, route: str, status: int
) -> None:
    client.get(path, follow_redirects=False)
    line = next(line for line in map(json.loads, heard.json.getvalue().splitlines()) if "route" in line)
    assert (line["method"], line["route"], line["status"], line["actor"]) == ("GET", route, status, "nobody")
    assert line["ms"] >= 0
    assert "secrettoken" not in heard.all
    assert "Ada" not in heard.all


def test_the_page_of_a_fault_names_the_number(
    app: FastAPI, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journey.portal import public

    def fall(*_args: object) -> None:
        raise RuntimeError("Ada")

    monkeypatch.setattr(public, "render", fall)
    with PageClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/privacy")
    number = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert (
        f"<bdi>{number}</bdi>" in answer.text
    )  # the page of participants: their language may run the other way
    assert any(number in line and "RuntimeError" in line for line in heard.lines)


def test_json_is_what_production_logs() -> None:
    made = Settings.model_construct
    assert made(env="production", log_format="").log_shape == "json"
    assert made(env="demo", log_format="").log_shape == "text"
    assert made(env="production", log_format="text").log_shape == "text"


def test_the_server_itself_logs_what_it_is_told_to(settings: Settings) -> None:
    """The process that is started: its own handler, and nothing of uvicorn beside it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "JOURNEY_DATABASE_URL": settings.database_url, "JOURNEY_LOG_FORMAT": "json"}
    command = [sys.executable, "-m", "journey", "serve", "--port", str(port), "--no-worker"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/p/secrettoken")
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
    finally:
        process.terminate()
        _out, said = process.communicate(timeout=120)
    lines = [json.loads(line) for line in io.StringIO(said)]
    assert [line["route"] for line in lines if "route" in line] == ["/p/{token}"]
    assert "secrettoken" not in said
