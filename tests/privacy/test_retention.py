"""Retention: every table has a term or a reason, what is due goes, and the proof is written with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel, col, func, select

from journey.audit.service import record_act
from journey.models import (
    Approach,
    AuditEntry,
    Batch,
    CalendarFeed,
    CaseWords,
    Contact,
    Deletion,
    ExportRun,
    HelpSignal,
    Journey,
    Letter,
    Link,
    Meeting,
    Message,
    Participant,
    Rating,
    Reply,
    Study,
    Upload,
    User,
    metadata,
    stored_id,
)
from journey.privacy import retention
from journey.privacy.categories import CATEGORIES, KEPT, Category, get_category
from journey.privacy.retention import keep_terms, list_nights, list_standings, run_category
from journey.rating.service import NewRating, record_rating
from journey.report.service import publish_due
from journey.settings import Settings
from journey.work import House, Work
from tests.support.desk import STUDY, Desk

pytestmark = pytest.mark.both

NIGHT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)  # half past three in Amsterdam


def count(work: Work, model: type[SQLModel]) -> int:
    return int(work.session.exec(select(func.count()).select_from(model)).one())


def person_id(desk: Desk, code: str) -> int:
    with desk.house.work(write=False) as work:
        return stored_id(desk.person(work, code))


def keep(desk: Desk, rows: list[SQLModel]) -> None:
    with desk.work() as work:
        work.session.add_all(rows)


def ago(days: int) -> datetime:
    return NIGHT - timedelta(days=days)


def night(desk: Desk, name: str, now: datetime = NIGHT) -> int:
    return run_category(desk.house, get_category(name), now)


def proofs(desk: Desk, name: str) -> list[Deletion]:
    with desk.house.work(write=False) as work:
        statement = select(Deletion).where(Deletion.category == name).order_by(col(Deletion.id))
        return list(work.session.exec(statement).all())


def test_every_table_has_one_category_or_a_reason_to_stay() -> None:
    named = [table for one in CATEGORIES for part in one.parts for table in part.tables]
    assert sorted([*named, *KEPT]) == sorted(metadata.tables)


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda one: one.name)
def test_every_term_has_a_least_a_most_and_words(category: Category) -> None:
    field = Settings.model_fields[category.setting]
    limits = {type(one).__name__ for one in field.metadata}
    assert {"Ge", "Le"} <= limits
    assert field.description


def test_an_empty_installation_proves_that_nothing_was_due(desk: Desk) -> None:
    assert keep_terms(desk.house, NIGHT) == 0
    with desk.house.work(write=False) as work:
        nights = list_nights(work)
    assert {(one.category, one.removed, one.oldest_left) for one in nights} == {
        (one.name, 0, None) for one in CATEGORIES
    }


def test_nothing_happens_before_three_and_once_a_night(desk: Desk) -> None:
    keep_terms(desk.house, NIGHT - timedelta(hours=1))
    assert proofs(desk, "letters") == []
    for hours in (0, 1, 5):
        keep_terms(desk.house, NIGHT + timedelta(hours=hours))
    assert len(proofs(desk, "letters")) == 1
    keep_terms(desk.house, NIGHT + timedelta(days=1))
    assert len(proofs(desk, "letters")) == 2


def message(person: int | None, created: datetime, key: str) -> Message:
    return Message(
        participant_id=person,
        occasion="thanks",
        dedup_key=key,
        recipient="x",
        body="x",
        due_at=created,
        created_at=created,
        updated_at=created,
    )


def test_old_texts_go_and_young_ones_stay(desk: Desk) -> None:
    person = person_id(desk, desk.enrol())
    keep(desk, [message(person, ago(181), "old"), message(person, ago(179), "young")])
    keep(desk, [Reply(participant_id=person, gateway_id="g", body="x", received_at=ago(181))])
    assert night(desk, "messages") == 2
    with desk.house.work(write=False) as work:
        assert [row.dedup_key for row in work.session.exec(select(Message)).all()] == ["young"]
        assert count(work, Reply) == 0


def test_a_shorter_term_of_the_installation_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.house.settings, "keep_letters_days", 30)
    person = person_id(desk, desk.enrol())
    keep(
        desk,
        [
            Letter(participant_id=person, reason="asked", language="nl", printed_at=ago(n), printed_by="x")
            for n in (29, 31)
        ],
    )
    assert night(desk, "letters") == 1
    assert proofs(desk, "letters")[0].kept_days == 30


def test_batches_are_small_and_each_has_its_proof(desk: Desk) -> None:
    keep(desk, [message(None, ago(200 + n), f"k{n}") for n in range(5)])
    assert run_category(desk.house, get_category("messages"), NIGHT, batch=2) == 5
    rows = proofs(desk, "messages")
    assert [row.removed for row in rows] == [2, 2, 1]
    assert [row.oldest_left for row in rows] == [ago(202), ago(200), None]
    with desk.house.work(write=False) as work:
        assert [one.removed for one in list_nights(work, category="messages")] == [5]


def test_a_batch_that_fails_leaves_neither_rows_nor_proof_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk, [message(None, ago(200), "k")])

    def broken(*_arguments: Any) -> None:
        raise ValueError("disk full")

    monkeypatch.setattr(retention, "_prove", broken)
    with pytest.raises(RuntimeError, match="messages"):
        keep_terms(desk.house, NIGHT)
    assert proofs(desk, "messages") == []
    with desk.house.work(write=False) as work:
        assert count(work, Message) == 1
    monkeypatch.undo()
    keep_terms(desk.house, NIGHT + timedelta(minutes=20))
    assert [row.removed for row in proofs(desk, "messages")] == [1]


def test_a_category_that_removes_nothing_of_what_is_due_is_no_success(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = person_id(desk, desk.enrol())
    keep(
        desk,
        [Letter(participant_id=person, reason="asked", language="nl", printed_at=ago(400), printed_by="x")],
    )
    real = get_category("letters")
    stuck = Category(
        real.name,
        real.setting,
        tuple(type(part)(part.tables, part.due, lambda _work, _rows: None) for part in real.parts),
    )
    monkeypatch.setattr(retention, "CATEGORIES", (stuck,))
    monkeypatch.setattr(retention, "BATCH", 1)
    with pytest.raises(RuntimeError, match="letters"):
        keep_terms(desk.house, NIGHT)


def test_who_went_silent_is_no_longer_known_by_name(desk: Desk) -> None:
    silent, speaking = desk.enrol(), desk.enrol(phone="0687654321")
    with desk.work() as work:
        work.session.exec(update(Participant).values(created_at=ago(400)))  # type: ignore[call-overload]
    with desk.house.work(now=ago(20)) as work:
        record_rating(work, desk.person(work, speaking), NewRating("cv", "step", "positive", "call"))
    assert night(desk, "contact") == 1
    with desk.house.work(write=False) as work:
        assert [row.participant_id for row in work.session.exec(select(Contact)).all()] == [
            desk.person(work, speaking).id
        ]
        assert desk.person(work, silent).state == "closed"


def close_study(desk: Desk, closed: datetime) -> None:
    with desk.work() as work:
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        study.closed_at = closed
        work.session.add(study)


def test_contact_data_goes_when_a_study_is_over_for_long(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        desk.person(work, code).created_at = ago(300)
    close_study(desk, ago(179))
    with desk.house.work(now=ago(20)) as work:
        record_rating(work, desk.person(work, code), NewRating("cv", "step", "positive", "call"))
    assert night(desk, "contact") == 0
    close_study(desk, ago(181))
    assert night(desk, "contact", NIGHT + timedelta(days=1)) == 1


@pytest.mark.parametrize(("code", "gone"), [("haarlem-2016", 0), ("haarlem-2017", 1)])
def test_a_cohort_made_up_from_printed_counts_stays(desk: Desk, code: str, gone: int) -> None:
    """Its people are nobody: the published page goes on to show that every number comes out."""
    desk.enrol()
    close_study(desk, ago(4000))
    with desk.work() as work:
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        study.code = code
    assert night(desk, "answers") == gone


def test_a_help_signal_loses_its_name_and_words(desk: Desk) -> None:
    person = person_id(desk, desk.enrol())
    with desk.work() as work:
        user = work.session.exec(select(User.id)).first() or 0
    signal = HelpSignal(
        participant_id=person, addressee_id=user, content="sealed", agreed_at=ago(61), recorded_by="x"
    )
    keep(desk, [signal])
    assert night(desk, "help") == 1
    with desk.house.work(write=False) as work:
        row = work.session.exec(select(HelpSignal)).one()
    assert (row.content, row.closed_at) == ("", NIGHT)


def test_links_that_stopped_working_go(desk: Desk) -> None:
    person = person_id(desk, desk.enrol())
    ends = {"past": (ago(31), None), "revoked": (ago(-60), ago(31)), "works": (ago(-60), None)}
    keep(
        desk,
        [
            Link(
                participant_id=person,
                token_hash=name,
                code_fingerprint=name,
                created_at=ago(90),
                expires_at=expires,
                revoked_at=revoked,
            )
            for name, (expires, revoked) in ends.items()
        ],
    )
    assert night(desk, "links") == 2
    with desk.house.work(write=False) as work:
        assert [row.token_hash for row in work.session.exec(select(Link)).all()] == ["works"]


def test_the_calendar_address_of_who_left_goes(desk: Desk) -> None:
    with desk.work() as work:
        user = work.session.exec(select(User)).first()
        assert user is not None
        user.active = False
        work.session.add(CalendarFeed(user_id=stored_id(user), token_hash="x", created_at=ago(181)))
    assert night(desk, "calendar") == 1


def test_keys_of_the_case_system_go_and_the_dates_stay(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        journey = work.session.get_one(Journey, desk.person(work, code).journey_id)
        journey.reference = "Z-1"
        work.session.add(CaseWords(journey_id=stored_id(journey), words={}, stated_at=ago(500)))
    close_study(desk, ago(366))
    assert night(desk, "cases") == 1
    with desk.house.work(write=False) as work:
        assert count(work, CaseWords) == 0
        assert [row.reference for row in work.session.exec(select(Journey)).all()] == [None]


def test_answers_go_years_after_the_study_and_published_figures_stay(desk: Desk) -> None:
    codes = [desk.enrol(phone=f"06123456{n:02d}") for n in range(6)]
    with desk.house.work(now=ago(3700)) as work:
        for code in codes:
            record_rating(work, desk.person(work, code), NewRating("cv", "step", "positive", "call"))
    close_study(desk, ago(3651))
    with desk.work() as work:
        publish_due(work)
        meeting = Meeting(
            study_id=work.session.exec(select(Study.id).where(Study.code == STUDY)).one(),
            held_on=date(2016, 1, 1),
            name="x",
            recorded_by="x",
            recorded_at=ago(3700),
        )
        work.session.add(meeting)
        work.session.flush()
        work.session.add(
            Approach(meeting_id=stored_id(meeting), answer="no", recorded_by="x", recorded_at=ago(3700))
        )
    with desk.house.work(write=False) as work:
        before = [row.figures for row in work.session.exec(select(Batch)).all()]
    assert before
    assert night(desk, "answers") == 7
    with desk.work() as work:
        publish_due(work)
    with desk.house.work(write=False) as work:
        assert [count(work, one) for one in (Rating, Approach, Journey)] == [0, 0, 0]
        assert {row.state for row in work.session.exec(select(Participant)).all()} == {"erased"}
        assert [row.figures for row in work.session.exec(select(Batch)).all()] == before


def test_answers_of_a_study_that_was_never_closed_stay(desk: Desk) -> None:
    desk.enrol()
    assert night(desk, "answers", NIGHT + timedelta(days=9000)) == 0


def test_files_that_went_by_the_hour_are_in_the_proof(desk: Desk) -> None:
    code = desk.enrol()
    with desk.work() as work:
        person = desk.person(work, code)
        work.session.add_all(
            Upload(
                participant_id=stored_id(person),
                kind="voice",
                media_type="audio/ogg",
                size=1,
                stored_as=f"ab{n}",
                uploaded_at=ago(40),
                expires_on=ago(10).date(),
                deleted_at=deleted,
            )
            for n, deleted in enumerate((ago(1), None))
        )
    night(desk, "uploads")
    assert [row.removed for row in proofs(desk, "uploads")] == [2]
    night(desk, "uploads", NIGHT + timedelta(days=1))
    assert [row.removed for row in proofs(desk, "uploads")] == [2, 0]


def test_the_list_of_exports_ends_too(desk: Desk) -> None:
    with desk.work() as work:
        study = work.session.exec(select(Study.id)).first() or 0
    runs = [
        ExportRun(
            study_id=study,
            content="figures",
            format="csv",
            purpose="x",
            rows=1,
            sha256="x",
            made_by="x",
            made_at=ago(days),
        )
        for days in (1826, 1824)
    ]
    keep(desk, runs)
    assert night(desk, "exports") == 1


def old_line(desk: Desk, days: int) -> None:
    with desk.house.work(now=ago(days)) as work:
        record_act(work, "test.old", f"{days}")


def lines(desk: Desk) -> list[str]:
    with desk.house.work(write=False) as work:
        return [row.object for row in work.session.exec(select(AuditEntry)).all() if row.action == "test.old"]


def test_the_trail_ends_only_behind_its_proof(desk: Desk) -> None:
    for days in (900, 800, 731, 729):
        old_line(desk, days)
    assert run_category(desk.house, get_category("audit"), NIGHT, batch=2) == 3
    assert lines(desk) == ["729"]
    assert [row.removed for row in proofs(desk, "audit")] == [2, 1]


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(result="changed"),
        update(AuditEntry).values(actor="somebody else"),
        delete(AuditEntry),
        update(Deletion).values(removed=0),
        delete(Deletion),
    ],
)
def test_nobody_changes_the_trail_or_the_proof(desk: Desk, statement: Any) -> None:
    old_line(desk, 1)
    night(desk, "letters")
    with pytest.raises(DatabaseError, match="append-only"), desk.work() as work:
        work.session.execute(statement)
    assert lines(desk) == ["1"]
    assert len(proofs(desk, "letters")) == 1


def test_a_false_proof_frees_no_younger_line(desk: Desk) -> None:
    old_line(desk, 10)
    night(desk, "audit")
    with pytest.raises(DatabaseError, match="append-only"), desk.work() as work:
        work.session.execute(text("DELETE FROM audit_entry"))
    assert lines(desk) == ["10"]


def test_what_was_left_or_not_done_stands_as_late(house: House) -> None:
    for category in CATEGORIES:
        run_category(house, category, NIGHT)
    with house.work(write=False, now=NIGHT + timedelta(hours=20)) as work:
        assert not any(one.is_late for one in list_standings(work))
    with house.work(write=False, now=NIGHT + timedelta(hours=30)) as work:
        assert all(one.is_late for one in list_standings(work))


def test_a_night_that_was_never_done_is_late(house: House) -> None:
    with house.work(write=False, now=NIGHT) as work:
        assert all(one.is_late and one.last is None for one in list_standings(work))


def test_a_night_done_under_a_clock_that_ran_ahead_is_done_again(desk: Desk) -> None:
    night = NIGHT + timedelta(days=1)
    keep_terms(desk.house, night + timedelta(hours=8))
    keep_terms(desk.house, night)
    keep_terms(desk.house, night + timedelta(minutes=20))
    with desk.house.work(write=False) as work:
        moments = {row.ran_at for row in work.session.exec(select(Deletion)).all()}
    assert moments == {night + timedelta(hours=8), night}
