"""Key rotation: from the old ring, through both keys, to the new key alone; nothing lost, nothing forgotten."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from journey.cli.main import app as commands
from journey.files import SealedFiles
from journey.models import (
    Contact,
    HelpSignal,
    Message,
    OpenAnswer,
    Replay,
    Reply,
    TextQuestion,
    Upload,
    User,
    metadata,
)
from journey.operations import keys
from journey.operations.keys import SEALED, Rotation, count_keys, rotate_keys
from journey.resources import folder
from journey.seeding.load import load_folder
from journey.settings import Settings
from journey.survey.service import record_response
from journey.work import House
from tests.support.build import build_participant, build_study, build_user
from tests.survey.conftest import build_survey

pytestmark = pytest.mark.both

OLD = "old:" + base64.urlsafe_b64encode(b"a" * 32).decode()
NEW = "new:" + base64.urlsafe_b64encode(b"b" * 32).decode()
NOW = datetime(2026, 4, 14, 10, tzinfo=UTC)
SEALING_MODULES = {
    "auth/second_step.py",
    "call/help.py",
    "files.py",
    "operations/keys.py",
    "outbox/service.py",
    "outbox/waiting.py",
    "participant/service.py",
    "survey/service.py",
    "texts/questions.py",
    "web/idempotency.py",
}


OPENED: list[House] = []


@pytest.fixture(autouse=True)
def connections_closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().database.close()


def house_with(settings: Settings, tmp_path: Path, ring: str) -> House:
    uploads = str(tmp_path / "uploads")
    house = House.open(Settings(database_url=settings.database_url, uploads=uploads, encryption_keys=ring))
    OPENED.append(house)
    return house


@pytest.fixture
def filled(connections_closed: None, settings: Settings, tmp_path: Path) -> House:
    """One value in every sealed place, and a file, with the old key."""
    house = house_with(settings, tmp_path, OLD)
    build_user(house, "lead@example.org", "lead")
    with house.work(now=NOW) as work:
        person = build_participant(work, build_study(work))
        load_folder(work, folder("seeds") / "questionnaires")
        survey = build_survey(work, "kort")
        answer = record_response(work, survey, "noord", "web", {"better": "Meer balies."})
        work.session.flush()
        staff = work.session.exec(select(User)).one()
        contact = work.session.get(Contact, person.id) or Contact(participant_id=person.id)
        at = {"created_at": NOW, "updated_at": NOW, "due_at": NOW, "valid_until": NOW}
        rows = {
            "contact": contact,
            "message": Message(occasion="link", dedup_key="one", recipient="", body="", **at),
            "reply": Reply(gateway_id="SM1", body="", received_at=NOW),
            "text_question": TextQuestion(
                participant_id=person.id, step="cv", subject="step", about_on=NOW.date(), created_at=NOW
            ),
            "replay": Replay(scope="s", key="k", fingerprint="f", created_at=NOW),
            "help_signal": HelpSignal(
                participant_id=person.id, addressee_id=staff.id, content="", agreed_at=NOW, recorded_by="x"
            ),
            "staff": staff,
            "open_answer": work.session.exec(
                select(OpenAnswer).where(OpenAnswer.response_id == answer)
            ).one(),
        }
        work.session.add_all(rows.values())
        work.session.flush()
        for (table, column), place in SEALED.items():
            where = place.format_map(rows[table].model_dump())
            setattr(rows[table], column, house.vault.seal(f"{table} {column}", where))
        name = "ab12cd"
        work.session.add(
            Upload(
                participant_id=person.id,
                kind="photo",
                media_type="image/png",
                size=3,
                stored_as=name,
                uploaded_at=NOW,
                expires_on=NOW.date(),
            )
        )
        SealedFiles.of(house.settings, house.vault).write(name, b"png", f"upload:{person.id}:{name}")
    return house


def opened(house: House) -> dict[str, str]:
    """Every sealed value of the database, opened with the keys of this house."""
    found = {}
    with house.database.read() as session:
        for (name, column), place in SEALED.items():
            row = session.execute(select(metadata.tables[name])).mappings().one()
            found[f"{name}.{column}"] = house.vault.open(row[column], place.format_map(row))
        upload = session.exec(select(Upload)).one()
    files = SealedFiles.of(house.settings, house.vault)
    content = files.read(upload.stored_as, f"upload:{upload.participant_id}:{upload.stored_as}") or b""
    return found | {"uploads": content.decode()}


EXPECTED = {f"{table}.{column}": f"{table} {column}" for table, column in SEALED} | {"uploads": "png"}


def test_after_a_rotation_the_old_key_may_go(filled: House, settings: Settings, tmp_path: Path) -> None:
    both = house_with(settings, tmp_path, f"{NEW},{OLD}")
    found = rotate_keys(both)
    assert found.resealed == dict.fromkeys(EXPECTED, 1)
    assert (found.unused, found.missing, found.unreadable) == (["old"], [], {})
    assert opened(house_with(settings, tmp_path, NEW)) == EXPECTED
    assert rotate_keys(both).resealed == {}


def test_a_rotation_that_was_killed_goes_on_where_it_was(
    filled: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, real = house_with(settings, tmp_path, f"{NEW},{OLD}"), keys._reseal_column

    def killed_at_replies(house: House, table: object, *rest: object) -> None:
        if table is metadata.tables["reply"]:
            raise KeyboardInterrupt
        real(house, table, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "_reseal_column", killed_at_replies)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(both)
    assert opened(both) == EXPECTED
    monkeypatch.undo()
    assert rotate_keys(both).unused == ["old"]
    assert opened(house_with(settings, tmp_path, NEW)) == EXPECTED


def test_batches_reach_every_row(
    filled: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.work(now=NOW) as work:
        for number in range(5):
            body = filled.vault.seal("hallo", f"reply:R{number}:body")
            work.session.add(Reply(gateway_id=f"R{number}", body=body, received_at=NOW))
    monkeypatch.setattr(keys, "BATCH", 2)
    assert rotate_keys(house_with(settings, tmp_path, f"{NEW},{OLD}")).resealed["reply.body"] == 6


def test_a_value_that_changed_meanwhile_is_not_overwritten(filled: House) -> None:
    with filled.database.write() as session:
        before = session.exec(select(Reply)).one()
        assert keys._swap(session, metadata.tables["reply"], before.id, "body", "read earlier", "again") == 0
    assert opened(filled) == EXPECTED


def test_an_upload_that_was_deleted_does_not_come_back(
    filled: House, settings: Settings, tmp_path: Path
) -> None:
    with filled.work(now=NOW) as work:
        upload = work.session.exec(select(Upload)).one()
        upload.deleted_at = NOW
        work.session.add(upload)
    found = rotate_keys(house_with(settings, tmp_path, f"{NEW},{OLD}"))
    assert "uploads" not in found.resealed


def test_what_no_key_opens_is_counted_and_left(filled: House, settings: Settings, tmp_path: Path) -> None:
    found = rotate_keys(house_with(settings, tmp_path, NEW))
    assert found.unreadable == dict.fromkeys(EXPECTED, 1)
    assert found.missing == ["old"]
    assert opened(filled) == EXPECTED


def test_counting_changes_nothing(filled: House, settings: Settings, tmp_path: Path) -> None:
    found = count_keys(house_with(settings, tmp_path, f"{NEW},{OLD}"))
    assert found.used == {"old"}
    assert found.unused == []
    assert opened(house_with(settings, tmp_path, OLD)) == EXPECTED


def test_a_file_of_an_import_keeps_its_key_in_use() -> None:
    found = Rotation(("new", "old"), keys={"imports": Counter({"old": 1})})
    assert (found.unused, found.passing) == ([], ["old"])
    found.keys["uploads"] = Counter({"old": 1})
    assert found.passing == []


def test_the_command_says_which_key_may_go(
    filled: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("JOURNEY_UPLOADS", str(tmp_path / "uploads"))
    monkeypatch.setenv("JOURNEY_ENCRYPTION_KEYS", f"{NEW},{OLD}")
    counted = CliRunner().invoke(commands, ["rotate-keys", "--check"])
    assert "contact.phone: 1 with key old\n" in counted.output
    assert "Key old: still in use" in counted.output
    done = CliRunner().invoke(commands, ["rotate-keys"])
    assert "contact.phone: 1 with key new; 1 sealed again" in done.output
    assert "Key old: nothing uses it any more" in done.output
    monkeypatch.setenv("JOURNEY_ENCRYPTION_KEYS", OLD)
    lost = CliRunner().invoke(commands, ["rotate-keys", "--check"])
    assert (lost.exit_code, "Key new is in use and not in" in lost.output) == (1, True)


def test_every_module_that_seals_is_known_here() -> None:
    """Whoever seals something new adds its column to SEALED and its module here."""
    room = Path(keys.__file__).parents[1]
    sealing = {
        path.relative_to(room).as_posix()
        for path in room.rglob("*.py")
        if path.name != "vault.py" and re.search(r"\.seal(_bytes)?\(", path.read_text())
    }
    # Copies are values of columns that are known; a back-up is a file of its own, sealed once.
    assert sealing - {"seeding/copies.py", "operations/backup.py"} == SEALING_MODULES
