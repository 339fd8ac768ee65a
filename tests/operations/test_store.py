"""Uploads in an S3-compatible store: the same promises as a folder, driven through the real client."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from journey import files as files_module
from journey.files import SealedFiles
from journey.imports import keeping
from journey.imports.keeping import find_kept, keep
from journey.imports.service import Source
from journey.rules.errors import Invalid
from journey.settings import Settings
from journey.vault import Vault
from journey.work import House
from tests.operations.fake_s3 import FakeS3, fake_s3
from tests.support.build import build_study

SECRET = "of-a-test"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeS3]:
    with fake_s3() as server:
        yield server


@pytest.fixture
def store(server: FakeS3) -> Iterator[FakeS3]:
    server.objects.clear()
    server.failing, server.silent = 0, 0.0
    yield server
    server.failing, server.silent = 0, 0.0


def settings_of(store: FakeS3, secret: str = SECRET) -> Settings:
    return Settings(
        uploads="s3://bucket/city", s3_endpoint=store.address, s3_key_id="key-id", s3_secret=secret
    )


@pytest.fixture
def files(store: FakeS3) -> SealedFiles:
    settings = settings_of(store)
    return SealedFiles.of(settings, Vault.from_settings(settings))


def test_what_is_written_is_sealed_and_read_back(files: SealedFiles, store: FakeS3) -> None:
    files.write("ab12", b"my voice", "upload:1")
    assert files.read("ab12", "upload:1") == b"my voice"
    assert list(store.objects) == ["/bucket/city/ab/ab12"]
    assert b"voice" not in store.objects["/bucket/city/ab/ab12"][0]


def test_it_opens_only_for_the_place_it_was_sealed_for(files: SealedFiles) -> None:
    files.write("ab12", b"my voice", "upload:1")
    with pytest.raises(ValueError):
        files.read("ab12", "upload:2")


def test_what_is_gone_is_none_and_may_be_deleted_twice(files: SealedFiles) -> None:
    files.write("ab12", b"x", "p")
    files.delete("ab12")
    files.delete("ab12")
    assert files.read("ab12", "p") is None


def test_the_list_goes_over_pages_and_leaves_other_parts_alone(files: SealedFiles, store: FakeS3) -> None:
    for number in range(5):
        files.write(f"ab{number}", b"x", "p")
    settings = settings_of(store)
    SealedFiles.of(settings, Vault.from_settings(settings), "imports").write("cd1", b"x", "p")
    now = datetime.now(UTC)
    assert list(files.list_older(now + timedelta(minutes=1))) == ["ab0", "ab1", "ab2", "ab3", "ab4"]
    assert list(files.list_older(now - timedelta(hours=1))) == []


def test_a_store_that_stumbles_once_is_asked_again(files: SealedFiles, store: FakeS3) -> None:
    store.failing = 1
    files.write("ab12", b"x", "p")
    assert files.read("ab12", "p") == b"x"


def test_a_store_that_keeps_refusing_is_as_a_full_disk(files: SealedFiles, store: FakeS3) -> None:
    store.failing, store.asked = 9, 0
    with pytest.raises(OSError, match="SlowDown"):
        files.write("ab12", b"x", "p")
    assert store.asked == 3
    assert not store.objects


def test_a_store_that_says_nothing_is_let_go(store: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "READ_SECONDS", 0.1)
    settings = settings_of(store, "of-a-hurry")
    store.silent = 0.4
    with pytest.raises(OSError, match="Timeout"):
        SealedFiles.of(settings, Vault.from_settings(settings)).read("ab12", "p")


def test_without_the_package_one_sentence_says_what_to_install(
    store: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    files_module._client.cache_clear()
    settings = settings_of(store, "other")
    with pytest.raises(Invalid, match="boto3"):
        SealedFiles.of(settings, Vault.from_settings(settings))


def test_a_store_without_a_bucket_is_refused() -> None:
    with pytest.raises(ValidationError, match="s3://BUCKET"):
        Settings(uploads="s3://")


def test_a_file_between_its_preview_and_its_import_is_found_in_the_store(
    store: FakeS3, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House.open(settings_of(store).model_copy(update={"database_url": database_url}))
    with house.work() as work:
        study = build_study(work)
        work.session.flush()
        source = Source("journeys", b"reference;route\n", ";")
        name = keep(house, work.actor, study, source)
        assert find_kept(house, work.actor, study, "journeys", name) == source
        monkeypatch.setattr(keeping, "KEPT", timedelta(seconds=-2))
        assert find_kept(house, work.actor, study, "journeys", name) is None
    house.database.close()
