"""Who is told that sending is halted, who can do something about it, and what probes see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from journey.models import WorkerBeat
from journey.outbox.gateways import Outcome
from journey.outbox.sending import record_trouble
from journey.work import House
from journey.worker import beat
from tests.outbox.posting import sending
from tests.support.build import csrf_of, sign_in
from tests.support.pages import PageClient

NEWS = "Er gaan nu geen berichten uit"


@pytest.fixture
def halted(house: House) -> None:
    with house.work() as work:
        record_trouble(work, Outcome("halt", error="401/20003"))


def ready(client: PageClient) -> dict[str, object]:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    return dict(answer.json())


def test_the_administrator_is_told_and_can_have_it_tried_again(
    app: FastAPI, house: House, halted: None
) -> None:
    admin = sign_in(app, "admin@example.org", "admin")
    page = admin.get("/admin").text
    assert NEWS in page and "401/20003" in page and "Nu opnieuw proberen" in page
    answer = admin.post("/admin/sending/resume", data={"csrf_token": csrf_of(admin)})
    assert (answer.status_code, NEWS in answer.text) == (200, False)
    state = sending(house)
    assert state is not None and (state.halted_at, state.wait_until) == (None, None)


def test_a_researcher_is_told_but_has_no_button(app: FastAPI, halted: None) -> None:
    researcher = sign_in(app, "ria@example.org", "researcher")
    page = researcher.get("/messages").text
    assert NEWS in page and "Nu opnieuw proberen" not in page
    answer = researcher.post("/admin/sending/resume", data={"csrf_token": csrf_of(researcher)})
    assert answer.status_code == 403


def test_the_privacy_officer_sees_no_button(app: FastAPI, halted: None) -> None:
    page = sign_in(app, "piet@example.org", "privacy").get("/admin").text
    assert NEWS in page and "Nu opnieuw proberen" not in page


def test_without_trouble_nobody_is_told_anything(app: FastAPI) -> None:
    assert NEWS not in sign_in(app, "admin@example.org", "admin").get("/admin").text


def test_a_probe_sees_a_halt_and_stays_ready(client: PageClient, halted: None) -> None:
    assert ready(client)["sending"] == "halted"


def test_trouble_that_may_pass_is_waiting(client: PageClient, house: House) -> None:
    with house.work() as work:
        record_trouble(work, Outcome("busy", error="503"))
    assert ready(client)["sending"] == "waiting"


def test_before_any_worker_a_probe_says_so(client: PageClient) -> None:
    seen = ready(client)
    assert (seen["worker"], seen["worker_age_seconds"], seen["sending"]) == ("never", None, "on")


def test_a_worker_that_rings_is_alive(client: PageClient, house: House) -> None:
    beat(house, house.clock.now())
    beat(house, house.clock.now())
    seen = ready(client)
    assert seen["worker"] == "alive" and seen["worker_age_seconds"] in range(30)


def test_a_worker_that_fell_silent_is_stale_but_the_web_stays_ready(client: PageClient, house: House) -> None:
    beat(house, house.clock.now() - timedelta(minutes=2))
    seen = ready(client)
    assert seen["worker"] == "stale" and int(str(seen["worker_age_seconds"])) >= 120


def test_the_beat_names_the_process(house: House) -> None:
    import os

    beat(house, house.clock.now())
    with house.work(write=False) as work:
        assert work.session.get_one(WorkerBeat, 1).leader.endswith(f":{os.getpid()}")
