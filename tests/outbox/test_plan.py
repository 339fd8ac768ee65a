"""Planning a message: once per key, at a decent hour, sealed."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.models import Message
from journey.outbox.quiet import is_quiet, next_allowed
from journey.outbox.service import plan_message
from journey.outbox.sms import is_gsm7, plain, segments
from journey.work import House
from tests.support.build import build_participant, build_study

EVENING = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # a Monday, 21:30 in Amsterdam


def test_the_same_key_gives_one_message(house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work))
        first = plan_message(work, person, "thanks", "Dank u.", "thanks:1")
        assert first is not None
        assert plan_message(work, person, "thanks", "Dank u.", "thanks:1") is None


def test_without_a_number_there_is_no_message(house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work), phone=None, channel="web")
        assert plan_message(work, person, "thanks", "Dank u.", "thanks:1") is None


def test_number_and_text_are_sealed_in_the_table(house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work))
        message = plan_message(work, person, "thanks", "Dank u.", "thanks:1")
        assert message is not None
        stored = f"{message.recipient} {message.body} {message.dedup_key}"
    assert "612345678" not in stored
    assert "Dank" not in stored


def test_what_was_asked_for_goes_at_once_also_late(house: House) -> None:
    with house.work(now=EVENING) as work:
        person = build_participant(work, build_study(work))
        message = plan_message(work, person, "link", "Uw link", "link:1")
        assert message is not None and message.due_at == EVENING


def test_what_was_not_asked_for_waits_for_nine_in_the_morning(house: House) -> None:
    with house.work(now=EVENING) as work:
        person = build_participant(work, build_study(work))
        message = plan_message(work, person, "call_announced", "Wij bellen u.", "call:1")
        assert message is not None and message.due_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 18, 59, tzinfo=UTC), None),  # 19:59
        (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),  # 20:00
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),  # 08:59
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), None),  # 09:00
        (
            datetime(2026, 12, 25, 12, 0, tzinfo=UTC),
            datetime(2026, 12, 27, 8, tzinfo=UTC),
        ),  # Christmas, two days
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),  # clocks go forward
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # and back
    ],
)
def test_quiet_hours(moment: datetime, expected: datetime | None) -> None:
    assert is_quiet(moment) is (expected is not None)
    assert next_allowed(moment) == (expected or moment)


def test_a_message_says_until_when_it_is_true(house: House) -> None:
    with house.work(now=EVENING) as work:
        person = build_participant(work, build_study(work))
        message = plan_message(work, person, "link", "Uw link", "link:1")
        assert message is not None and message.valid_until == EVENING + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ئ" * 70, 1),
        ("ئ" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ى" * 135, 3),
    ],
)
def test_paid_parts(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_names_are_made_to_fit_the_alphabet_of_a_message() -> None:
    assert plain("Súdwest-Fryslân, Coördinatie, café’s") == "Sudwest-Fryslan, Coördinatie, café's"
    assert is_gsm7(plain("Súdwest-Fryslân"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Onderzoek ’s-Hertogenbosch", "Onderzoek 's-Hertogenbosch"),
        ("Łukasz Dąbrowski", "Lukasz Dabrowski"),
        ("“goed” – vraag…", '"goed" - vraag...'),
        ("Đorđe Ħal Œuvre Þór ı", "Dorde Hal OEuvre Thor i"),
        ("5\u00a0€ × 2 ½", "5 € x 2 1/2"),
        ("ĳs ﬁets №1", "ijs fiets No1"),
        ("محمد belt u", "محمد belt u"),
        ("😀", "😀"),
        ("Wie?", "Wie?"),
        ("a\u200bb\u200e", "ab"),
    ],
)
def test_every_sign_has_a_readable_form(text: str, read: str) -> None:
    assert plain(text) == read


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_nothing_becomes_a_question_mark(text: str) -> None:
    assert plain(text).count("?") <= unicodedata.normalize("NFKC", text).count("?")


def test_a_sign_of_two_places_is_not_cut_in_two() -> None:
    assert [segments("a" * 152 + "€" + "a" * 152), segments("a" * 151 + "€" + "a" * 153)] == [3, 2]
    assert segments("ئ" * 66 + "😀" + "ئ" * 66) == 3


def test_planning_leaves_a_line_without_number_or_text(house: House) -> None:
    from sqlmodel import select

    from journey.models import AuditEntry

    with house.work() as work:
        person = build_participant(work, build_study(work))
        plan_message(work, person, "thanks", "Dank u.", "thanks:1")
        lines = work.session.exec(select(AuditEntry).where(AuditEntry.action == "message.plan.thanks")).all()
        assert [line.object for line in lines] == ["H-001"]
        assert work.session.exec(select(Message)).one().state == "ready"
