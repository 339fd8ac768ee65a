"""Over random small studies: no page, filter or call gives a manager a cell of a group below the minimum."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.rating.queries import Answer, ClosingAnswer, SetAside
from journey.report import wording
from journey.report.figures import COUNTS, FigureRow, count_closing, count_rows, disclosed, show_closing
from journey.report.pages import StepFigures
from journey.resources import folder
from journey.route.definition import load_route
from journey.rules.ratings import Value
from tests.report.cases import TODAY

ROUTES = [load_route(folder("seeds") / "routes" / f"{name}.toml") for name in ("27plus", "jongeren")]
STEPS = ("cv", "werkplein", "aanvraag")
OPINIONS = {Value.negative, Value.neutral, Value.positive}

people = st.lists(
    st.tuples(
        st.sampled_from([route.id for route in ROUTES]),
        st.dictionaries(st.sampled_from(STEPS), st.sampled_from(list(Value))),
        st.sampled_from([None, None, None, *STEPS]),
    ),
    max_size=45,
)


def answers_of(drawn: list[tuple[str, dict[str, Value], str | None]]) -> tuple[list[Answer], list[SetAside]]:
    """What counts of drawn people: (route, answer per step, step from which nothing may be used)."""
    answers, aside = [], []
    for person, (route_id, values, gone) in enumerate(drawn, 1):
        route = next(route for route in ROUTES if route.id == route_id)
        dropped = frozenset(route.step_ids[route.position(gone) :]) if gone else frozenset()
        if gone:
            aside.append(SetAside(person, route_id, dropped))
        answers += [
            Answer(person, f"H-{person}", route_id, step, "step", value, "call", TODAY, None, person)
            for step, value in values.items()
            if step not in dropped
        ]
    return answers, aside


@given(people, st.integers(3, 12))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_of_a_group_below_the_minimum_is_shown(
    drawn: list[tuple[str, dict[str, Value], str | None]], minimum: int
) -> None:
    answers, aside = answers_of(drawn)
    true_n = Counter((one.route, one.step) for one in answers if one.value in OPINIONS)
    for row in (disclosed(row, minimum) for row in count_rows(ROUTES, answers, aside)):
        if row.subject == "staff" or true_n[row.route, row.step] < minimum:
            assert not row.shown
            assert {getattr(row, name) for name in COUNTS} == {None}
            assert row.footnotes == ()
        else:
            assert row.n == true_n[row.route, row.step]


@given(people)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_footnotes_of_a_row_explain_everyone_who_is_missing(
    drawn: list[tuple[str, dict[str, Value], str | None]],
) -> None:
    answers, aside = answers_of(drawn)
    seen = {(one.route, one.participant_id) for one in answers}
    seen |= {(one.route, one.participant_id) for one in aside}
    everyone = Counter(route for route, _person in seen)
    rows = count_rows(ROUTES, answers, aside)
    most = {route: max(row.n for row in rows if row.route == route) for route in {row.route for row in rows}}
    for row in rows:
        assert row.n == row.negative + row.neutral + row.positive
        if row.n < most[row.route]:
            assert row.n + sum(row.missing.values()) == everyone[row.route]
        else:
            assert set(row.missing) <= {wording.SET_ASIDE}


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(10, 100),
            st.none() | st.integers(10, 100),
            st.booleans(),
        ),
        max_size=25,
    )
)
@settings(max_examples=200, deadline=None)
def test_a_mean_of_few_grades_is_never_shown(drawn: list[tuple[int | None, int | None, bool]]) -> None:
    interviews = [
        ClosingAnswer(person, "27plus", grade, desk, None, {"friendly": "agree"} if said else {}, person)
        for person, (grade, desk, said) in enumerate(drawn)
    ]
    shown = show_closing(count_closing(interviews, ["friendly"]), 10)
    given_desk = sum(desk is not None for _grade, desk, _said in drawn)
    assert (shown.grade_desk_mean is not None) == (len(drawn) >= 10 and given_desk >= 10)
    assert (shown.statements[0].n is not None) == (sum(said for *_, said in drawn) >= 10)
    assert (shown.n is not None) == (len(drawn) >= 10)


def test_a_footnote_of_both_bars_stands_once_and_one_of_one_bar_says_which() -> None:
    step = FigureRow("27plus", "cv", "step", footnotes=("Van één deelnemer is (nog) geen oordeel.",))
    staff = FigureRow(
        "27plus", "cv", "staff", footnotes=(*step.footnotes, "Eén deelnemer gaf geen antwoord.")
    )
    assert StepFigures("cv", "Cv", step, staff).footnotes == (
        "Van één deelnemer is (nog) geen oordeel.",
        "De medewerker: Eén deelnemer gaf geen antwoord.",
    )
