"""The doctor: silent where all is well, and each thing that can be wrong is found, named and given a remedy."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import select
from typer.testing import CliRunner

from journey.cli.main import app as commands
from journey.clock import Clock
from journey.files import SealedFiles
from journey.models import (
    Deletion,
    JobRun,
    Message,
    SendingState,
    Upload,
    User,
    WorkerBeat,
    metadata,
    stored_id,
)
from journey.operations import doctor_database as inside
from journey.operations import doctor_machine as around
from journey.operations.doctor import _run, examine
from journey.operations.findings import Check, Finding
from journey.privacy.categories import CATEGORIES
from journey.privacy.retention import run_category
from journey.settings import DEVELOPMENT_SECRET, Settings
from journey.texts.approval import approve_language, known_languages, texts_hash
from journey.work import House
from tests.outbox.fake_twilio import FakeTwilio, running, twilio_settings
from tests.report.cases import lived
from tests.support.build import build_participant, build_study, build_user
from tests.support.databases import Databases

pytestmark = pytest.mark.both

KEY = base64.urlsafe_b64encode(b"a" * 32).decode()
OTHER_KEY = base64.urlsafe_b64encode(b"b" * 32).decode()
SECRET = "a-secret-of-this-test-that-is-long-enough"
NOWHERE = "sqlite:////nowhere/journey.db"
OPENED: list[House] = []


@pytest.fixture(autouse=True)
def connections_closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().database.close()


def opened(settings: Settings) -> House:
    OPENED.append(House.open(settings))
    return OPENED[-1]


def production(database_url: str, tmp_path: Path) -> Settings:
    """Of an installation that lacks nothing."""
    (tmp_path / "uploads").mkdir()
    return Settings(
        database_url=database_url,
        env="production",
        secret_key=SECRET,  # type: ignore[arg-type]
        encryption_keys=f"one:{KEY}",  # type: ignore[arg-type]
        gateway="twilio",
        twilio_account_sid="AC1",
        twilio_auth_token="token",  # type: ignore[arg-type]
        twilio_from="+3197010000000",
        base_url="https://journey.example.org",
        uploads=str(tmp_path / "uploads"),
        security_contact="mailto:security@example.org",
    )


@pytest.mark.parametrize(
    "sender", ["Haarlem", "Gemeente Haarlem", "MG" + "0" * 32, "0612345678", "1008", "+31"]
)
def test_a_sender_that_cannot_be_answered(database_url: str, tmp_path: Path, sender: str) -> None:
    fine = production(database_url, tmp_path).model_dump()
    with pytest.raises(ValueError, match="JOURNEY_TWILIO_FROM"):
        Settings(**{**fine, "twilio_from": sender})
    house = opened(Settings(**{**fine, "twilio_from": sender, "env": "development"}))
    assert "JOURNEY_TWILIO_FROM" in "".join(one.sentence for one in around.check_sender(house))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return production(database_url, tmp_path)


@pytest.fixture
def house(settings: Settings) -> House:
    return opened(settings)


@pytest.fixture
def machine(tmp_path: Path) -> House:
    """Of which no database is asked."""
    return opened(production(f"sqlite:///{tmp_path}/none.db", tmp_path))


def found(check: Check, house: House) -> list[tuple[str, str]]:
    """Level and sentence of everything that one check finds."""
    return [(one.level, one.sentence) for one in check(house)]


def add(house: House, *rows: Any) -> None:
    with house.work() as work:
        work.session.add_all(rows)


def with_upload(house: House, name: str = "ab12cd") -> None:
    """A participant with one photo."""
    with house.work() as work:
        person = build_participant(work, build_study(work))
        work.session.flush()
        place = f"upload:{person.id}:{name}"
        row = Upload(
            participant_id=stored_id(person),
            kind="photo",
            media_type="image/png",
            size=3,
            stored_as=name,
            uploaded_at=work.now,
            expires_on=work.today + timedelta(days=30),
        )
        work.session.add(row)
    SealedFiles.of(house.settings, house.vault).write(name, b"png", place)


def in_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        monkeypatch.setenv(f"JOURNEY_{name.upper()}", str(plain))


def roomy(free: float) -> Callable[[object], object]:
    return lambda _path: type("Usage", (), {"free": free * around.GIGABYTE})


# --- the whole ---------------------------------------------------------------------------------------


def test_an_installation_in_order_has_no_findings(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with_upload(house)
    build_user(house, "lead@example.org", "lead")
    now = house.clock.now()
    add(
        house,
        WorkerBeat(leader="here:1", beat_at=now),
        JobRun(job="backup", run_on=now.date(), finished_at=now),
    )
    with house.work() as work:
        user = work.session.exec(select(User)).one()
        user.second_step = house.vault.seal("secret", f"staff:{user.id}:second_step")
        user.second_step_since = now
        for code in known_languages():
            if code != "nl":
                approve_language(work, code, "Somebody", texts_hash(work, code))
    for category in CATEGORIES:
        run_category(house, category, now)
    monkeypatch.setattr(shutil, "disk_usage", roomy(50))
    in_environment(house.settings, monkeypatch)
    said = CliRunner().invoke(commands, ["doctor", "--json"])
    told = json.loads(said.output)
    assert (said.exit_code, told["findings"]) == (0, [])
    assert told["looked_at"] == [*around.MACHINE, "database", *inside.DATABASE]


def test_a_fault_ends_with_1_and_says_what_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    in_environment(house.settings, monkeypatch)
    said = CliRunner().invoke(commands, ["doctor"])
    assert said.exit_code == 1
    assert "FAULT worker: The worker never ran" in said.output
    assert "\n  Start it (journey worker;" in said.output
    assert "NOTICE back-up: No back-up" in said.output
    assert "Faults: 1. Notices: 3." in said.output


def test_as_json_for_machines(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    in_environment(house.settings, monkeypatch)
    said = CliRunner().invoke(commands, ["doctor", "--json"])
    told = json.loads(said.output)
    assert (said.exit_code, told["faults"]) == (1, 1)
    assert told["notices"] == len(told["findings"]) - 1
    (worker,) = [one for one in told["findings"] if one["level"] == "fault"]
    assert worker.keys() == {"level", "check", "sentence", "remedy"}
    assert worker["check"] == "worker"
    assert "staff" in told["looked_at"]


def test_notices_alone_end_with_0(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add(house, WorkerBeat(leader="here:1", beat_at=house.clock.now()))
    in_environment(house.settings, monkeypatch)
    said = CliRunner().invoke(commands, ["doctor"])
    assert (said.exit_code, "NOTICE" in said.output) == (0, True)


def test_settings_with_which_nothing_starts_are_named_without_their_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOURNEY_ENV", "production")
    monkeypatch.setenv("JOURNEY_SECRET_KEY", "too-short")
    whole = CliRunner().invoke(commands, ["doctor"])
    assert whole.exit_code == 1
    assert "JOURNEY_SECRET_KEY is shorter than 16 characters" in whole.output
    monkeypatch.setenv("JOURNEY_ENCRYPTION_KEYS", "one:not-a-key-but-secret")
    one = CliRunner().invoke(commands, ["doctor"])
    assert "FAULT settings: JOURNEY_ENCRYPTION_KEYS: a key is 32 bytes" in one.output
    assert "secret" not in one.output.replace("JOURNEY_SECRET", "")


def test_a_check_that_fails_is_a_fault_and_stops_no_other(house: House) -> None:
    def broken(_house: House) -> Iterator[Finding]:
        raise RuntimeError("06 12345678")
        yield

    def fine(_house: House) -> Iterator[Finding]:
        yield Finding("notice", "Seen.", "Nothing.")

    first, second = _run(house, {"broken": broken, "fine": fine})
    assert (first.level, first.check, second.check) == ("fault", "broken", "fine")
    assert "RuntimeError" in first.sentence
    assert "06 12345678" not in first.sentence


# --- settings and machine ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "JOURNEY_ENV is development"),
        ({"base_url": "http://journey.example.org"}, "JOURNEY_BASE_URL does not begin with https"),
        ({"secret_key": DEVELOPMENT_SECRET}, "JOURNEY_SECRET_KEY still has its default"),
        ({"encryption_keys": Settings().encryption_keys}, "JOURNEY_ENCRYPTION_KEYS still holds the default"),
    ],
)
def test_what_production_refuses_is_a_fault_where_others_can_reach_it(
    machine: House, changes: dict[str, Any], sentence: str
) -> None:
    development = opened(Settings(**{**machine.settings.model_dump(), "env": "development", **changes}))
    assert any(
        level == "fault" and said.startswith(sentence)
        for level, said in found(around.check_settings, development)
    )


def test_a_developer_is_only_told() -> None:
    own = opened(Settings(today=date(2026, 4, 14)))
    told = found(around.check_settings, own)
    assert {level for level, _ in told} == {"notice"}
    assert told[-1][1] == "JOURNEY_TODAY freezes the date."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"security_contact": ""}, "Who finds a weakness"),
        ({"security_contact_until": date(2020, 1, 1)}, "The security contact held until 2020-01-01"),
    ],
)
def test_a_security_contact_that_reaches_nobody(
    machine: House, changes: dict[str, Any], sentence: str
) -> None:
    ((level, said),) = found(around.check_contact, opened(machine.settings.model_copy(update=changes)))
    assert (level, said.startswith(sentence)) == ("notice", True)


@pytest.mark.parametrize(("free", "levels"), [(0.2, {"fault"}), (1.5, {"notice"}), (3, set())])
def test_a_disk_that_fills_up(
    machine: House, monkeypatch: pytest.MonkeyPatch, free: float, levels: set[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", roomy(free))
    assert {level for level, _ in found(around.check_disk, machine)} == levels


def test_uploads_that_cannot_be_written(machine: House) -> None:
    folder = Path(machine.settings.uploads)
    folder.rmdir()
    ((level, _),) = found(around.check_storing, machine)
    assert (level, folder.exists()) == ("notice", False)
    folder.write_text("a file")
    ((level, sentence),) = found(around.check_storing, machine)
    assert (level, sentence.startswith("Uploads cannot be kept in")) == ("fault", True)


def test_writing_for_a_try_leaves_no_file(machine: House) -> None:
    assert found(around.check_storing, machine) == []
    assert not [path for path in Path(machine.settings.uploads).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("zone", "named"), [("UTC", False), ("Europe/Amsterdam", False), ("America/New_York", True)]
)
def test_a_machine_in_another_zone_is_named(
    machine: House, monkeypatch: pytest.MonkeyPatch, zone: str, named: bool
) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", zone)
        time.tzset()
        findings = found(around.check_time_zone, machine)
    time.tzset()
    assert bool(findings) is named


def test_time_zones_that_are_wrong(machine: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "AMSTERDAM", UTC)
    ((level, sentence),) = found(around.check_time_zone, machine)
    assert (level, "time zone data" in sentence) == ("fault", True)


def test_letters_this_machine_does_not_have(machine: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "LETTERS", {"Nobody's": "\u0378"})
    ((level, sentence),) = found(around.check_reports, machine)
    assert (level, "no letter forms for Nobody's" in sentence) == ("notice", True)


def test_files_that_were_not_built(machine: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(around, "folder", lambda name: tmp_path / name)
    assert [level for level, _ in found(around.check_assets, machine)] == ["fault"] * 3


def test_the_gateway_is_asked_whether_it_knows_us() -> None:
    twilio = FakeTwilio()
    with running(twilio) as address:
        asking = opened(twilio_settings(NOWHERE, address))
        assert found(around.check_gateway, asking) == []
        twilio.listing = 401
        ((level, sentence),) = found(around.check_gateway, asking)
        assert (level, sentence) == ("fault", "Twilio refuses us (401).")
    assert twilio.authorized == [True, True]
    assert twilio.got == []


def test_a_gateway_that_is_away() -> None:
    ((level, sentence),) = found(around.check_gateway, opened(twilio_settings(NOWHERE)))
    assert (level, sentence) == ("fault", "Twilio does not answer as it should (no connection).")
    ((level, sentence),) = found(around.check_gateway, opened(Settings()))
    assert (level, "no gateway" in sentence) == ("notice", True)


# --- the database ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (NOWHERE, "There is no database at /nowhere/journey.db."),
        ("postgresql://nobody@127.0.0.1:1/journey", "The database does not answer: "),
    ],
)
def test_a_database_that_is_away(url: str, sentence: str) -> None:
    ((level, said),) = found(inside.check_database, opened(Settings(database_url=url)))
    assert (level, said.startswith(sentence)) == ("fault", True)


def test_in_an_empty_database_nothing_more_is_looked_at(databases: Databases, tmp_path: Path) -> None:
    with databases.bare(tmp_path) as url:
        house = House.open(Settings(database_url=url, uploads=str(tmp_path)))
        if house.database.is_sqlite:
            Path(str(house.database.engine.url.database)).touch()
        seen = examine(house)
        house.database.close()
    assert "The database is empty." in {one.sentence for one in seen.findings}
    assert seen.looked_at[-1] == "database"


@pytest.mark.parametrize(("revision", "word"), [("ffffffffffff", "newer"), ("04cbb24577e8", "older")])
def test_a_database_of_another_version(house: House, revision: str, word: str) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    ((level, sentence),) = found(inside.check_database, house)
    assert (level, word in sentence) == ("fault", True)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> tuple[House, Path]:
    """On whichever database the others run: this is about files of SQLite."""
    file = tmp_path / "own.db"
    house = opened(Settings(database_url=f"sqlite:///{file}"))
    metadata.create_all(house.database.engine)
    assert found(inside.check_sqlite, house) == []
    house.database.close()
    return house, file


def test_a_damaged_file(on_sqlite: tuple[House, Path]) -> None:
    house, file = on_sqlite
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_schema WHERE type = 'table' AND name = 'worker_beat'")
    connection.close()
    ((level, sentence),) = found(inside.check_sqlite, house)
    assert (level, sentence.startswith("The database is damaged:")) == ("fault", True)


def test_rows_that_point_nowhere(on_sqlite: tuple[House, Path]) -> None:
    house, file = on_sqlite
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO membership (user_id, study_id) VALUES (98, 99)")
    connection.close()
    assert found(inside.check_sqlite, house) == [
        ("fault", "Rows point at rows that are gone, in: membership.")
    ]


def test_a_journal_that_lets_nobody_read(on_sqlite: tuple[House, Path]) -> None:
    house, _ = on_sqlite

    @event.listens_for(house.database.engine, "connect")
    def no_wal(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=DELETE")

    ((level, sentence),) = found(inside.check_sqlite, house)
    assert (level, "as delete instead of wal" in sentence) == ("fault", True)


def test_a_file_on_a_network_disk(
    on_sqlite: tuple[House, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/data {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(inside, "MOUNTS", mounts)
    ((level, sentence),) = found(inside.check_sqlite, on_sqlite[0])
    assert (level, "network file system (nfs4)" in sentence) == ("fault", True)


def test_clocks_that_differ(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Clock.true_now()
    monkeypatch.setattr(Clock, "true_now", staticmethod(lambda: real - timedelta(minutes=5)))
    ((level, sentence),) = found(inside.check_clock, house)
    assert (level, sentence.startswith("The clocks of this machine and the database are")) == ("fault", True)


def test_a_clock_that_went_back(house: House) -> None:
    add(house, WorkerBeat(leader="here:1", beat_at=house.clock.now() + timedelta(hours=1)))
    ((level, sentence),) = found(inside.check_clock, house)
    assert (level, "in the future" in sentence) == ("fault", True)


def test_uploads_that_are_gone(house: House) -> None:
    with_upload(house)
    SealedFiles.of(house.settings, house.vault).delete("ab12cd")
    ((level, sentence),) = found(inside.check_uploads, house)
    assert (level, sentence.startswith("1 uploads are in the database and not in")) == ("fault", True)


def test_files_that_nobody_swept(house: House) -> None:
    SealedFiles.of(house.settings, house.vault).write("cd34", b"x", "upload:1:cd34")
    assert found(inside.check_uploads, house) == []
    long_ago = time.time() - timedelta(hours=4).total_seconds()
    os.utime(Path(house.settings.uploads) / "cd" / "cd34", (long_ago, long_ago))
    ((level, sentence),) = found(inside.check_uploads, house)
    assert (level, sentence.startswith("1 files in")) == ("notice", True)


def test_another_secret_recognises_no_number(house: House) -> None:
    with_upload(house)
    assert found(inside.check_secret, house) == []
    other = {**house.settings.model_dump(), "secret_key": "another-secret-that-is-long-enough"}
    ((level, sentence),) = found(inside.check_secret, opened(Settings(**other)))
    assert (level, "1 of the last 1 numbers are not recognised" in sentence) == ("fault", True)


def test_a_key_that_left_the_ring_too_early(house: House, settings: Settings) -> None:
    with_upload(house)
    ring = {"encryption_keys": f"two:{OTHER_KEY}"}
    without = opened(Settings(**{**settings.model_dump(), **ring}))
    ((level, sentence),) = found(inside.check_keys, without)
    assert (level, sentence.startswith("Key one is in use and not in")) == ("fault", True)


def test_another_key_under_the_same_name(house: House, settings: Settings) -> None:
    with_upload(house)
    ring = {"encryption_keys": f"one:{OTHER_KEY}"}
    told = found(inside.check_keys, opened(Settings(**{**settings.model_dump(), **ring})))
    assert {level for level, _ in told} == {"fault"}
    assert [said.partition(":")[0] for _, said in told] == ["contact.call_name", "contact.phone", "uploads"]


def test_a_worker_that_does_not_ring(house: House) -> None:
    ((level, sentence),) = found(inside.check_worker, house)
    assert (level, "never ran" in sentence) == ("fault", True)
    add(house, WorkerBeat(leader="here:1", beat_at=house.clock.now() - timedelta(minutes=10)))
    ((level, sentence),) = found(inside.check_worker, house)
    assert (level, sentence.startswith("The worker has been silent for 60")) == ("fault", True)


def test_texts_that_do_not_leave(house: House) -> None:
    now = house.clock.now()
    waiting = now - timedelta(minutes=20)
    at: dict[str, Any] = {"created_at": waiting, "updated_at": waiting, "due_at": waiting, "valid_until": now}
    add(
        house,
        WorkerBeat(leader="here:1", beat_at=now),
        Message(occasion="link", dedup_key="one", recipient="", body="", **at),
    )
    assert found(inside.check_worker, house) == [("fault", "A text that may go has waited for 20 minutes.")]
    add(house, SendingState(halted_at=datetime(2026, 4, 14, 10, tzinfo=UTC), reason="401/20003"))
    assert found(inside.check_worker, house) == [
        ("fault", "Sending has stopped since 2026-04-14 10:00 UTC: 401/20003.")
    ]


def test_back_ups_that_stopped(house: House) -> None:
    ((level, sentence),) = found(inside.check_backup, house)
    assert (level, sentence.startswith("No back-up")) == ("notice", True)
    old = house.clock.now() - timedelta(days=3)
    add(house, JobRun(job="backup", run_on=old.date(), finished_at=old))
    ((level, sentence),) = found(inside.check_backup, house)
    assert (level, sentence.startswith("The last back-up is of")) == ("fault", True)
    recent = house.clock.now() - timedelta(days=1)
    add(house, JobRun(job="backup", run_on=recent.date(), finished_at=recent))
    assert found(inside.check_backup, house) == []


def test_nights_that_were_not_done(house: House) -> None:
    ((level, sentence),) = found(inside.check_retention, house)
    assert (level, sentence.endswith("yet, of: everything.")) == ("notice", True)
    old = house.clock.now() - timedelta(days=3)
    done: dict[str, Any] = {"ran_at": old, "kept_days": 1, "cutoff": old - timedelta(days=1), "removed": 0}
    add(house, *(Deletion(category=one.name, **done) for one in CATEGORIES if one.name != "audit"))
    (never, late) = found(inside.check_retention, house)
    assert never == ("notice", "What has served its time was not looked for yet, of: audit.")
    assert (late[0], late[1].startswith("What has served its time was not removed, of: contact, ")) == (
        "fault",
        True,
    )


def test_figures_that_do_not_follow_from_facts(house: House) -> None:
    with house.work() as work:
        study = build_study(work)
        for number in (1, 2):
            lived(work, study, reference=f"zaak-{number}")
    assert found(inside.check_summaries, house) == []
    with house.database.write() as session:
        session.execute(text("UPDATE journey_summary SET month = '1999-01' WHERE journey_id = 1"))
    ((level, sentence),) = found(inside.check_summaries, house)
    assert (level, sentence.startswith("1 of 2 journeys are counted otherwise")) == ("fault", True)


def test_languages_nobody_approved(house: House) -> None:
    with house.work() as work:
        approve_language(work, "en", "Somebody", texts_hash(work, "en"))
    others = ", ".join(code for code in known_languages() if code not in ("nl", "en"))
    assert found(inside.check_languages, house) == [
        ("notice", f"Nobody approved the texts as they are now in: {others}. Participants get Dutch.")
    ]


def test_staff_without_a_second_step(house: House) -> None:
    build_user(house, "lead@example.org", "lead")
    ((level, sentence),) = found(inside.check_staff, house)
    assert (level, sentence.startswith("1 users have no second step")) == ("notice", True)
