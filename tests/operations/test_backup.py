"""Back-up and restore, drilled: what is restored is what was there, and who stopped since stays stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from journey import migrations
from journey.cli.main import app
from journey.consent.register import keep_register
from journey.consent.service import withdraw_participant
from journey.db import Database
from journey.models import Contact, JobRun, Link, Participant, Rating, Upload, Withdrawal, metadata
from journey.operations.backup import backup
from journey.operations.move import fingerprint
from journey.operations.restore import restore
from journey.outbox.service import plan_message
from journey.participant.service import NewConsent
from journey.portal.service import create_link
from journey.rating.service import NewRating, record_rating
from journey.rules.errors import Conflict, Invalid
from journey.settings import Settings
from journey.upload.queries import files_of
from journey.upload.service import NewUpload, record_upload
from journey.web.spoken import find_recording, keep_recording
from journey.work import House
from tests.support.build import build_participant, build_study
from tests.support.databases import Databases
from tests.upload.samples import wav

pytestmark = pytest.mark.both

NOW = datetime(2026, 4, 14, 10, tzinfo=UTC)
CONSENT = NewConsent(participate=True, text_version="2026-1", given_via="oral", quotes=True, recording=True)
LEVELS = ("stop", "from_step", "erase")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, uploads=str(tmp_path / "uploads"))


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """Four people with an answer, a link and a message, and a spoken message of one of them."""
    house = House.open(settings)
    with house.work(now=NOW) as work:
        study = build_study(work)
        for number in range(4):
            person = build_participant(
                work, study, phone=f"061234567{number}", call_name=f"Naam{number}", consent=CONSENT
            )
            record_rating(work, person, NewRating("cv", "step", "positive", "call", f"woorden {number}"))
            create_link(work, person)
            plan_message(work, person, "link", "Tekst", f"m:{number}")
        record_upload(work, person, NewUpload("voice", wav(seconds=1)))
    keep_recording(settings, "nl", "Goedemorgen", b"OggS" + b"0" * 40)
    yield house
    house.database.close()


@pytest.fixture
def empty(databases: Databases, tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    """Another machine: a migrated, empty database and nothing in its folder of uploads."""
    folder = tmp_path / "other"
    folder.mkdir()
    with databases.fresh(folder) as url:
        yield settings.model_copy(update={"database_url": url, "uploads": str(folder / "uploads")})


def rows(settings: Settings) -> dict[str, tuple[int, str]]:
    """Number and hash of the rows of each table; a back-up itself leaves a line about its moment."""
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            connection = session.connection()
            return {
                table.name: fingerprint(connection, table)
                for table in metadata.sorted_tables
                if table.name != "job_run"
            }
    finally:
        database.close()


def test_what_is_restored_is_what_was_there(
    house: House, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    before = rows(settings)
    made = backup(house, tmp_path / "night")
    done = restore(empty, tmp_path / "night")
    assert rows(empty) == before
    assert (done.rows, done.files) == (made.rows, 1)
    assert find_recording(empty, "nl", next(iter(Path(empty.uploads).rglob("*.ogg"))).name)
    other = House.open(empty)
    with other.work(now=NOW) as work:
        upload = work.session.exec(select(Upload)).one()
        sound = files_of(work).read(upload.stored_as, f"upload:{upload.participant_id}:{upload.stored_as}")
        assert sound is not None and len(sound) > 100
        assert build_participant(work, build_study(work, "later"), phone="0611111111").id not in (1, 2, 3, 4)
    other.database.close()


def test_who_stopped_after_the_back_up_stays_stopped(house: House, empty: Settings, tmp_path: Path) -> None:
    backup(house, tmp_path / "night")
    with house.work(now=NOW + timedelta(hours=1)) as work:
        people = work.session.exec(select(Participant).order_by(Participant.code)).all()
        for person, level in zip(people, LEVELS, strict=False):
            withdraw_participant(work, person, level, "cv" if level == "from_step" else None)
        record_rating(work, people[3], NewRating("cv", "step", "negative", "call", "later gezegd"))
    keep_register(house, NOW + timedelta(hours=1))
    kept_apart = empty.model_copy(update={"uploads": house.settings.uploads})
    done = restore(kept_apart, tmp_path / "night")
    assert done.reapplied.withdrawals == 3
    other = House.open(kept_apart)
    with other.work(write=False) as work:
        states = [row.state for row in work.session.exec(select(Participant).order_by(Participant.code))]
        assert states == ["stopped", "stopped", "erased", "active"]
        assert len(work.session.exec(select(Contact)).all()) == 1
        assert len(work.session.exec(select(Withdrawal)).all()) == 3
        assert [row.revoked_at is None for row in work.session.exec(select(Link))].count(True) == 1
        assert "woorden 2" not in {row.quote for row in work.session.exec(select(Rating))}
    other.database.close()


def test_a_back_up_is_one_moment_although_people_go_on(house: House, empty: Settings, tmp_path: Path) -> None:
    with house.database.read() as looking:
        looking.connection()
        with house.work(now=NOW) as work:
            person = work.session.exec(select(Participant)).first()
            assert person is not None
            record_rating(work, person, NewRating("cv", "step", "neutral", "call", "tijdens"))
        made = backup(house, tmp_path / "night")
    assert restore(empty, tmp_path / "night").rows == made.rows


def test_nothing_is_overwritten(house: House, settings: Settings, tmp_path: Path) -> None:
    backup(house, tmp_path / "night")
    with pytest.raises(Conflict):
        backup(house, tmp_path / "night")
    before = rows(settings)
    with pytest.raises(Conflict, match="--replace"):
        restore(settings, tmp_path / "night")
    assert rows(settings) == before
    assert sorted(path.name for path in tmp_path.glob("night*")) == ["night"]


def test_replace_puts_the_back_up_in_place_of_what_is_there(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    before = rows(settings)
    backup(house, tmp_path / "night")
    with house.work(now=NOW) as work:
        build_participant(work, build_study(work, "later"), phone="0611111111")
    house.database.close()
    restore(settings, tmp_path / "night", replace=True)
    assert rows(settings) == before


def test_names_and_answers_cannot_be_read_in_the_file(house: House, tmp_path: Path) -> None:
    backup(house, tmp_path / "night")
    content = (tmp_path / "night").read_bytes()
    assert [word for word in (b"woorden", b"Naam1", b"061234", b"H-001") if word in content] == []


def test_its_moment_is_left_for_who_watches(house: House, tmp_path: Path) -> None:
    backup(house, tmp_path / "night")
    with house.work(write=False) as work:
        assert work.session.exec(select(JobRun).where(JobRun.job == "backup")).one()


@pytest.mark.parametrize("damage", ["cut", "changed", "other", "empty"])
def test_a_damaged_file_changes_nothing(house: House, empty: Settings, tmp_path: Path, damage: str) -> None:
    backup(house, tmp_path / "night")
    whole = (tmp_path / "night").read_bytes()
    half = len(whole) // 2
    (tmp_path / "night").write_bytes(
        {
            "cut": whole[:half],
            "changed": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
            "other": b"%PDF-1.7\n" + whole,
            "empty": b"",
        }[damage]
    )
    before = rows(empty)
    with pytest.raises(Invalid):
        restore(empty, tmp_path / "night")
    assert rows(empty) == before


def test_a_missing_key_is_named(house: House, empty: Settings, tmp_path: Path) -> None:
    backup(house, tmp_path / "night")
    strange = Settings(**{**empty.model_dump(), "encryption_keys": "9:" + "ab" * 32})
    with pytest.raises(Invalid) as refusal:
        restore(strange, tmp_path / "night")
    assert refusal.value.params == {"key": "1"}


def test_a_back_up_of_a_newer_version_is_refused(
    house: House, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(house, tmp_path / "night")
    monkeypatch.setattr("journey.operations.restore.knows", lambda _revision: False)
    with pytest.raises(Invalid, match="nieuwere"):
        restore(empty, tmp_path / "night")


def test_no_room_leaves_nothing_behind(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("journey.operations.backup.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        backup(house, tmp_path / "night")
    assert list(tmp_path.glob("night*")) == []


def test_the_commands(house: House, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner()
    for name, settings in (("one", house.settings), ("two", empty)):
        monkeypatch.setenv("JOURNEY_DATABASE_URL", settings.database_url)
        monkeypatch.setenv("JOURNEY_UPLOADS", settings.uploads)
        if name == "one":
            made = run.invoke(app, ["backup", str(tmp_path / "night")])
            again = run.invoke(app, ["backup", str(tmp_path / "night")])
        else:
            restored = run.invoke(app, ["restore", str(tmp_path / "night")])
            missing = run.invoke(app, ["restore", str(tmp_path / "nowhere")])
    assert (made.exit_code, again.exit_code, restored.exit_code, missing.exit_code) == (0, 2, 0, 2)
    assert "1 files" in made.output
    database = Database(empty.database_url)
    assert migrations.is_current(database)
    database.close()
