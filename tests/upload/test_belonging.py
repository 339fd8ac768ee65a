"""A folder of uploads serves one installation: another one neither keeps files in it nor sweeps them away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from journey.belonging import is_ours, refuse_others
from journey.consent.register import keep_register
from journey.files import MARK
from journey.models import Installation, Upload
from journey.operations.doctor_private import check_belonging, check_private
from journey.operations.findings import sqlite_file
from journey.settings import Settings
from journey.upload.jobs import tidy_uploads
from journey.upload.service import NewUpload, NotKept, record_upload
from journey.work import House
from tests.support.build import CONSENT, build_participant, build_study
from tests.support.databases import Databases
from tests.upload.samples import wav


@pytest.fixture
def other(databases: Databases, settings: Settings, tmp_path: Path) -> Iterator[House]:
    """Another installation that was pointed at the same folder."""
    (tmp_path / "other").mkdir()
    with databases.fresh(tmp_path / "other") as url:
        house = House.open(settings.model_copy(update={"database_url": url}))
        with house.work() as work:  # the test database is a copy
            work.session.get_one(Installation, 1).mark = "another"
        yield house
        house.database.close()


def keep_one(house: House) -> str:
    from dataclasses import replace

    with house.work() as work:
        person = build_participant(work, build_study(work), consent=replace(CONSENT, recording=True))
        return record_upload(work, person, NewUpload("voice", wav(), "k", "cv", "step")).stored_as


def make_old(house: House) -> None:
    for path in Path(house.settings.uploads).rglob("*"):
        if path.is_file():
            os.utime(path, (1_600_000_000, 1_600_000_000))


def is_there(house: House, name: str) -> bool:
    return (Path(house.settings.uploads) / name[:2] / name).exists()


def test_a_sweep_leaves_the_files_of_another_installation(house: House, other: House) -> None:
    name = keep_one(house)
    tidy_uploads(house, house.clock.now())
    make_old(house)
    with pytest.raises(OSError, match="another installation"):
        tidy_uploads(other, other.clock.now())
    assert is_there(house, name)


def test_a_folder_with_files_of_others_and_no_mark_is_not_taken(house: House, other: House) -> None:
    name = keep_one(house)
    next(Path(house.settings.uploads).glob(f"{MARK}-*")).rmdir()
    make_old(house)
    with pytest.raises(OSError, match="another installation"):
        tidy_uploads(other, other.clock.now())
    assert is_there(house, name)
    refuse_others(house)
    with house.work(write=False) as work:
        assert is_ours(work)


def test_nothing_is_kept_in_the_folder_of_another(house: House, other: House) -> None:
    refuse_others(house)
    with pytest.raises(NotKept):
        keep_one(other)
    with pytest.raises(OSError, match="another installation"):
        keep_register(other, other.clock.now())
    with other.work(write=False) as work:
        assert work.session.exec(select(Upload)).all() == []


def test_the_doctor_tells_of_a_folder_of_another(house: House, other: House) -> None:
    refuse_others(house)
    assert list(check_belonging(house)) == []
    assert "another installation" in next(check_belonging(other)).sentence


def test_the_doctor_tells_who_else_may_look(house: House) -> None:
    refuse_others(house)
    assert Path(house.settings.uploads).stat().st_mode & 0o077 == 0
    assert list(check_private(house)) == []
    if file := sqlite_file(house):
        file.chmod(0o644)
        assert "Other users of this machine" in next(check_private(house)).sentence
