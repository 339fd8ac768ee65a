"""A file is kept sealed, with consent, once; and goes when it must."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from journey.clock import Clock
from journey.consent.service import record_consent, withdraw_participant
from journey.files import SealedFiles
from journey.models import AuditEntry, Participant, Upload
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.upload.jobs import tidy_uploads
from journey.upload.queries import get_upload, list_uploads, read_upload
from journey.upload.service import MOST_A_DAY, NewUpload, NotKept, delete_upload, record_upload
from journey.work import House, Work
from tests.support.build import CONSENT, build_participant, build_study, get_study_by
from tests.upload.samples import files_in, mp3, photo, wav

BOTH = replace(CONSENT, recording=True, photos=True)


@pytest.fixture
def code(house: House) -> str:
    with house.work() as work:
        return build_participant(work, build_study(work), consent=BOTH).code


def person(work: Work, code: str) -> Participant:
    return work.session.exec(select(Participant).where(Participant.code == code)).one()


def keep(house: House, code: str, kind: str = "voice", content: bytes = b"", key: str = "k") -> int:
    with house.work() as work:
        sent = content or (wav() if kind == "voice" else photo())
        row = record_upload(work, person(work, code), NewUpload(kind, sent, key, "cv", "step"))
        assert row.id
        return row.id


def rows(house: House) -> list[Upload]:
    with house.work(write=False) as work:
        return list(work.session.exec(select(Upload)).all())


def test_what_was_sent_is_read_back(house: House, code: str) -> None:
    number = keep(house, code)
    with house.work(write=False) as work:
        _person, row = get_upload(work, code, number)
        assert read_upload(work, row) == wav()
        assert (row.kind, row.media_type, row.size, row.step) == ("voice", "audio/wav", len(wav()), "cv")


def test_on_the_disk_it_is_sealed_and_for_nobody_else(house: House, code: str, uploads: Path) -> None:
    keep(house, code)
    (file,) = files_in(uploads)
    assert b"WAVE" not in file.read_bytes() and b"\x80\x80\x80\x80" not in file.read_bytes()
    assert [path.stat().st_mode & 0o777 for path in (uploads, file.parent, file)] == [0o700, 0o700, 0o600]
    assert file.parent.name == file.name[:2]


def test_a_file_under_the_name_of_somebody_else_does_not_open(house: House, code: str, uploads: Path) -> None:
    keep(house, code, content=wav(1), key="a")
    keep(house, code, content=wav(2), key="b")
    first, second = (uploads / row.stored_as[:2] / row.stored_as for row in rows(house))
    first.write_bytes(second.read_bytes())
    with house.work(write=False) as work, pytest.raises(Conflict, match="beschadigd"):
        read_upload(work, list_uploads(work, person(work, code))[-1])


@pytest.mark.parametrize(("kind", "missing"), [("voice", "recording"), ("photo", "photos")])
def test_without_the_consent_for_it_nothing_is_kept(
    house: House, uploads: Path, kind: str, missing: str
) -> None:
    with house.work() as work:
        without = build_participant(work, build_study(work), consent=replace(BOTH, **{missing: False})).code
    with pytest.raises(Conflict):
        keep(house, without, kind)
    assert rows(house) == [] and files_in(uploads) == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [("photo", b"%PDF-1.7 holiday.jpg"), ("voice", mp3(600)), ("voice", photo()), ("photo", wav())],
)
def test_what_is_no_message_is_not_kept(
    house: House, code: str, uploads: Path, kind: str, content: bytes
) -> None:
    with pytest.raises(Invalid):
        keep(house, code, kind, content)
    assert rows(house) == [] and files_in(uploads) == []


def test_the_same_sending_twice_is_one_message(house: House, code: str, uploads: Path) -> None:
    assert keep(house, code) == keep(house, code)
    assert len(files_in(uploads)) == 1


@pytest.mark.parametrize("change", [{"key": "other"}, {"content": wav(3)}])
def test_another_key_or_another_content_is_another_message(
    house: House, code: str, change: dict[str, object]
) -> None:
    assert keep(house, code) != keep(house, code, **change)  # type: ignore[arg-type]


def test_at_most_ten_a_day(house: House, code: str) -> None:
    for number in range(MOST_A_DAY):
        keep(house, code, key=str(number))
    with pytest.raises(Conflict, match="Morgen"):
        keep(house, code, key="one more")
    with house.work(now=house.clock.now() + timedelta(days=1)) as work:
        record_upload(work, person(work, code), NewUpload("voice", wav(), "tomorrow"))


def test_a_disk_that_takes_nothing_leaves_no_row(house: House, code: str, uploads: Path) -> None:
    uploads.write_text("a file where the folder should be")
    with pytest.raises(NotKept):
        keep(house, code)
    assert rows(house) == []


def test_a_request_that_fails_leaves_a_file_that_the_sweep_finds(
    house: House, code: str, uploads: Path
) -> None:
    with pytest.raises(RuntimeError), house.work() as work:
        record_upload(work, person(work, code), NewUpload("voice", wav()))
        raise RuntimeError
    assert rows(house) == [] and len(files_in(uploads)) == 1
    tidy_uploads(house, house.clock.now())
    assert len(files_in(uploads)) == 1  # perhaps somebody is still busy with it
    make_old(uploads)
    tidy_uploads(house, house.clock.now())
    assert files_in(uploads) == []


def test_the_sweep_leaves_what_has_a_row(house: House, code: str, uploads: Path) -> None:
    keep(house, code)
    make_old(uploads)
    assert tidy_uploads(house, house.clock.now()) == 0
    assert len(files_in(uploads)) == 1


def test_half_a_writing_is_swept_too(house: House, uploads: Path) -> None:
    (uploads / "ab").mkdir(parents=True)
    (uploads / "ab" / "abcd.1234.writing").write_bytes(b"half")
    make_old(uploads)
    tidy_uploads(house, house.clock.now())
    assert files_in(uploads) == []


def make_old(uploads: Path) -> None:
    moment = (Clock().now() - timedelta(hours=2)).timestamp()
    for file in files_in(uploads):
        os.utime(file, (moment, moment))


def test_after_thirty_days_the_file_goes_and_the_row_proves_it(
    house: House, code: str, uploads: Path
) -> None:
    keep(house, code)
    now = house.clock.now()
    assert tidy_uploads(house, now + timedelta(days=29)) == 0
    assert len(files_in(uploads)) == 1
    assert tidy_uploads(house, now + timedelta(days=30)) == 1
    assert files_in(uploads) == []
    assert [row.deleted_at for row in rows(house)] == [now + timedelta(days=30)]


def test_past_its_day_nobody_sees_it_though_the_job_did_not_run(house: House, code: str) -> None:
    number = keep(house, code)
    later = house.clock.now() + timedelta(days=30)
    with house.work(write=False, now=later) as work, pytest.raises(NotFound):
        get_upload(work, code, number)


@pytest.mark.parametrize(
    ("level", "step", "left"), [("stop", None, 1), ("from_step", "workshop", 1), ("erase", None, 0)]
)
def test_every_withdrawal_deletes_the_files_at_once(
    house: House, code: str, uploads: Path, level: str, step: str | None, left: int
) -> None:
    keep(house, code)
    keep(house, code, "photo")
    with house.work() as work:
        withdraw_participant(work, person(work, code), level, step)
        assert len(files_in(uploads)) == 2  # until the commit
    assert files_in(uploads) == []
    assert len(rows(house)) == 2 * left and all(row.deleted_at for row in rows(house))


@pytest.mark.parametrize(
    ("choice", "left"), [({"recording": False}, ["photo"]), ({"photos": False}, ["voice"])]
)
def test_a_consent_that_is_taken_back_deletes_what_was_sent_under_it(
    house: House, code: str, uploads: Path, choice: dict[str, bool], left: list[str]
) -> None:
    keep(house, code)
    keep(house, code, "photo")
    with house.work() as work:
        record_consent(work, person(work, code), replace(BOTH, **choice))
    with house.work(write=False) as work:
        assert [row.kind for row in list_uploads(work, person(work, code))] == left
    assert len(files_in(uploads)) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_a_withdrawal_that_is_undone_deletes_nothing(
    house: House, code: str, uploads: Path, fails: bool
) -> None:
    keep(house, code)

    def undo(act: Callable[[Work], object]) -> None:
        with house.work() as work:
            savepoint = work.session.begin_nested()
            act(work)
            savepoint.rollback()
            if fails:
                raise RuntimeError

    try:
        undo(lambda work: withdraw_participant(work, person(work, code), "erase"))
    except RuntimeError:
        assert fails
    assert len(files_in(uploads)) == 1
    assert [row.deleted_at for row in rows(house)] == [None]


def test_a_withdrawal_inside_a_savepoint_waits_for_the_whole_commit(
    house: House, code: str, uploads: Path
) -> None:
    keep(house, code)
    with house.work() as work:
        with work.session.begin_nested():
            withdraw_participant(work, person(work, code), "stop")
        assert len(files_in(uploads)) == 1
    assert files_in(uploads) == []


def test_a_file_that_would_not_go_is_swept_later(
    house: House, code: str, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(house, code)

    def refuse(_files: SealedFiles, _name: str) -> None:
        raise PermissionError

    with monkeypatch.context() as busy:
        busy.setattr(SealedFiles, "delete", refuse)
        with house.work() as work:
            withdraw_participant(work, person(work, code), "erase")
    assert len(files_in(uploads)) == 1
    make_old(uploads)
    tidy_uploads(house, house.clock.now())
    assert files_in(uploads) == []


def test_what_is_deleted_does_not_come_back_by_sending_the_old_page_again(house: House, code: str) -> None:
    number = keep(house, code)
    with house.work() as work:
        delete_upload(work, *get_upload(work, code, number))
    with pytest.raises(Conflict, match="gewist"):
        keep(house, code)
    assert keep(house, code, key="a new recording") != number


def test_who_stopped_sends_nothing_more(house: House, code: str, uploads: Path) -> None:
    with house.work() as work:
        withdraw_participant(work, person(work, code), "stop")
    with pytest.raises(Conflict):
        keep(house, code)
    assert files_in(uploads) == []


def test_log_lines_say_nothing_of_what_was_said(house: House, code: str) -> None:
    keep(house, code)
    with house.work(write=False) as work:
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "upload.voice")).all()
    assert [(line.object, line.result) for line in lines] == [(code, "ok")]


def test_people_of_another_study_are_not_there(house: House, code: str) -> None:
    number = keep(house, code)
    with house.work(write=False) as work:
        other = get_study_by(work, "haarlem-test").id or 0
        outsider = replace(work, actor=replace(work.actor, studies=frozenset({other + 1})))
        with pytest.raises(NotFound):
            get_upload(outsider, code, number)
