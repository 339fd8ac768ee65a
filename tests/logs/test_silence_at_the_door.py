"""The secret of the second step and its codes, a file of people, a photo and a spoken sentence leave nothing of what
was in them in the log or the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from journey.app import create_app
from journey.models import AuditEntry, Upload
from journey.portal.service import create_link
from journey.settings import Settings
from journey.texts.approval import list_sentences
from journey.web.spoken import mark_of
from tests.access.world import CONSENT, visitor
from tests.auth.door import build_door
from tests.logs.conftest import Heard
from tests.support.build import build_participant, csrf_of, get_study_by, sign_in
from tests.support.desk import STUDY, build_desk
from tests.upload.samples import mp3, photo_from_a_phone

NAME, PHONE, FILE_NAME = "Quirijna Zonnedauw", "0651234567", "foto-van-quirijna.jpg"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, uploads=str(tmp_path / "uploads"), today=date(2026, 3, 16))


@pytest.fixture
def app(heard: Heard, settings: Settings) -> Iterator[FastAPI]:
    app = create_app(settings)
    yield app
    app.state.house.database.close()


def left(heard: Heard, session: Session, secrets: list[str]) -> list[str]:
    """Which of the secrets stand in the log or the trail."""
    trail = "\n".join(str(entry.model_dump()) for entry in session.exec(select(AuditEntry)).all())
    everything = (heard.all + trail).lower()
    assert "answered" in everything
    return [secret for secret in secrets if secret.lower() in everything]


def test_the_second_step_leaves_no_secret_and_no_code(app: FastAPI, heard: Heard, session: Session) -> None:
    door = build_door(app)
    recovery = door.switch_on()
    door.sign_out()
    codes = [door.code(), "000000", "0000-0000-0000"]
    for code in codes[1:]:
        door.password()
        assert door.post("/second-step", code=code).status_code == 422
    assert door.post("/second-step", code=recovery[0]).status_code in (200, 303)
    door.sign_out()
    door.password()
    door.post("/second-step", code=codes[0])
    assert len(recovery) == 10
    assert left(heard, session, [door.secret, *recovery, recovery[0].replace("-", ""), *codes]) == []


def test_a_file_of_people_leaves_nothing_of_its_rows(app: FastAPI, heard: Heard, session: Session) -> None:
    client = build_desk(app).client
    file = f"naam;telefoon;route\n{NAME};{PHONE};27plus\n{NAME};geen nummer;onbekend\n".encode()
    answer = client.post(
        f"/studies/{STUDY}/import",
        data={"csrf_token": csrf_of(client), "content": "participants", "separator": ";"},
        files={"file": (FILE_NAME, file)},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    client.get(place)
    client.post(place, data={"csrf_token": csrf_of(client)}, follow_redirects=False)
    assert left(heard, session, [NAME, "Zonnedauw", PHONE, "geen nummer", FILE_NAME]) == []


def test_a_photo_leaves_neither_its_name_nor_its_place(app: FastAPI, heard: Heard, session: Session) -> None:
    desk = build_desk(app)
    with desk.work() as work:
        person = build_participant(
            work, get_study_by(work, STUDY), call_name=NAME, phone=PHONE, consent=CONSENT
        )
        link = create_link(work, person).link.rpartition("/")[2]
    file = {"file": (FILE_NAME, photo_from_a_phone(), "image/jpeg")}
    answer = visitor(app).post(f"/p/{link}/photo", data={"sending": "1"}, files=file)
    assert answer.status_code in (200, 303), answer.text
    stored = session.exec(select(Upload.stored_as)).one()
    assert left(heard, session, [FILE_NAME, "Telefoonmerk", "Grote Markt", link, stored, NAME]) == []


def test_a_spoken_sentence_leaves_neither_its_file_nor_its_words(
    app: FastAPI, heard: Heard, session: Session
) -> None:
    admin = sign_in(app, "ad@example.nl", "admin")
    with app.state.house.work(write=False) as work:
        said = list_sentences(work, "tr")[0].said
    answer = admin.post(
        "/admin/languages/tr/recordings",
        data={"csrf_token": csrf_of(admin), "mark": mark_of(said)},
        files={"file": (FILE_NAME, mp3(seconds=2), "audio/mpeg")},
    )
    assert answer.status_code == 200, answer.text
    assert left(heard, session, [FILE_NAME, said]) == []
