"""How answers are counted: who is in N, who is not, and why."""

from __future__ import annotations

import pytest

from journey.consent.service import withdraw_participant
from journey.models import Study
from journey.report.figures import FigureRow
from journey.report.queries import closing, figures
from journey.report.wording import footnotes, number_word
from journey.rules.errors import Invalid
from journey.work import Work
from tests.report.cases import close, rate, rated_people, reader
from tests.support.build import build_participant


def row_of(work: Work, study: Study, step: str, subject: str = "step") -> FigureRow:
    rows = figures(reader(work, "researcher"), study, "27plus").rows
    return next(row for row in rows if (row.step, row.subject) == (step, subject))


def test_every_subject_of_every_route_has_a_row_also_with_nobody(work: Work, study: Study) -> None:
    result = figures(reader(work, "researcher"), study)
    assert (result.batch, {row.n for row in result.rows}) == (None, {0})
    assert [(row.step, row.subject) for row in result.rows[:4]] == [
        ("werk-nl", "step"),
        ("cv", "step"),
        ("werkplein", "step"),
        ("werkplein", "staff"),
    ]


def test_a_route_of_another_study_is_refused_at_its_field(work: Work, study: Study) -> None:
    with pytest.raises(Invalid) as refusal:
        figures(work, study, "bbz")
    assert refusal.value.field == "route"


def test_not_applicable_and_no_answer_are_asked_but_not_in_n(work: Work, study: Study) -> None:
    rated_people(work, study, 3, "werkplein", "positive")
    rated_people(work, study, 2, "werkplein", "not_applicable")
    rated_people(work, study, 1, "werkplein", "no_answer")
    rated_people(work, study, 6, "cv")
    row = row_of(work, study, "werkplein")
    assert (row.asked, row.n, row.not_applicable, row.no_answer) == (6, 3, 2, 1)


def test_a_later_answer_counts_in_place_of_the_earlier(work: Work, study: Study) -> None:
    (person,) = rated_people(work, study, 1, "cv", "negative")
    rate(work, person, "cv", "positive")
    row = row_of(work, study, "cv")
    assert (row.n, row.negative, row.positive) == (1, 0, 1)


def test_nobody_in_n_twice_and_every_missing_person_explained_once(work: Work, study: Study) -> None:
    everyone = rated_people(work, study, 5, "werkplein", "positive")
    for person, value in zip(everyone, ["not_applicable", "not_applicable", "no_answer"], strict=False):
        rate(work, person, "werkplein", value, "staff")
    rate(work, everyone[0], "werkplein", "not_applicable")
    rated_people(work, study, 5, "cv")
    for person in everyone:
        rate(work, person, "cv")
    row = row_of(work, study, "werkplein", "staff")
    assert row.footnotes == (
        "Van zeven deelnemers is (nog) geen oordeel.",
        "Eén deelnemer hoefde deze stap niet te doen.",
        "Eén deelnemer had bij deze stap geen contact met een medewerker.",
        "Eén deelnemer gaf geen antwoord.",
    )


def test_the_row_with_the_largest_n_needs_no_footnote(work: Work, study: Study) -> None:
    rated_people(work, study, 4, "cv")
    rated_people(work, study, 1, "werkplein")
    assert row_of(work, study, "cv").footnotes == ()
    assert row_of(work, study, "werkplein").footnotes == ("Van vier deelnemers is (nog) geen oordeel.",)


def test_a_withdrawal_from_a_step_on_recounts_n_from_there(work: Work, study: Study) -> None:
    people = rated_people(work, study, 3, "cv")
    for person in people:
        rate(work, person, "workshop")
    withdraw_participant(work, people[0], "from_step", "workshop")
    assert (row_of(work, study, "cv").n, row_of(work, study, "workshop").n) == (3, 2)
    assert row_of(work, study, "workshop").footnotes == (
        "Gegevens van één deelnemer mogen niet worden gebruikt.",
    )


def test_who_stops_keeps_what_was_said_and_who_erases_leaves_nothing(work: Work, study: Study) -> None:
    people = rated_people(work, study, 3, "cv")
    withdraw_participant(work, people[0], "stop")
    withdraw_participant(work, people[1], "erase")
    assert row_of(work, study, "cv").n == 2


def test_a_study_in_which_everyone_erased_counts_nobody(work: Work, study: Study) -> None:
    for person in rated_people(work, study, 2):
        withdraw_participant(work, person, "erase")
    assert {row.asked for row in figures(reader(work, "researcher"), study).rows} == {0}


@pytest.mark.parametrize(
    ("grades", "mean"),
    [(["6"], 6.0), (["5.5", "7"], 6.3), (["6.2", "6.3"], 6.3), (["8", "5", "5"], 6.0)],
)
def test_grades_are_averaged_over_people_to_one_decimal(
    work: Work, study: Study, grades: list[str], mean: float
) -> None:
    for grade in grades:
        close(work, build_participant(work, study), grade)
    assert closing(reader(work, "researcher"), study).grade_mean == mean


def test_each_grade_and_statement_has_its_own_respondents(work: Work, study: Study) -> None:
    close(work, build_participant(work, study), "7", {"friendly": "agree"}, grade_desk="5")
    close(work, build_participant(work, study), None, {"friendly": "disagree", "expert": "neutral"})
    result = closing(reader(work, "researcher"), study)
    counts = {row.id: (row.n, row.agree, row.neutral, row.disagree) for row in result.statements}
    assert (result.n, result.grade_mean, result.grade_desk_mean) == (2, 7.0, 5.0)
    assert result.grade_case_manager_mean is None
    assert (counts["friendly"], counts["expert"]) == ((2, 1, 0, 1), (1, 0, 1, 0))


@pytest.mark.parametrize(("n", "word"), [(0, "Nul"), (1, "Eén"), (2, "Twee"), (12, "Twaalf"), (13, "13")])
def test_numbers_to_twelve_are_words(n: int, word: str) -> None:
    assert number_word(n, capital=True) == word


def test_many_missing_people_are_plural() -> None:
    assert footnotes({"set_aside": 2, "not_done": 13}) == (
        "Gegevens van twee deelnemers mogen niet worden gebruikt.",
        "13 deelnemers hoefden deze stap niet te doen.",
    )


def test_a_pass_is_never_counted_with_the_fails(work: Work, study: Study) -> None:
    for grade in ("5.4", "5.5", "5.9", "7.4", "10"):
        close(work, build_participant(work, study), grade)
    spread = closing(reader(work, "researcher"), study).spreads["grade"]
    given = {low: count for low, count in spread.groups if count}
    assert given == {5.0: 1, 5.5: 2, 7.0: 1, 10.0: 1}
    assert sum(count for low, count in spread.groups if low >= 5.5) == 4
