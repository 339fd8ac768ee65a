"""The invented 2016 cohort gives every number that was published, counted here by hand from the raw files.

The counting is written out on purpose: it must not lean on the product that it is the yardstick for.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from journey.report.published import Published, PublishedFigure, read_published
from journey.route.definition import load_route
from journey.seeding.cohort import Cohort, CohortFact, CohortParticipant, read_cohort

SEEDS = Path(__file__).parents[2] / "seeds"
FOLDER = SEEDS / "haarlem-2016"
COHORT: Cohort = read_cohort(FOLDER)
PUBLISHED: Published = read_published(FOLDER / "published.toml")
ROUTES = {code: load_route(SEEDS / "routes" / f"{code}.toml") for code in COHORT.study.routes}


def counts(person: CohortParticipant, step: str) -> bool:
    """Whether what this person said or did at this step may be used."""
    if person.withdrawal_level is None or person.withdrawal_level == "stop":
        return True
    if person.withdrawal_level == "erase" or person.withdrawal_from is None:
        return False
    route = ROUTES[person.route]
    return route.position(step) < route.position(person.withdrawal_from)


def answers(step: str, subject: str, route: str = "27plus") -> Counter[str]:
    """The latest answer of each person on one subject of one step, after withdrawals."""
    tally: Counter[str] = Counter()
    for person in COHORT.participants:
        if person.route != route or not counts(person, step):
            continue
        said = [r for r in COHORT.ratings[person.code] if (r.step, r.subject) == (step, subject)]
        if said:
            tally[max(said, key=lambda rating: rating.answered_on).value] += 1
    return tally


def days(facts: Iterable[CohortFact], start: str, end: str) -> int | None:
    """Calendar days between the first time each step was done."""
    first: dict[str, date] = {}
    for fact in facts:
        if fact.state == "done":
            first[fact.step] = min(fact.happened_on, first.get(fact.step, fact.happened_on))
    return (first[end] - first[start]).days if start in first and end in first else None


def lead_times(start: str, end: str, routes: Iterable[str]) -> list[int]:
    """Of all that the case system delivered."""
    found = [days(journey.facts, start, end) for journey in COHORT.journeys if journey.route in routes]
    return [length for length in found if length is not None]


def named(figure: PublishedFigure) -> str:
    return f"{figure.figure}-{figure.step}-{figure.subject}"


@pytest.mark.parametrize("figure", PUBLISHED.figures, ids=named)
def test_a_figure_has_the_published_numbers(figure):
    tally = answers(figure.step, figure.subject)
    assert tally.total() == figure.n
    for name in ("negative", "neutral", "positive", "not_applicable"):
        printed = getattr(figure, name)
        if printed is not None:
            assert tally[name] == printed, name


@pytest.mark.parametrize("figure", PUBLISHED.figures, ids=named)
def test_nobody_kept_an_opinion_back_on_a_published_figure(figure):
    assert answers(figure.step, figure.subject)["no_answer"] == 0


@pytest.mark.parametrize("step", ["werkplein", "rechten-en-plichten"])
def test_about_a_third_is_five_of_sixteen(step):
    printed = next(f for f in PUBLISHED.figures if (f.step, f.subject) == (step, "step"))
    assert printed.in_words == {"positive": "ongeveer een derde"}
    assert answers(step, "step")["positive"] == 5


def test_the_table_of_the_report_is_complete_and_nothing_unknown_was_filled_in():
    table = [
        (1, "cv", "step", 16, 1, 8, 7),
        (2, "werkplein", "step", 16, 1, None, None),
        (2, "werkplein", "staff", 16, None, 10, 2),
        (3, "rechten-en-plichten", "step", 16, 3, None, None),
        (3, "rechten-en-plichten", "staff", 16, None, None, 7),
        (4, "participatiegesprek", "step", 16, 3, 8, 5),
        (4, "participatiegesprek", "staff", 16, 0, 9, 7),
        (5, "workshop", "step", 15, 1, 11, 3),
        (5, "workshop", "staff", 15, 0, 11, 4),
        (6, "aanvraag", "step", 15, 0, 8, 7),
        (6, "aanvraag", "staff", 15, 0, 8, 7),
        (7, "beschikking", "step", 14, 0, 9, 5),
    ]
    assert table == [
        (f.figure, f.step, f.subject, f.n, f.negative, f.neutral, f.positive) for f in PUBLISHED.figures
    ]


def test_two_people_did_not_have_to_report_at_the_desk():
    excused = {
        person.code
        for person in COHORT.participants
        if any(f.step == "werkplein" and f.state == "skipped" for f in COHORT.progress[person.code])
    }
    assert len(excused) == 2
    assert answers("werkplein", "step")["not_applicable"] == 2
    assert answers("werkplein", "staff")["not_applicable"] == 2


def test_sixteen_adults_and_three_young_people_were_recruited():
    routes = Counter(person.route for person in COHORT.participants)
    assert routes == {"27plus": PUBLISHED.adults, "jongeren": PUBLISHED.youth}
    assert routes.total() == PUBLISHED.total == 19


def test_one_adult_withdrew_from_the_workshop_on_and_left_rows_that_must_not_count():
    withdrawn = [person for person in COHORT.participants if person.withdrawal_level]
    assert [(p.route, p.withdrawal_level, p.withdrawal_from) for p in withdrawn] == [
        ("27plus", "from_step", "workshop")
    ]
    forbidden = [r for r in COHORT.ratings[withdrawn[0].code] if not counts(withdrawn[0], r.step)]
    assert {rating.step for rating in forbidden} == {"workshop", "aanvraag", "beschikking"}


def test_one_adult_no_longer_needed_the_benefit_and_was_interviewed():
    left = [person for person in COHORT.participants if person.left_on]
    assert [(p.route, p.left_reason) for p in left] == [("27plus", "work")]
    assert COHORT.applications[left[0].code].sent_on is None
    assert left[0].code in COHORT.closing


def test_everyone_who_got_a_decision_was_granted():
    outcomes = Counter(a.outcome for a in COHORT.applications.values() if a.sent_on)
    assert outcomes == {"granted": 18}


def test_the_closing_interview_has_fifteen_adults_and_three_young_people():
    routes = Counter(COHORT.get_participant(code).route for code in COHORT.closing)
    assert routes == {"27plus": PUBLISHED.closing_adults, "jongeren": PUBLISHED.closing_youth}
    assert len(COHORT.closing) == PUBLISHED.closing_n == 18


def test_the_mean_grade_is_the_published_one():
    grades = [interview.grade for interview in COHORT.closing.values()]
    assert round(sum(grades) / len(grades), 1) == PUBLISHED.grade_mean


def test_six_people_graded_the_process_seven_or_more():
    assert sum(c.grade >= 7 for c in COHORT.closing.values()) == PUBLISHED.positive_people == 6


@pytest.mark.parametrize("statement", PUBLISHED.statements, ids=lambda statement: statement.id)
def test_a_statement_has_the_published_numbers(statement):
    tally = Counter(c.statements[statement.id] for c in COHORT.closing.values())
    assert tally.total() == statement.n
    if statement.agree is not None:
        assert tally["agree"] == statement.agree


def test_statements_that_2016_did_not_have_were_not_asked():
    asked = {name for interview in COHORT.closing.values() for name in interview.statements}
    assert asked == {statement.id for statement in PUBLISHED.statements}


@pytest.mark.parametrize("routes", [("27plus",), ("27plus", "jongeren")], ids=["27plus", "both"])
@pytest.mark.parametrize("published", PUBLISHED.lead_times, ids=lambda lead_time: lead_time.id)
def test_a_lead_time_of_all_applicants_is_the_published_one(published, routes):
    lengths = lead_times(published.from_step, published.to_step, routes)
    assert published.population == "all"
    if published.kind == "maximum":
        assert max(lengths) == published.days
    else:
        assert sum(lengths) == published.days * len(lengths)


def test_the_three_lead_times_are_11_26_and_36_and_say_what_they_are():
    assert [(lead.id, lead.kind, lead.days) for lead in PUBLISHED.lead_times] == [
        ("gate", "mean", 11),
        ("application", "maximum", 26),
        ("total", "mean", 36),
    ]


def test_a_repeated_step_counts_from_its_first_day():
    repeated = [
        journey
        for journey in COHORT.journeys
        if sum(fact.step == "workshop" and fact.state == "done" for fact in journey.facts) > 1
    ]
    assert repeated
    last = [max(f.happened_on for f in journey.facts if f.step == "workshop") for journey in repeated]
    first = [min(f.happened_on for f in journey.facts if f.step == "workshop") for journey in repeated]
    assert last != first
