"""Recordings of sentences in an S3-compatible store: kept, listed, played in parts, backed up, and never in the way of
a page when the store is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from journey.operations.backup import backup
from journey.operations.restore import read_pieces
from journey.rules.errors import Invalid
from journey.settings import Settings
from journey.web import spoken
from journey.web.spoken import (
    find_recording,
    keep_recording,
    list_recordings,
    mark_of,
    put_back_recording,
    recordings_address,
)
from journey.work import House
from tests.operations.fake_s3 import FakeS3, fake_s3
from tests.support.build import csrf_of, sign_in

OGG = b"OggS\x00\x02" + b"\x00" * 60
WORDS = "Beni arayın"
NAME = f"{mark_of(WORDS)}.ogg"


@pytest.fixture
def store() -> Iterator[FakeS3]:
    spoken._LISTED.clear()
    with fake_s3() as server:
        yield server


@pytest.fixture
def settings(database_url: str, store: FakeS3) -> Settings:
    return Settings(
        database_url=database_url,
        uploads="s3://bucket/city",
        s3_endpoint=store.address,
        s3_key_id="key-id",
        s3_secret="of-a-test",  # type: ignore[arg-type]
    )


def test_an_administrator_records_into_the_store_and_everybody_plays_from_it(
    app: FastAPI, store: FakeS3
) -> None:
    admin = sign_in(app, "ad@example.org", "admin", None)
    admin.post(
        "/admin/languages/tr/recordings",
        data={"csrf_token": csrf_of(admin), "mark": mark_of(WORDS)},
        files={"file": ("a", OGG)},
    )
    assert store.objects[f"/bucket/city/recordings/tr/{NAME}"][0] == OGG
    assert admin.get("/recordings/tr").text == NAME
    part = admin.get(f"/recordings/tr/{NAME}", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"Og", "audio/ogg")


def test_another_recording_takes_the_place_of_the_former(settings: Settings, store: FakeS3) -> None:
    keep_recording(settings, "tr", WORDS, OGG)
    first = recordings_address(settings, "tr")
    keep_recording(settings, "tr", WORDS, b"ID3" + b"\x00" * 60)
    assert [key.rpartition(".")[2] for key in store.objects] == ["mp3"]
    assert recordings_address(settings, "tr") not in ("", first)


def test_pages_do_not_ask_the_store_each_time(settings: Settings, store: FakeS3) -> None:
    keep_recording(settings, "tr", WORDS, OGG)
    recordings_address(settings, "tr")
    asked = store.asked
    assert recordings_address(settings, "tr")
    assert store.asked == asked
    assert list_recordings(settings, "tr", fresh=True)
    assert store.asked > asked


def test_what_another_process_recorded_is_not_kept_under_a_state_that_is_not_known_here(
    app: FastAPI, settings: Settings
) -> None:
    keep_recording(settings, "tr", WORDS, OGG)
    admin = sign_in(app, "ad@example.org", "admin", None)
    known = admin.get(recordings_address(settings, "tr")).headers["cache-control"]
    other = admin.get("/recordings/tr?v=12345678").headers["cache-control"]
    assert ("max-age" in known, other) == (True, "no-cache")


def test_a_store_that_is_away_is_no_reason_to_show_no_page(
    settings: Settings, store: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_recording(settings, "tr", WORDS, OGG)
    monkeypatch.setattr(spoken, "LISTED_SECONDS", 0.0)
    before = recordings_address(settings, "tr")
    store.failing = 3
    assert recordings_address(settings, "tr") == before != ""
    assert store.failing == 0


def test_a_back_up_takes_them_along_and_puts_them_back(
    house: House, settings: Settings, store: FakeS3, tmp_path: Path
) -> None:
    keep_recording(settings, "tr", WORDS, OGG)
    backup(house, tmp_path / "night")
    ((head, sound),) = [
        piece for piece in read_pieces(tmp_path / "night", house.vault) if piece[0]["kind"] == "recording"
    ]
    assert (head["name"], sound) == (f"tr/{NAME}", OGG)
    other = settings.model_copy(update={"uploads": "s3://bucket/other"})
    put_back_recording(other, "tr", NAME, sound)
    assert find_recording(other, "tr", NAME) == OGG


@pytest.mark.parametrize(("language", "name"), [("xx", NAME), ("tr", "../../journey.db"), ("..", NAME)])
def test_a_back_up_writes_nowhere_else(settings: Settings, store: FakeS3, language: str, name: str) -> None:
    with pytest.raises(Invalid, match="beschadigd"):
        put_back_recording(settings, language, name, OGG)
    assert not store.objects
