"""Erased is erased: with the database, its journal, every file beside it and every key we hold, nothing of somebody who
let everything be erased can be found again or tried out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import select

from journey.call.notes import record_note
from journey.clock import local_day
from journey.consent.service import withdraw_participant
from journey.db import files_of
from journey.models import Call, Message, Participant, Rating
from journey.operations.findings import sqlite_file
from journey.operations.keys import SEALED
from journey.outbox.service import plan_message, record_reply
from journey.participant.service import NewConsent
from journey.portal.service import create_link
from journey.rating.service import NewClosing, NewRating, record_closing_interview, record_rating
from journey.report.service import publish_batch
from journey.rules.ratings import Channel, Subject, Value
from journey.upload.service import NewUpload, record_upload
from journey.work import House, Work
from tests.report.cases import rate, rated_people
from tests.support.build import build_participant, build_study
from tests.upload.samples import wav

NAME, PHONE, QUOTE = "Wilhelmina Zonnebloem", "+31687654321", "Het paarse loket was steeds dicht"
ALL = NewConsent(
    participate=True, text_version="2026-1", given_via="oral", quotes=True, recording=True, photos=True
)
STEPS = ("werk-nl", "cv", "werkplein", "rechten-en-plichten", "participatiegesprek", "workshop", "aanvraag")


def with_everything(work: Work) -> Participant:
    """Somebody of whom as much is kept as can be, behind a published batch."""
    study = build_study(work)
    for person in rated_people(work, study, 12):
        rate(work, person, "workshop", "negative")
    one = build_participant(work, study, call_name=NAME, phone=PHONE, consent=ALL)
    record_rating(work, one, NewRating("cv", "step", "positive", "call", QUOTE))
    record_rating(work, one, NewRating("workshop", "step", "negative", "sms"))
    record_closing_interview(work, one, NewClosing(grade=None, statements={"friendly": "agree"}))
    call = work.session.exec(select(Call).where(Call.participant_id == one.id)).one()
    record_note(work, call, f"{NAME} is bereikbaar op 06-87654321")
    plan_message(work, one, "thanks", f"Dank u wel, {NAME}", "thanks:every-key", work.now)
    record_reply(work, QUOTE, "SM-every-key", participant=one)
    create_link(work, one)
    record_upload(work, one, NewUpload("voice", wav(), "k", "cv", "step"))
    publish_batch(work, study)
    return one


def cells_of(work: Work, person: int) -> set[str]:
    """Every longer word or number that is kept in rows of one person and in no row of another."""
    own, others = set(), set()
    connection = work.session.connection()
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
            mine = row.get("participant_id") == person or (table == "participant" and row["id"] == person)
            found = {
                piece
                for value in row.values()
                for piece in re.findall(r"[\w+=:/-]{12,}", str(value) if value else "")
            }
            (own if mine else others).update(found)
    return own - others


def everything_kept(house: House) -> Iterator[bytes]:
    """What somebody reads who takes the machine along: rows with what the keys open, and the bytes of files."""
    with house.work(write=False) as work:
        connection = work.session.connection()
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
                yield json.dumps(dict(row), default=str, ensure_ascii=False).encode()
                for (name, column), place in SEALED.items():
                    if name == table and row[column]:
                        yield house.vault.open(row[column], place.format_map(row)).encode()
    file = sqlite_file(house)
    beside = files_of(file) if file else ()
    for path in (*beside, *Path(house.settings.uploads).rglob("*")):
        if path.is_file():
            yield path.read_bytes()


def tries(house: House, person: int, salts: list[str]) -> Iterator[bytes]:
    """Every mark that the few possible answers of one person could have."""
    from journey.report.behind import salted

    day = local_day(house.clock.now())
    for step, subject, value, channel in product(STEPS, Subject, Value, Channel):
        for what in (
            ["27plus", step, subject, value, channel, day],
            ["27plus", step, subject, value, channel, day, False],
            [[step, subject, value]],
        ):
            fingerprint = house.vault.fingerprint(json.dumps([person, what], default=str), "batch")[:32]
            yield fingerprint.encode()
            yield from (salted(salt, fingerprint).encode() for salt in salts)


@pytest.fixture
def erased(house: House) -> tuple[int, set[str]]:
    with house.work() as work:
        one = with_everything(work)
        number, kept = one.id or 0, cells_of(work, one.id or 0)
    with house.work() as work:
        withdraw_participant(work, work.session.get_one(Participant, number), "erase")
    return number, kept


def test_nothing_of_somebody_erased_is_left_in_any_place(house: House, erased: tuple[int, set[str]]) -> None:
    number, kept = erased
    assert len(kept) > 10, "the person had too little to find"
    readable = [NAME, "Zonnebloem", PHONE, "87654321", QUOTE, "paarse loket"]
    with house.work(write=False) as work:
        code = work.session.get_one(Participant, number).code
        allowed = {str(value) for value in work.session.get_one(Participant, number).model_dump().values()}
    wanted = [one.encode() for one in (*readable, *kept) if one not in allowed and one != code]
    for piece in everything_kept(house):
        assert [one for one in wanted if one in piece] == []


def test_no_answer_of_somebody_erased_can_be_tried_out_with_our_keys(
    house: House, erased: tuple[int, set[str]]
) -> None:
    number, _kept = erased
    with house.work(write=False) as work:
        salts = [one for one in work.session.exec(select(Participant.mark_salt)).all() if one]
        assert work.session.exec(select(Rating).where(Rating.participant_id == number)).first() is None
    everything = b"\n".join(everything_kept(house))
    assert [one for one in tries(house, number, salts) if one in everything] == []


def test_the_same_tries_find_somebody_who_is_still_there(house: House) -> None:
    with house.work() as work:
        one = with_everything(work)
        number, salt = one.id or 0, one.mark_salt or ""
    everything = b"\n".join(everything_kept(house))
    assert any(one in everything for one in tries(house, number, [salt]))


@pytest.mark.parametrize("level", ["stop", "erase"])
def test_with_a_stop_numbers_and_notes_go_at_once(house: House, level: str) -> None:
    with house.work() as work:
        one = with_everything(work)
        number = one.id
        sent = work.session.exec(select(Message).where(Message.participant_id == number)).all()
        for row, state in zip(sent, ("sending", "cancelled", "uncertain"), strict=False):
            row.state = state
            work.session.add(row)
    with house.work() as work:
        withdraw_participant(work, work.session.get_one(Participant, number), level)
    with house.work(write=False) as work:
        rows = work.session.exec(select(Message).where(Message.participant_id == number)).all()
        notes = work.session.exec(select(Call.note).where(Call.participant_id == number)).all()
    assert {row.recipient for row in rows} <= {""}
    assert set(notes) <= {""}
