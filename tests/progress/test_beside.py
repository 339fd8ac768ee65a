"""Steps and suspensions of a case system that differ from ours: never overwritten, shown once, taken over whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlmodel import func, select

from journey.models import Application, Journey, Progress, Suspension, stored_id
from journey.participant.queries import get_journey
from journey.progress.beside import list_beside
from journey.progress.queries import get_facts
from journey.progress.service import (
    NewSuspension,
    record_application,
    record_step,
    record_suspension,
    retract_fact,
)
from journey.progress.statement import StatedFact, Statement, record_statement
from journey.progress.takeover import take_over
from journey.rules.errors import NotFound
from journey.work import House, Work
from tests.support.build import build_participant, build_study, get_study_by

OURS, THEIRS, LATER = date(2026, 2, 10), date(2026, 2, 12), date(2026, 2, 24)
INVITED = date(2026, 2, 9)


@pytest.fixture
def today() -> date:
    return date(2026, 3, 16)


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        yield work


@pytest.fixture
def journey(work: Work) -> Journey:
    """Of a participant, known to the case system as zaak-1."""
    journey = get_journey(work, build_participant(work, build_study(work)))
    journey.reference = "zaak-1"
    work.session.add(journey)
    return journey


def told(work: Work, journey: Journey, day: date | None = OURS, **changes: Any) -> Progress:
    return record_step(work, journey, "workshop", day, **{"source": "call", **changes})


def said(work: Work, *days: date, state: str = "done") -> None:
    facts = tuple(StatedFact("workshop", day, state) for day in days)
    record_statement(work, get_study_by(work, "haarlem-test"), Statement("zaak-1", "27plus", facts=facts))


def suspends(work: Work, *new: NewSuspension) -> None:
    record_statement(work, get_study_by(work, "haarlem-test"), Statement("zaak-1", "27plus", suspensions=new))


def present(work: Work, journey: Journey) -> list[tuple[date | None, str]]:
    return [(row.happened_on, row.source) for row in get_facts(work, journey).progress]


def beside(work: Work, journey: Journey) -> list[tuple[date | None, int | None]]:
    return [(row.happened_on, row.corrects_id) for row in list_beside(work, Progress, journey.id)]


def count(work: Work, table: Any = Progress) -> int:
    return work.session.exec(select(func.count()).select_from(table)).one()


# --- steps ------------------------------------------------------------------------------------------


def test_another_day_stands_beside_ours_and_counts_nowhere(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    said(work, THEIRS)
    assert present(work, journey) == [(OURS, "call")]
    assert beside(work, journey) == [(THEIRS, ours.id)]


def test_another_state_stands_beside_ours(work: Work, journey: Journey) -> None:
    told(work, journey, None, state="skipped")
    said(work, OURS)
    assert present(work, journey) == [(None, "call")]
    assert len(beside(work, journey)) == 1


def test_what_happened_is_news_beside_a_plan(work: Work, journey: Journey) -> None:
    told(work, journey, date(2026, 3, 20), state="planned")
    said(work, THEIRS)
    assert (THEIRS, "import") in present(work, journey)
    assert beside(work, journey) == []


def test_the_same_statement_again_changes_nothing(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, THEIRS, LATER)
    before = (count(work), present(work, journey), beside(work, journey))
    said(work, THEIRS, LATER)
    assert (count(work), present(work, journey), beside(work, journey)) == before


def test_occurrences_stand_beside_each_other_in_their_order(work: Work, journey: Journey) -> None:
    first, second = told(work, journey, OURS), told(work, journey, date(2026, 2, 20))
    said(work, LATER, THEIRS)
    assert sorted(beside(work, journey)) == [(THEIRS, first.id), (LATER, second.id)]


def test_one_day_of_several_stands_beside_the_nearest(work: Work, journey: Journey) -> None:
    told(work, journey, OURS)
    second = told(work, journey, date(2026, 2, 20))
    said(work, LATER)
    assert beside(work, journey) == [(LATER, second.id)]


def test_what_agrees_is_left_out_and_one_time_more_stands_apart(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, OURS, LATER)
    assert beside(work, journey) == [(LATER, None)]
    assert present(work, journey) == [(OURS, "call")]


def test_a_newer_statement_takes_the_place_of_the_former(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, THEIRS)
    said(work, LATER)
    assert [day for day, _ours in beside(work, journey)] == [LATER]
    assert count(work) == 3


def test_when_both_agree_again_nothing_stands_beside(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, THEIRS)
    said(work, OURS)
    assert beside(work, journey) == []


def test_our_correction_to_the_same_day_ends_it(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    said(work, THEIRS)
    told(work, journey, THEIRS, corrects=ours.id)
    assert beside(work, journey) == []


def test_it_stands_beside_our_correction(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    said(work, THEIRS)
    better = told(work, journey, date(2026, 2, 11), corrects=ours.id)
    assert beside(work, journey) == [(THEIRS, better.id)]


def test_what_is_taken_over_counts_and_ours_is_history(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    said(work, THEIRS)
    [row] = list_beside(work, Progress, journey.id)
    take_over(work, journey, Progress, stored_id(row))
    assert present(work, journey) == [(THEIRS, "import")]
    assert ours.replaced and beside(work, journey) == []
    said(work, THEIRS)
    assert (present(work, journey), beside(work, journey)) == ([(THEIRS, "import")], [])


def test_nothing_is_taken_over_twice(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, THEIRS)
    [row] = list_beside(work, Progress, journey.id)
    take_over(work, journey, Progress, stored_id(row))
    with pytest.raises(NotFound):
        take_over(work, journey, Progress, stored_id(row))


def test_one_time_more_is_added_to_ours(work: Work, journey: Journey) -> None:
    told(work, journey)
    said(work, OURS, LATER)
    [row] = list_beside(work, Progress, journey.id)
    take_over(work, journey, Progress, stored_id(row))
    assert present(work, journey) == [(OURS, "call"), (LATER, "import")]


def test_a_receipt_known_through_our_day_goes_along(work: Work, journey: Journey) -> None:
    record_step(work, journey, "aanvraag", OURS, source="call")
    said_of = record_step(work, journey, "aanvraag", THEIRS, source="import")
    take_over(work, journey, Progress, stored_id(said_of))
    receipt = get_facts(work, journey).application
    assert receipt is not None
    assert (receipt.received_on, receipt.source) == (THEIRS, "import")


def test_a_receipt_from_a_letter_does_not_move_with_a_step(work: Work, journey: Journey) -> None:
    record_step(work, journey, "aanvraag", OURS, source="call")
    record_application(work, journey, OURS, source="letter")
    said_of = record_step(work, journey, "aanvraag", THEIRS, source="import")
    take_over(work, journey, Progress, stored_id(said_of))
    receipt = get_facts(work, journey).application
    assert receipt is not None and receipt.received_on == OURS


def test_an_import_keeps_replacing_its_own_days(work: Work, journey: Journey) -> None:
    said(work, THEIRS)
    said(work, LATER)
    assert present(work, journey) == [(LATER, "import")]
    assert beside(work, journey) == []


def test_a_repetition_of_ours_does_not_shield_its_own_earlier_day(work: Work, journey: Journey) -> None:
    said(work, OURS)
    told(work, journey, LATER)
    said(work, THEIRS)
    assert present(work, journey) == [(THEIRS, "import"), (LATER, "call")]


def test_one_step_by_itself_stands_beside_ours_once(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    rows = [told(work, journey, THEIRS, source="import") for _again in range(2)]
    assert rows[0].id == rows[1].id
    assert (present(work, journey), beside(work, journey)) == ([(OURS, "call")], [(THEIRS, ours.id)])


def test_one_step_that_agrees_gives_our_row(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    told(work, journey, THEIRS, source="import")
    assert told(work, journey, OURS, source="import").id == ours.id
    assert (count(work), beside(work, journey)) == (2, [])


def test_an_import_that_corrects_our_fact_stands_beside_it(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    told(work, journey, THEIRS, source="import", corrects=ours.id)
    assert (present(work, journey), beside(work, journey)) == ([(OURS, "call")], [(THEIRS, ours.id)])


def test_an_import_may_correct_what_it_said_beside_ours(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    first = told(work, journey, THEIRS, source="import")
    told(work, journey, LATER, source="import", corrects=first.id)
    assert beside(work, journey) == [(LATER, ours.id)]


def test_what_we_took_back_leaves_what_was_said_for_a_researcher(work: Work, journey: Journey) -> None:
    ours = told(work, journey)
    said(work, THEIRS)
    retract_fact(work, journey, Progress, stored_id(ours))
    assert present(work, journey) == []
    assert [day for day, _ours in beside(work, journey)] == [THEIRS]


def test_what_stands_beside_gives_no_receipt(work: Work, journey: Journey) -> None:
    record_step(work, journey, "aanvraag", None, source="call", state="skipped")
    record_step(work, journey, "aanvraag", THEIRS, source="import")
    assert count(work, Application) == 0


# --- suspensions ------------------------------------------------------------------------------------


def asked(work: Work, journey: Journey, **days: date) -> Suspension:
    new = NewSuspension("1a", **{"invited_on": INVITED, "term": date(2026, 2, 23), **days})
    return record_suspension(work, journey, new, source="letter")


def clocks(work: Work, journey: Journey) -> list[tuple[date | None, date | None, str]]:
    return [(row.invited_on, row.term, row.source) for row in get_facts(work, journey).suspensions]


def terms_beside(work: Work, journey: Journey) -> list[tuple[date | None, date | None]]:
    return [(row.invited_on, row.term) for row in list_beside(work, Suspension, journey.id)]


OTHER_TERM = NewSuspension("1a", invited_on=INVITED, term=date(2026, 2, 25))
OTHER_START = NewSuspension("1a", invited_on=date(2026, 2, 11), term=date(2026, 2, 23))
ELSEWHERE = NewSuspension("1a", invited_on=date(2026, 3, 2), term=date(2026, 3, 9))


@pytest.mark.parametrize("theirs", [OTHER_TERM, OTHER_START])
def test_another_term_or_start_stands_beside_ours(
    work: Work, journey: Journey, theirs: NewSuspension
) -> None:
    asked(work, journey)
    for _again in range(2):
        suspends(work, theirs)
    assert clocks(work, journey) == [(INVITED, date(2026, 2, 23), "letter")]
    assert terms_beside(work, journey) == [(theirs.invited_on, theirs.term)]
    assert count(work, Suspension) == 2


def test_a_suspension_on_other_days_or_another_ground_is_news(work: Work, journey: Journey) -> None:
    asked(work, journey)
    suspends(work, ELSEWHERE, NewSuspension("2b", from_on=INVITED, to_on=date(2026, 2, 12)))
    assert len(clocks(work, journey)) == 3
    assert terms_beside(work, journey) == []


def test_a_day_the_case_system_does_not_know_yet_is_no_difference(work: Work, journey: Journey) -> None:
    asked(work, journey, supplied_on=date(2026, 2, 16))
    suspends(work, NewSuspension("1a", invited_on=INVITED, term=date(2026, 2, 23)))
    assert terms_beside(work, journey) == []


def test_a_day_we_do_not_know_yet_is_shown_and_changes_nothing(work: Work, journey: Journey) -> None:
    asked(work, journey)
    suspends(
        work, NewSuspension("1a", invited_on=INVITED, term=date(2026, 2, 23), supplied_on=date(2026, 2, 16))
    )
    assert [row.supplied_on for row in get_facts(work, journey).suspensions] == [None]
    assert len(terms_beside(work, journey)) == 1


def test_a_suspension_that_agrees_or_is_missing_again_stands_beside_nothing(
    work: Work, journey: Journey
) -> None:
    asked(work, journey)
    for last in ((NewSuspension("1a", invited_on=INVITED, term=date(2026, 2, 23)),), ()):
        suspends(work, OTHER_TERM)
        suspends(work, *last)
        assert terms_beside(work, journey) == []
    assert len(clocks(work, journey)) == 1


@pytest.mark.parametrize("theirs", [OTHER_TERM, OTHER_START])
def test_a_suspension_is_taken_over_and_ours_is_history(
    work: Work, journey: Journey, theirs: NewSuspension
) -> None:
    ours = asked(work, journey)
    suspends(work, theirs)
    [row] = list_beside(work, Suspension, journey.id)
    take_over(work, journey, Suspension, stored_id(row))
    assert clocks(work, journey) == [(theirs.invited_on, theirs.term, "import")]
    assert ours.replaced
    suspends(work, theirs)
    assert (len(clocks(work, journey)), terms_beside(work, journey)) == (1, [])


def test_a_letter_about_an_imported_suspension_puts_the_import_beside_it(
    work: Work, journey: Journey
) -> None:
    suspends(work, OTHER_START)
    asked(work, journey)
    assert clocks(work, journey) == [(INVITED, date(2026, 2, 23), "letter")]
    assert terms_beside(work, journey) == [(OTHER_START.invited_on, OTHER_START.term)]


def test_an_import_keeps_replacing_its_own_suspension(work: Work, journey: Journey) -> None:
    suspends(work, OTHER_TERM)
    suspends(work, OTHER_START)
    assert clocks(work, journey) == [(OTHER_START.invited_on, OTHER_START.term, "import")]
    assert terms_beside(work, journey) == []
