"""Improvements: written by one, approved by another, read by participants in their language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from journey.action.queries import get_action, list_actions, list_changes
from journey.action.service import NewAction, approve_action, change_action, drop_action, record_action
from journey.models import Action, stored_id
from journey.route.queries import list_definitions
from journey.rules.errors import Conflict, DomainError, Invalid, NotFound
from journey.work import Actor, House, Work
from tests.support.build import build_study, get_study_by

STUDY = "haarlem-test"
DUTCH = {"heard": "De bijeenkomst was te druk.", "done": "Er zijn nu hoogstens vijftien mensen."}


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        build_study(work, STUDY)
        yield work


def new(work: Work, **changes: object) -> NewAction:
    return replace(
        NewAction(step="rechten-en-plichten", since=work.today, words={"nl": DUTCH}),
        **changes,  # type: ignore[arg-type]
    )


def record(work: Work, **changes: object) -> Action:
    return record_action(work, get_study_by(work, STUDY), new(work, **changes))


def colleague(work: Work) -> Work:
    return replace(work, actor=Actor("user", "user:99", "manager"))


def approve(work: Work, action: Action) -> None:
    approve_action(colleague(work), get_study_by(work, STUDY), action)


def read(work: Work, language: str = "nl") -> list[tuple[str, str]]:
    study = get_study_by(work, STUDY)
    definition = list_definitions(work, study)[0]
    return [(one.done, one.language) for one in list_changes(work, stored_id(study), definition, language)]


def test_a_draft_is_read_by_no_participant(work: Work) -> None:
    record(work)
    assert read(work) == []


def test_an_approved_improvement_is_read(work: Work) -> None:
    approve(work, record(work))
    assert read(work) == [(DUTCH["done"], "nl")]


def test_its_writer_does_not_approve_it(work: Work) -> None:
    action = record(work)
    with pytest.raises(Conflict):
        approve_action(work, get_study_by(work, STUDY), action)
    assert read(work) == []


def test_one_that_begins_later_waits_for_its_day(work: Work) -> None:
    approve(work, record(work, since=work.today + timedelta(days=1)))
    assert read(work) == []
    assert read(replace(work, now=work.now + timedelta(days=1))) != []


def test_another_language_is_read_when_written_and_dutch_otherwise(work: Work) -> None:
    english = {"heard": "The meeting was crowded.", "done": "At most fifteen people now."}
    approve(work, record(work, words={"nl": DUTCH, "en": english}))
    assert read(work, "en") == [(english["done"], "en")]
    assert read(work, "pl") == [(DUTCH["done"], "nl")]


def test_a_changed_text_has_to_be_approved_again(work: Work) -> None:
    action = record(work)
    approve(work, action)
    study = get_study_by(work, STUDY)
    change_action(colleague(work), study, action, new(work, words={"nl": {**DUTCH, "done": "Iets anders."}}))
    assert read(work) == []
    with pytest.raises(Conflict):
        approve(work, action)


def test_one_that_was_taken_away_stays_away(work: Work) -> None:
    action = record(work)
    approve(work, action)
    study = get_study_by(work, STUDY)
    drop_action(work, study, action)
    assert read(work) == []
    with pytest.raises(Conflict):
        approve(work, action)
    assert len(list_actions(work, study)) == 1


def test_one_of_another_route_is_not_read(work: Work) -> None:
    study = get_study_by(work, STUDY)
    action = record(work, step="cv", route=list_definitions(work, study)[0].id)
    action.route = "another"
    work.session.add(action)
    approve(work, action)
    assert read(work) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"step": "dansles"}, "step"),
        ({"step": ""}, "step"),
        ({"route": "maanreis"}, "route"),
        ({"words": {"nl": {"heard": "", "done": "x"}}}, "nl_heard"),
        ({"words": {}}, "nl_heard"),
        ({"words": {"nl": DUTCH, "en": {"heard": "only half"}}}, "en_done"),
        ({"words": {"nl": {**DUTCH, "done": "y" * 301}}}, "nl_done"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_at_its_field(
    work: Work, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record(work, **changes)
    assert refused.value.field == field


def test_a_day_far_away_is_refused(work: Work) -> None:
    with pytest.raises(DomainError):
        record(work, since=work.today.replace(year=2062))


def test_an_improvement_of_another_study_does_not_exist(work: Work) -> None:
    action = record(work)
    other = build_study(work, "zandvoort-test")
    with pytest.raises(NotFound):
        get_action(work, other, stored_id(action))
