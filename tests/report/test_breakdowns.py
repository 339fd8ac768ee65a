"""Behind each bar: intervals, recall lag, channels, periods, and before and after an improvement."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from journey.consent.service import withdraw_participant
from journey.models import Action, Participant, Study, stored_id
from journey.rating.service import NewRating, record_rating
from journey.report.breakdowns import BeforeAfter, RowDetails, compare_improvements, row_details
from journey.report.overview import disclosed_missed, phase_figures
from journey.report.queries import closing, figures, list_routes
from journey.report.service import publish_batch
from journey.work import Work
from tests.report.cases import TODAY, close, days_before, lived, rate, rated_people, reader
from tests.support.build import build_participant

KEY = ("27plus", "cv", "step")


def sides(work: Work, study: Study, action: Action) -> BeforeAfter:
    found = {one.id: both for one, both in compare_improvements(reader(work, "manager"), study)}
    return found[action.id]["step"]


def said(work: Work, study: Study, count: int, value: str, channel: str, ago: int = 5) -> list[Participant]:
    """People who did the step so many days ago and rated it today."""
    people = [build_participant(work, study) for _one in range(count)]
    for person in people:
        lived(work, study, steps={"cv": ago}, person=person)
        record_rating(work, person, NewRating("cv", "step", value, channel))
    return people


def improved(work: Work, study: Study, since: date, state: str = "approved") -> Action:
    action = Action(
        study_id=stored_id(study),
        step="cv",
        words={"nl": {"heard": "Het was onduidelijk.", "done": "Er is een voorbeeld."}},
        since=since,
        state=state,
        recorded_by="user:1",
        recorded_at=work.now,
    )
    work.session.add(action)
    work.session.flush()
    return action


def seen(work: Work, study: Study, role: str = "manager") -> RowDetails:
    return row_details(reader(work, role), study)[KEY]


def test_shares_have_intervals_and_answers_a_recall_lag(work: Work, study: Study) -> None:
    said(work, study, 5, "positive", "call", ago=4)
    said(work, study, 5, "negative", "call", ago=7)
    publish_batch(work, study)
    details = seen(work, study)
    share = details.intervals["positive"]
    assert (share.share, round(share.low, 3), round(share.high, 3)) == (0.5, 0.237, 0.763)
    assert details.mean_recall_lag == 5.5


def test_channels_are_apart_when_all_of_them_are_large_enough(work: Work, study: Study) -> None:
    said(work, study, 10, "positive", "call")
    said(work, study, 11, "negative", "web")
    publish_batch(work, study)
    split = seen(work, study).by_channel
    assert [(part.key, part.n) for part in split.parts] == [("call", 10), ("web", 11)]
    assert split.differs


def test_small_channels_stand_together_and_else_nothing_is_split(work: Work, study: Study) -> None:
    for channel, count in (("call", 10), ("sms", 4), ("web", 5), ("paper", 1)):
        said(work, study, count, "neutral", channel)
    publish_batch(work, study)
    assert [(part.key, part.n) for part in seen(work, study).by_channel.parts] == [
        ("call", 10),
        ("sms+web+paper", 10),
    ]
    study.minimum_group = 11
    assert seen(work, study).by_channel.reason


def test_one_small_channel_hides_the_split_and_researchers_see_it(work: Work, study: Study) -> None:
    said(work, study, 12, "neutral", "call")
    said(work, study, 3, "negative", "web")
    publish_batch(work, study)
    split = seen(work, study).by_channel
    assert (split.parts, split.shown) == ((), False)
    assert split.reason == "Niet uitgesplitst: een deel zou een groep van minder dan 10 laten zien."
    assert [part.n for part in seen(work, study, "researcher").by_channel.parts] == [12, 3]


def test_months_are_merged_until_every_period_is_large_enough(work: Work, study: Study) -> None:
    for ago, count in ((85, 6), (55, 6), (2, 10)):
        said(work, study, count, "neutral", "call", ago)
    publish_batch(work, study)
    parts = seen(work, study).by_period.parts
    assert [(part.key, part.n) for part in parts] == [("", 12), ("2026-11-01", 10)]


def test_an_improvement_is_a_cut_of_the_same_periods(work: Work, study: Study) -> None:
    said(work, study, 10, "negative", "call", ago=60)
    said(work, study, 12, "positive", "call", ago=3)
    action = improved(work, study, days_before(30))
    publish_batch(work, study)
    compared = sides(work, study, action)
    assert compared.before is not None
    assert compared.after is not None
    assert (compared.before.negative, compared.after.positive) == (10, 12)
    assert compared.after.intervals["positive"].low > 0.7
    assert [part.note for part in seen(work, study).by_period.parts] == ["", "Er is een voorbeeld."]


def test_too_few_answers_since_an_improvement_are_not_compared(work: Work, study: Study) -> None:
    said(work, study, 15, "negative", "call", ago=60)
    said(work, study, 4, "positive", "call", ago=3)
    action = improved(work, study, days_before(30))
    publish_batch(work, study)
    compared = sides(work, study, action)
    assert (compared.before, compared.after) == (None, None)
    assert compared.reason


def test_a_bar_stays_as_it_was_while_few_of_its_people_changed(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    publish_batch(work, study)
    rated_people(work, study, 2, value="negative")
    rated_people(work, study, 5, step="workshop")
    assert publish_batch(work, study) is not None
    row = next(row for row in figures(reader(work, "manager"), study).rows if row.key == KEY)
    assert (row.n, row.negative) == (12, 0)
    assert row.footnotes[-1].startswith("Deze cijfers zijn van vrijdag 20 november 2026")


def test_a_bar_of_which_one_person_withdrew_is_withheld_until_more_changed(work: Work, study: Study) -> None:
    people = rated_people(work, study, 15)
    publish_batch(work, study)
    withdraw_participant(work, people[0], "erase")
    rated_people(work, study, 5, step="workshop")
    publish_batch(work, study)
    row = next(row for row in figures(reader(work, "manager"), study).rows if row.key == KEY)
    assert (row.shown, row.n) == (False, None)
    assert "te weinig mensen" in (row.reason or "")
    rated_people(work, study, 5)
    publish_batch(work, study)
    row = next(row for row in figures(reader(work, "manager"), study).rows if row.key == KEY)
    assert row.n == 19


def test_grades_are_spread_only_when_enough_people_gave_one(work: Work, study: Study) -> None:
    for index in range(12):
        grades = {"grade_desk": "4"} if index < 9 else {}
        close(work, build_participant(work, study), "7.5" if index else "4", **grades)
    publish_batch(work, study)
    spreads = closing(reader(work, "manager"), study).spreads
    assert list(spreads) == ["grade"]
    assert spreads["grade"].groups == (
        (4.0, 1),
        (4.5, 0),
        (5.0, 0),
        (5.5, 0),
        (6.0, 0),
        (6.5, 0),
        (7.0, 0),
        (7.5, 11),
    )
    assert spreads["grade"].deviation == 1.0


def test_the_closing_stays_as_it_was_while_few_of_its_people_changed(work: Work, study: Study) -> None:
    for _one in range(12):
        close(work, build_participant(work, study), "7")
    publish_batch(work, study)
    close(work, build_participant(work, study), "1")
    rated_people(work, study, 5)
    publish_batch(work, study)
    shown = closing(reader(work, "manager"), study)
    assert (shown.n, shown.grade_mean) == (12, 7.0)
    assert shown.note


def test_phases_add_up_only_what_is_shown(work: Work, study: Study) -> None:
    rated_people(work, study, 12, "cv", "positive")
    rated_people(work, study, 11, "werkplein", "negative")
    rated_people(work, study, 4, "werk-nl", "negative")
    publish_batch(work, study)
    manager = reader(work, "manager")
    first, deciding, after = phase_figures(list_routes(work, study), figures(manager, study).rows)
    assert first.about_step is not None
    assert (first.about_step.n, first.about_step.positive, first.left_out) == (23, 12, True)
    assert (deciding.about_step, after.left_out) == (None, False)


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ({"nl": 30, "ar": 12}, [("nl",), ("ar",)]),
        ({"nl": 30, "ar": 6, "tr": 5}, [("nl",), ("ar", "tr")]),
        ({"nl": 30, "ar": 3}, None),
    ],
)
def test_who_is_missed_is_split_whole_or_not(
    sizes: dict[str, int], groups: list[tuple[str, ...]] | None
) -> None:
    stored = [{"key": key, "approached": None, "enrolled": n, "answered": n} for key, n in sizes.items()]
    split = disclosed_missed("languages", stored, 10)
    assert (bool(split.reason), [one.keys for one in split.groups]) == (groups is None, groups or [])


def test_a_day_of_the_step_counts_and_else_the_day_of_the_answer(work: Work, study: Study) -> None:
    person = build_participant(work, study)
    rate(work, person)
    said(work, study, 1, "neutral", "call", ago=50)
    days = [part.key for part in seen(work, study, "researcher").by_period.parts]
    assert days == ["", TODAY.replace(day=1).isoformat()]
    assert TODAY - timedelta(days=50) < TODAY.replace(day=1)
