"""The register of withdrawals outlives the database: a database set back is brought up to it again."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from journey.consent import register
from journey.consent.queries import find_consent
from journey.consent.register import keep_register, reapply_register
from journey.consent.service import record_consent, withdraw_participant
from journey.files import SealedFiles
from journey.models import Contact, Participant, Withdrawal
from journey.operations.keys import rotate_keys
from journey.participant.service import NewConsent
from journey.settings import Settings
from journey.vault import Vault
from journey.work import House, Work
from tests.support.build import build_participant, build_study

NOW = datetime(2026, 4, 14, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"uploads": str(tmp_path / "uploads")})


@pytest.fixture
def person(house: House) -> str:
    with house.work(now=NOW) as work:
        return build_participant(work, build_study(work)).code


def get_person(work: Work, code: str) -> Participant:
    return work.session.exec(select(Participant).where(Participant.code == code)).one()


class SetBack(Exception):
    """Ends a unit of work without a commit, as a database from before it would be."""


def register_then_set_back(house: House, code: str, act: Callable[[Work, Participant], object]) -> None:
    """What `act` did stands in the register and no longer in the database."""
    with pytest.raises(SetBack), house.work(now=LATER) as work:
        act(work, get_person(work, code))
        work.session.flush()
        files = SealedFiles.of(house.settings, house.vault, register.REGISTER)
        for entry in register._list_entries(work, LATER):
            files.write(
                entry.name,
                json.dumps(asdict(entry)).encode(),
                register.place_of(entry.name),
            )
        raise SetBack


@pytest.mark.parametrize("level", ["stop", "erase"])
def test_a_lost_withdrawal_is_done_again_at_its_own_moment(house: House, person: str, level: str) -> None:
    register_then_set_back(house, person, lambda work, who: withdraw_participant(work, who, level))
    assert reapply_register(house).withdrawals == 1
    with house.work(write=False) as work:
        who = get_person(work, person)
        assert who.state == ("erased" if level == "erase" else "stopped")
        assert work.session.get(Contact, who.id) is None
        assert work.session.exec(select(Withdrawal)).one().withdrawn_at == LATER


def test_a_lost_no_is_said_again(house: House, person: str) -> None:
    no = NewConsent(participate=True, text_version="1", given_via="oral", calls=True, texts=False)
    register_then_set_back(house, person, lambda work, who: record_consent(work, who, no))
    assert reapply_register(house).choices == 1
    with house.work(write=False) as work:
        assert find_consent(work, get_person(work, person)).texts is False


def test_what_the_database_knows_is_not_done_twice(house: House, person: str) -> None:
    with house.work(now=LATER) as work:
        withdraw_participant(work, get_person(work, person), "stop")
    assert keep_register(house, LATER) == 1
    assert keep_register(house, LATER) == 0
    assert reapply_register(house).withdrawals == 0


def test_an_entry_goes_when_no_back_up_is_left_without_it(house: House, person: str) -> None:
    with house.work(now=LATER) as work:
        withdraw_participant(work, get_person(work, person), "stop")
    keep_register(house, LATER)
    files = SealedFiles.of(house.settings, house.vault, "register")
    assert list(files.list_older(datetime.max.replace(tzinfo=UTC)))
    keep_register(house, datetime.now(UTC) + timedelta(days=43))
    assert not list(files.list_older(datetime.max.replace(tzinfo=UTC)))


def test_the_first_yes_is_no_withdrawal(house: House, person: str) -> None:
    assert keep_register(house, LATER) == 0


def test_key_rotation_seals_the_register_again(house: House, person: str) -> None:
    with house.work(now=LATER) as work:
        withdraw_participant(work, get_person(work, person), "stop")
    keep_register(house, LATER)
    ring = "new:" + base64.urlsafe_b64encode(b"b" * 32).decode()
    both = f"{ring},{house.settings.encryption_keys.get_secret_value()}"
    newer = house.settings.model_copy(update={"encryption_keys": SecretStr(both)})
    rotation = rotate_keys(replace(house, settings=newer, vault=Vault.from_settings(newer)))
    assert rotation.resealed["register"] == 1 and rotation.keys["register"] == {"new": 1}
    alone = house.settings.model_copy(update={"encryption_keys": SecretStr(ring)})
    assert reapply_register(replace(house, settings=alone, vault=Vault.from_settings(alone))).unknown == 0
