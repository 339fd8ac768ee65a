"""After a whole journey, with faults on the way, nothing that anybody said, typed or holds stands in the log, on the
screen of the server or in the audit trail."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select, text

from journey.app import create_app
from journey.auth.service import create_token, create_user
from journey.models import AuditEntry, Call
from journey.outbox.jobs import send_due, settle_uncertain
from journey.rating import api as rating_api
from journey.resources import folder
from journey.rules.ratings import Value
from journey.rules.roles import LEAD, RESEARCHER
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.web.csrf import token_for
from journey.work import House
from journey.worker import HOURLY, NIGHTLY, beat, run_job
from tests.access.world import visitor
from tests.logs.conftest import Heard
from tests.outbox.fake_twilio import FakeTwilio, running, signed, twilio_settings
from tests.support.build import build_study
from tests.support.desk import STUDY
from tests.upload.samples import wav

TODAY = date(2026, 3, 16)
NAME, STREET, PLACE = "Quirijna Zonnedauw", "Zeepaardstraat 12", "2011 QZ HAARLEM"
PHONE = "06 51 23 45 67"
QUOTE, NOTE, WORDS = "het wachten was citroengeel", "haar olifantpad", "mijn tekst met zeepaardjes"
EMAIL, PASSWORD, WRONG = "quirijn@haarlem.nl", "stille wateren 4711", "verkeerd wachtwoord 0815"


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def twilio() -> FakeTwilio:
    """Takes the first texts, then breaks, then refuses a number."""
    return FakeTwilio(plan=[(201, 0), (500, 20500), (400, 21211)])


@pytest.fixture
def settings(database_url: str, twilio: FakeTwilio, tmp_path: Path) -> Iterator[Settings]:
    with running(twilio) as address:
        yield twilio_settings(database_url, address).model_copy(
            update={"uploads": str(tmp_path / "uploads"), "today": TODAY}
        )


@pytest.fixture
def app(heard: Heard, settings: Settings) -> Iterator[FastAPI]:
    app = create_app(settings)
    logging.getLogger("twilio.http_client").setLevel(logging.DEBUG)  # more than it ever says in production
    yield app
    app.state.house.database.close()


class Journey:
    """Everything that happens with one person; `secrets` fills up on the way."""

    def __init__(self, app: FastAPI, twilio: FakeTwilio) -> None:
        self.app, self.twilio = app, twilio
        self.house: House = app.state.house
        self.client, self.phone = visitor(app), visitor(app)
        self.secrets: list[str] = [
            NAME,
            "Zonnedauw",
            STREET,
            PLACE,
            QUOTE,
            NOTE,
            WORDS,
            EMAIL,
            PASSWORD,
            WRONG,
        ]
        self.secrets += [
            PHONE,
            PHONE.replace(" ", ""),
            "+31651234567",
            "31651234567",
            "651234567",
            "06-51234567",
        ]
        self.numbers: list[str] = []

    def post(self, address: str, status: int | tuple[int, ...], client: Any = None, **options: Any) -> Any:
        answer = (client or self.client).post(address, **options)
        allowed = status if isinstance(status, tuple) else (status,)
        assert answer.status_code in allowed, (address, answer.status_code, answer.text[:800])
        self.numbers.append(answer.headers["X-Request-ID"])
        return answer

    def form(self, address: str, status: int | tuple[int, ...], **fields: Any) -> Any:
        return self.post(address, status, data={"csrf_token": self.csrf, **fields})

    def api(self, address: str, status: int, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.post(f"/api/v1{address}", status, visitor(self.app), json=body, headers=headers)

    def sign_in(self) -> None:
        with self.house.work() as work:
            build_study(work, STUDY)
            load_folder(work, folder("seeds") / "consent")
            create_user(work, EMAIL, LEAD, password=PASSWORD, study=STUDY, name="Quirijn Zonnedauw")
            self.token = create_token(work, RESEARCHER, STUDY)
        self.post("/sign-in", 422, data={"email": EMAIL, "password": WRONG})
        self.post("/sign-in", 303, data={"email": EMAIL, "password": PASSWORD})
        cookie = self.client.cookies["journey_session"]
        self.csrf = token_for(cookie, self.house.settings.secret_key.get_secret_value())
        self.secrets += [self.token, cookie, self.csrf]

    def enrol(self) -> None:
        consent = {"participate": True, "quotes": True, "recording": True, "given_via": "oral"}
        person = {
            "route": "27plus",
            "channel": "call",
            "call_name": NAME,
            "phone": PHONE,
            "postal_address": f"{STREET}\n{PLACE}",
            "consent": {**consent, "text_version": "2026-1"},
        }
        self.code = self.api(f"/studies/{STUDY}/participants", 201, person).json()["code"]
        self.api(f"/studies/{STUDY}/participants", 400, {**person, "channel": NAME})
        self.api(f"/participants/{self.code}/steps", 201, _step("werkplein"))
        link = self.api(f"/participants/{self.code}/link", 201).json()
        self.path = "/p/" + link["link"].rpartition("/")[2]
        code = link["letter_code"]
        self.secrets += [self.path[3:], code, code.replace("-", "").replace(" ", "")]

    def take_part(self) -> None:
        self.phone.get(self.path)
        self.phone.get(f"{self.path}?lang=en&naam={NAME}")
        self.phone.get("/p/eenandertokenvaniemand")
        for subject, value in (("step", "negative"), ("staff", "positive")):
            answer = {"step": "werkplein", "subject": subject, "value": value, "quote": QUOTE}
            self.post(f"{self.path}/ratings", (200, 303), self.phone, data=answer)
        typed = self.post("/code", 303, self.phone, data={"code": self.secrets[-1]})
        self.secrets.append(typed.headers["location"].rpartition("/")[2].partition("?")[0])
        self.post("/code", 422, self.phone, data={"code": "bcdf-ghjk"})
        self.path = "/p/" + self.secrets[-1]
        file = {"file": (f"{NAME}.wav", wav(seconds=1), "audio/wav")}
        self.post(f"{self.path}/voice", (200, 303), self.phone, data={"sending": "1"}, files=file)

    def speak(self) -> None:
        with self.house.work(write=False) as work:
            call = work.session.exec(select(Call.id).where(Call.state == "open")).one()
        self.client.get(f"/calls/{call}")
        self.form(f"/calls/{call}/note", (200, 303), note=NOTE)
        self.api(f"/calls/{call}/attempts", 201, {"outcome": "no_answer", "note": NOTE})
        rating = {
            "step": "werkplein",
            "subject": "step",
            "value": "neutral",
            "channel": "call",
            "quote": QUOTE,
        }
        self.api(f"/participants/{self.code}/ratings", 201, rating)
        self.form("/calls/find", 200, sought=PHONE)
        self.client.get("/participants", params={"q": NAME})
        self.form(f"/participants/{self.code}/letter", 200, seen="")

    def text(self, body: str) -> None:
        fields = {
            "From": "+31651234567",
            "Body": body,
            "MessageSid": f"SM{len(body)}",
            "To": "+3197010000000",
        }
        assert signed(self.phone, "/webhooks/twilio/inbound", fields) == 200

    def work_on(self) -> None:
        """The worker's jobs, at an hour at which texts may go."""
        self.form(f"/participants/{self.code}/link", (200, 303))
        for job in (send_due, settle_uncertain, beat, *HOURLY.values(), *NIGHTLY.values()):
            run_job(self.house, "job", job)

    def look_back(self) -> None:
        self.client.get(f"/studies/{STUDY}/figures")
        self.client.get(f"/studies/{STUDY}/report")
        self.form(f"/studies/{STUDY}/export", 200, content="answers", format="csv", purpose="toets")

    def fall(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Faults that quote what they were about; the numbers on their pages."""

        def quote(*_args: Any) -> None:
            raise ValueError(f"{NAME} {PHONE}: {QUOTE} negative")

        def store(work: Any, *_args: Any) -> None:
            words = {"name": NAME, "phone": PHONE, "quote": QUOTE}
            work.session.execute(text("INSERT INTO nothing VALUES (:name, :phone, :quote)"), words)

        rating = {
            "step": "werkplein",
            "subject": "step",
            "value": "negative",
            "channel": "call",
            "quote": QUOTE,
        }
        told = []
        for fault in (quote, store):
            monkeypatch.setattr(rating_api, "record_rating", fault)
            answer = self.api(f"/participants/{self.code}/ratings", 500, rating)
            assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
            assert QUOTE not in answer.text
            told.append(answer.headers["X-Request-ID"])
        run_job(self.house, "broken", lambda _house, _now: quote())
        monkeypatch.undo()
        return told


def _step(step: str) -> dict[str, str]:
    return {"step": step, "happened_on": "2026-03-10", "source": "call"}


def test_a_whole_journey_leaves_no_word_number_or_secret_behind(
    app: FastAPI,
    heard: Heard,
    twilio: FakeTwilio,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    journey = Journey(app, twilio)
    journey.sign_in()
    journey.enrol()
    journey.take_part()
    journey.speak()
    journey.text(WORDS)
    journey.text("1")
    journey.work_on()
    journey.look_back()
    told = journey.fall(monkeypatch)
    journey.text("STOP")
    for job in (send_due, *HOURLY.values()):
        run_job(journey.house, "job", job)
    entries = session.exec(select(AuditEntry)).all()
    trail = "\n".join(str(entry.model_dump()) for entry in entries)
    screen = "".join(capfd.readouterr())
    everything = heard.all + trail + screen

    assert [secret for secret in journey.secrets if secret.lower() in everything.lower()] == []
    assert _answers_beside_a_code(everything, journey.code) == []
    _assert_that_it_was_heard(heard, journey, told, entries)


def _answers_beside_a_code(everything: str, code: str) -> list[str]:
    answers = "|".join(value.value for value in Value)
    return [line for line in everything.splitlines() if code in line and re.search(rf"\b({answers})\b", line)]


def _assert_that_it_was_heard(heard: Heard, journey: Journey, told: list[str], entries: Any) -> None:
    """Silence of a log that hears nothing would prove nothing."""
    requests = [line for line in heard.lines if " journey.request " in line]
    assert [number for number in journey.numbers if not any(number in line for line in requests)] == []
    assert any("route=/p/{token}/ratings status=200" in line for line in requests)
    assert any("actor=token/researcher" in line for line in requests)
    assert any("actor=user/lead" in line for line in requests)
    faults = [line for line in heard.lines if "unhandled" in line]
    assert [
        "ValueError" in faults[0],
        "OperationalError" in faults[1] or "ProgrammingError" in faults[1],
    ] == [True] * 2
    assert [number in line for number, line in zip(told, faults, strict=True)] == [True] * 2
    assert [line for line in heard.lines if "job broken failed: ValueError at " in line and "[run-" in line]
    assert journey.twilio.got, "no text left"
    assert {entry.request for entry in entries if entry.action == "participant.enrol"} <= set(journey.numbers)
