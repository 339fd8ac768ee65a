"""A recorded report keeps its numbers; what changed since is told, and words can always be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from journey.consent.service import record_consent, withdraw_participant
from journey.document.content import Content, Quotes, Words
from journey.document.service import (
    get_snapshot,
    get_snapshot_on,
    list_snapshots,
    open_snapshot,
    read_report,
    record_snapshot,
)
from journey.document.texts import record_text
from journey.models import Participant, Study
from journey.participant.service import NewConsent
from journey.rating.quotes import decide_quote, propose_quote
from journey.rating.service import NewRating, record_rating
from journey.report.service import publish_batch
from journey.rules.errors import NotFound
from journey.work import Actor, Work
from tests.report.cases import rated_people, reader
from tests.support.build import CONSENT


def later(work: Work, days: int = 1) -> Work:
    return replace(work, now=work.now + timedelta(days=days))


def as_user(work: Work, number: int) -> Work:
    return replace(work, actor=Actor("user", f"user:{number}", "researcher", id=number))


def n_of_cv(content: Content) -> int | None:
    figures = [block for block in content.blocks() if block.kind == "bars" and block.step == "cv"]
    return figures[0].bars[0].n if figures else None


def quoted(work: Work, study: Study, person: Participant, text: str) -> None:
    row = record_rating(work, person, NewRating("cv", "step", "neutral", "call", text))
    edit = propose_quote(as_user(work, 1), study, row.id or 0, text)
    decide_quote(as_user(work, 2), study, edit.id or 0, approve=True)


@pytest.fixture
def research(work: Work) -> Work:
    """The system itself, which reads live figures as researchers do."""
    return work


def test_later_answers_do_not_change_it(research: Work, study: Study) -> None:
    rated_people(research, study, 12)
    made = record_snapshot(research, study, "research")
    rated_people(research, study, 3)
    assert n_of_cv(open_snapshot(later(research), study, made)) == 12
    assert n_of_cv(read_report(later(research), study, "research")) == 15


def test_a_day_has_one_set_of_numbers(research: Work, study: Study) -> None:
    rated_people(research, study, 12)
    first = record_snapshot(research, study, "research")
    rated_people(research, study, 3)
    assert record_snapshot(research, study, "research").number == first.number
    assert n_of_cv(Content.from_json(record_snapshot(later(research), study, "research").content)) == 15


def test_recording_again_on_a_day_takes_the_texts_of_now(research: Work, study: Study) -> None:
    rated_people(research, study, 12)
    first = record_snapshot(research, study, "research")
    rated_people(research, study, 3)
    record_text(research, study, "conclusions", "Het cv gaat goed.", seen=0)
    second = record_snapshot(research, study, "research")
    assert second.number == first.number + 1
    assert n_of_cv(Content.from_json(second.content)) == 12
    assert "Het cv gaat goed." in str(open_snapshot(research, study, second))
    assert "Het cv gaat goed." not in str(open_snapshot(research, study, first))


def test_answers_withdrawn_on_the_same_day_are_not_recorded_again(research: Work, study: Study) -> None:
    people = rated_people(research, study, 12)
    record_snapshot(research, study, "research")
    soon = replace(research, now=research.now + timedelta(minutes=1))
    withdraw_participant(soon, people[0], "erase")
    assert n_of_cv(Content.from_json(record_snapshot(soon, study, "research").content)) == 11


def test_later_withdrawals_are_told(research: Work, study: Study) -> None:
    people = rated_people(research, study, 12)
    made = record_snapshot(research, study, "research")
    after = later(research)
    withdraw_participant(after, people[0], "erase")
    withdraw_participant(after, people[1], "from_step", "cv")
    shown = open_snapshot(after, study, made)
    assert "Na deze cijfers trokken 2 mensen antwoorden in." in shown.standing[-1]
    assert n_of_cv(shown) == 12


def test_who_only_stops_leaves_the_numbers_as_they_are(research: Work, study: Study) -> None:
    people = rated_people(research, study, 12)
    made = record_snapshot(research, study, "research")
    withdraw_participant(later(research), people[0], "stop")
    assert "antwoorden in" not in str(open_snapshot(later(research, 2), study, made).standing)


def test_managers_hear_of_few_withdrawals_with_the_next_figures_and_without_a_number(
    work: Work, study: Study
) -> None:
    people = rated_people(work, study, 14)
    publish_batch(work, study)
    made = record_snapshot(work, study, "manager")
    after = later(work)
    withdraw_participant(after, people[0], "erase")
    manager = reader(after, "manager")
    assert "ingetrokken" not in str(open_snapshot(manager, study, made).standing)
    rated_people(after, study, 4)
    assert publish_batch(after, study) is not None
    told = open_snapshot(manager, study, made).standing[-1]
    assert told == "Sinds deze cijfers zijn antwoorden ingetrokken. Die zitten nog in dit rapport."


def test_words_are_not_kept_in_it(research: Work, study: Study) -> None:
    person = rated_people(research, study, 12)[0]
    quoted(research, study, person, "Het ging vanzelf")
    made = record_snapshot(research, study, "research")
    assert "Het ging vanzelf" not in str(made.content)
    assert Words(("Het ging vanzelf",)) in list(open_snapshot(research, study, made).blocks())


def test_a_quote_goes_when_its_consent_does(research: Work, study: Study) -> None:
    person = rated_people(research, study, 12)[0]
    quoted(research, study, person, "Het ging vanzelf")
    made = record_snapshot(research, study, "research")
    record_consent(research, person, NewConsent(**{**vars(CONSENT), "quotes": False}))
    assert Words((None,)) in list(open_snapshot(research, study, made).blocks())


def test_who_has_everything_removed_leaves_no_words(research: Work, study: Study) -> None:
    person = rated_people(research, study, 12)[0]
    quoted(research, study, person, "Het ging vanzelf")
    made = record_snapshot(research, study, "research")
    withdraw_participant(research, person, "erase")
    assert Words((None,)) in list(open_snapshot(research, study, made).blocks())


def test_managers_read_a_quote_of_the_published_figures(work: Work, study: Study) -> None:
    person = rated_people(work, study, 12)[0]
    quoted(work, study, person, "Het ging vanzelf")
    publish_batch(work, study)
    content = read_report(reader(work, "manager"), study, "manager")
    assert [len(block.ids) for block in content.blocks() if isinstance(block, Quotes)] == [1]


def test_a_manager_sees_none_of_the_researchers(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    publish_batch(work, study)
    hidden, shown = record_snapshot(work, study, "research"), record_snapshot(work, study, "manager")
    manager = reader(work, "manager")
    assert [one.number for one in list_snapshots(manager, study)] == [shown.number]
    with pytest.raises(NotFound):
        get_snapshot(manager, study, hidden.number)
    with pytest.raises(NotFound):
        record_snapshot(manager, study, "research")


def test_a_day_finds_the_last_report_before_it(research: Work, study: Study) -> None:
    first = record_snapshot(research, study, "research")
    second = record_snapshot(later(research, 5), study, "research")
    day = research.today
    assert get_snapshot_on(research, study, "research", day + timedelta(days=4)).number == first.number
    assert get_snapshot_on(research, study, "research", day + timedelta(days=9)).number == second.number
    with pytest.raises(NotFound):
        get_snapshot_on(research, study, "research", day - timedelta(days=1))
