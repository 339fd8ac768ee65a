"""Managers see what was published; a new batch comes when five people changed, so that no difference is one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from journey.consent.service import forget_person, withdraw_participant
from journey.models import BatchMark, Study
from journey.report.batches import standing
from journey.report.behind import list_everybody, whole_people
from journey.report.queries import closing, figures, find_batch, lead_times
from journey.report.service import publish_batch, publish_due
from journey.work import Work
from tests.report.cases import close, lived, rate, rated_people, reader
from tests.support.build import build_participant, build_study


def seen_n(work: Work, study: Study, step: str = "cv") -> int | None:
    """N of one bar as a manager sees it."""
    rows = figures(reader(work, "manager"), study, "27plus").rows
    return next(row.n for row in rows if (row.step, row.subject) == (step, "step"))


def test_before_the_first_batch_managers_see_why_there_is_nothing(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    result = figures(reader(work, "manager"), study)
    assert (result.as_of, result.batch) == (None, None)
    assert {(row.shown, row.n, row.reason) for row in result.rows} == {
        (False, None, "Er zijn nog geen cijfers vrijgegeven.")
    }
    assert not closing(reader(work, "manager"), study).shown


@pytest.mark.parametrize(("people", "published"), [(4, False), (5, True)])
def test_the_first_batch_needs_five_people(work: Work, study: Study, people: int, published: bool) -> None:
    rated_people(work, study, people)
    assert (publish_batch(work, study) is not None) == published


@pytest.mark.parametrize(("more", "seen"), [(4, 12), (5, 17)])
def test_managers_see_the_old_figures_until_five_people_changed(
    work: Work, study: Study, more: int, seen: int
) -> None:
    rated_people(work, study, 12)
    publish_batch(work, study)
    rated_people(work, study, more)
    publish_batch(work, study)
    assert seen_n(work, study) == seen


def test_one_person_who_changes_five_answers_is_one_person(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    for step in ("werk-nl", "cv", "werkplein", "workshop", "aanvraag"):
        rate(work, people[0], step, "positive")
    assert publish_batch(work, study) is None
    assert standing(work, study).missing == 4


def test_changed_added_and_withdrawn_people_count_alike(work: Work, study: Study) -> None:
    people = rated_people(work, study, 15)
    publish_batch(work, study)
    rate(work, people[0], "cv", "positive")
    rate(work, people[1], "cv", "negative")
    rated_people(work, study, 1)
    withdraw_participant(work, people[2], "erase")
    assert publish_batch(work, study) is None
    withdraw_participant(work, people[3], "from_step", "cv")
    assert publish_batch(work, study) is not None
    assert seen_n(work, study) == 14


def test_an_answer_given_again_changes_nobody(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    for person in people:
        rate(work, person)
    assert standing(work, study).changed == 0


def test_who_only_stops_keeps_counting_and_changes_nothing(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    for person in people[:6]:
        withdraw_participant(work, person, "stop")
    assert publish_batch(work, study) is None


def test_a_withdrawal_reaches_managers_with_the_next_batch(work: Work, study: Study) -> None:
    people = rated_people(work, study, 14)
    publish_batch(work, study)
    withdraw_participant(work, people[0], "erase")
    assert (seen_n(work, study), publish_batch(work, study)) == (14, None)
    rated_people(work, study, 4)
    assert publish_batch(work, study) is not None
    assert seen_n(work, study) == 17


def test_a_group_that_becomes_small_disappears_with_the_batch(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    for person in people[:5]:
        withdraw_participant(work, person, "erase")
    publish_batch(work, study)
    assert seen_n(work, study) is None


def test_the_minimum_group_of_the_study_decides_when_it_is_read(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    publish_batch(work, study)
    study.minimum_group = 13
    assert seen_n(work, study) is None


def test_the_closing_of_a_study_publishes_whatever_changed(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    rate(work, people[0], "cv", "positive")
    batch = publish_batch(work, study, force=True)
    assert batch is not None
    assert batch.number == 2


def test_a_batch_holds_no_answer_of_a_person(work: Work, study: Study) -> None:
    rated_people(work, study, 12, value="negative")
    batch = publish_batch(work, study)
    assert batch is not None
    assert len(set(whole_people(work, batch).values())) == 12, "equal answers must not give equal marks"
    assert all(isinstance(size, int) for sizes in batch.counted.values() for size in sizes)


def test_who_was_erased_has_no_mark_left_and_still_counts_as_changed(work: Work, study: Study) -> None:
    people = rated_people(work, study, 14)
    batch = publish_batch(work, study)
    assert batch is not None
    withdraw_participant(work, people[0], "erase")
    assert work.session.exec(select(BatchMark).where(BatchMark.participant_id == people[0].id)).all() == []
    assert people[0].mark_salt is None
    everybody = list_everybody(work, [batch])[0]
    assert (standing(work, study).changed, len(everybody["bar/27plus/cv/step"].people)) == (1, 14)


def test_a_bar_that_somebody_was_erased_from_is_withheld_until_enough_of_it_changed(
    work: Work, study: Study
) -> None:
    people = rated_people(work, study, 14)
    publish_batch(work, study)
    withdraw_participant(work, people[0], "erase")
    for person in people[1:5]:
        rate(work, person, "workshop")
    assert publish_batch(work, study) is not None
    assert seen_n(work, study) is None


def test_the_time_of_answers_takes_the_marks_along(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    publish_batch(work, study)
    for person in people:
        forget_person(work, person)
    assert work.session.exec(select(BatchMark)).all() == []


def test_every_night_only_what_is_due_is_published(work: Work, study: Study) -> None:
    other = build_study(work, "zandvoort-test", municipality="Zandvoort")
    rated_people(work, study, 6)
    rated_people(work, other, 4)
    assert [batch.study_id for batch in publish_due(work)] == [study.id]
    assert publish_due(work) == []


def test_the_night_after_closing_publishes_the_last_batch_once(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    publish_batch(work, study)
    rated_people(work, study, 1)
    study.closed_at = work.now + timedelta(minutes=1)
    night = replace(work, now=work.now + timedelta(hours=9))
    assert len(publish_due(night)) == 1
    assert publish_due(night) == []


def test_grades_of_too_few_people_stay_hidden_in_a_shown_closing(work: Work, study: Study) -> None:
    for index in range(12):
        grades = {"grade_desk": "4"} if index < 9 else {}
        statements = {"friendly": "agree", **({"expert": "agree"} if index < 9 else {})}
        close(work, build_participant(work, study), "7", statements, **grades)
    publish_batch(work, study)
    result = closing(reader(work, "manager"), study)
    counts = {row.id: row.n for row in result.statements}
    assert (result.n, result.grade_mean, result.grade_desk_mean) == (12, 7.0, None)
    assert (counts["friendly"], counts["expert"]) == (12, None)


def test_five_new_ratings_do_not_bring_the_one_new_date_of_somebody_else(work: Work, study: Study) -> None:
    people = rated_people(work, study, 12)
    for person in people[:11]:
        lived(work, study, person=person, steps={"werkplein": 60}, received=50, sent=20)
    publish_batch(work, study)
    lived(work, study, person=people[11], steps={"werkplein": 60}, received=50, sent=20)
    for person in people[:5]:
        rate(work, person, "workshop")
    publish_batch(work, study)
    batch = find_batch(work, study)
    assert batch is not None
    assert batch.number == 2
    assert lead_times(reader(work, "manager"), study, "participants").total.n == 11
    assert lead_times(reader(work, "researcher"), study, "participants").total.n == 12
