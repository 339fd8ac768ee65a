"""The cohort of 2016 gives every number the report published, and managers see it as they saw it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from journey.auth.scope import get_study
from journey.consent.service import withdraw_participant
from journey.models import Participant, Rating
from journey.report.batches import count_method
from journey.report.comparison import compare, find_published
from journey.report.queries import closing, figures, lead_times
from journey.work import House
from tests.report.cases import reader


@pytest.mark.parametrize("role", ["researcher", "manager"])
def test_every_published_number_is_computed(cohort: House, role: str) -> None:
    with cohort.work(write=False) as work:
        work = reader(work, role)
        study = get_study(work, "haarlem-2016")
        published = find_published(study)
        assert published is not None
        compared = compare(published, figures(work, study), closing(work, study), lead_times(work, study))
        numbers = list(compared.numbers())
    assert [number for number in numbers if number.same is False] == []
    assert sum(number.same is True for number in numbers) == 57


@pytest.mark.parametrize(
    ("step", "subject", "asked", "n", "counts", "footnotes"),
    [
        ("cv", "step", 16, 16, (1, 8, 7), ()),
        ("werkplein", "step", 16, 14, (1, 8, 5), ("Twee deelnemers hoefden deze stap niet te doen.",)),
        (
            "workshop",
            "staff",
            15,
            15,
            (0, 11, 4),
            ("Gegevens van één deelnemer mogen niet worden gebruikt.",),
        ),
        (
            "beschikking",
            "step",
            14,
            14,
            (0, 9, 5),
            (
                "Gegevens van één deelnemer mogen niet worden gebruikt.",
                "Van één deelnemer is (nog) geen oordeel.",
            ),
        ),
    ],
)
def test_n_is_explained(
    cohort: House,
    step: str,
    subject: str,
    asked: int,
    n: int,
    counts: tuple[int, int, int],
    footnotes: tuple[str, ...],
) -> None:
    with cohort.work(write=False) as work:
        study = get_study(work, "haarlem-2016")
        rows = {
            (row.step, row.subject): row for row in figures(reader(work, "manager"), study, "27plus").rows
        }
    row = rows[step, subject]
    assert (row.asked, row.n, (row.negative, row.neutral, row.positive)) == (asked, n, counts)
    assert row.footnotes == footnotes


def test_managers_do_not_see_three_young_people(cohort: House) -> None:
    with cohort.work(write=False) as work:
        study = get_study(work, "haarlem-2016")
        hidden = figures(reader(work, "manager"), study, "jongeren").rows
        live = figures(reader(work, "researcher"), study, "jongeren").rows
    assert not any(row.shown for row in hidden)
    assert {row.n for row in live} == {2, 3}


@pytest.mark.parametrize("route", [None, "27plus"])
def test_the_lead_times_are_those_of_2016(cohort: House, route: str | None) -> None:
    with cohort.work(write=False) as work:
        study = get_study(work, "haarlem-2016")
        times = lead_times(reader(work, "manager"), study, route=route)
    assert (times.gate.mean, times.application.max, times.total.mean) == (11.0, 26, 36.0)


def test_participants_of_both_routes_are_not_summed_for_managers(cohort: House) -> None:
    with cohort.work(write=False) as work:
        work = reader(work, "manager")
        study = get_study(work, "haarlem-2016")
        both = lead_times(work, study, "participants")
        adults = lead_times(work, study, "participants", "27plus")
        youth = lead_times(work, study, "participants", "jongeren")
    assert (both.total.shown, adults.total.shown, youth.total.shown) == (False, True, False)
    assert both.gate.shown, "young people have no workshop: there is no difference to see"


def test_the_young_wait_four_weeks_less_when_the_law_s_wait_is_left_out(cohort: House) -> None:
    with cohort.work(write=False) as work:
        study = get_study(work, "haarlem-2016")
        times = lead_times(work, study, route="jongeren")
    assert times.total.mean is not None
    assert times.total_without_wait.mean is not None
    assert 20 < times.total.mean - times.total_without_wait.mean <= 28


def test_the_grade_is_six_comma_one(cohort: House) -> None:
    with cohort.work(write=False) as work:
        study = get_study(work, "haarlem-2016")
        result = closing(reader(work, "manager"), study)
    assert (result.n, result.grade_mean) == (18, 6.1)


class Undone(Exception):
    """Rolls back what was only tried: the cohort is shared."""


@pytest.mark.parametrize(
    ("level", "step", "before", "after"),
    [("from_step", "workshop", 16, 14), ("stop", None, 16, 15), ("erase", None, 15, 14)],
)
def test_one_more_who_withdraws_is_left_out_at_once(
    cohort: House, level: str, step: str | None, before: int, after: int
) -> None:
    """`before` is N of the cv, `after` N of the workshop, 16 and 15 until now; managers wait for the next batch."""
    with pytest.raises(Undone), cohort.work() as work:
        study = get_study(work, "haarlem-2016")
        person = work.session.exec(
            select(Participant)
            .join(Rating)
            .where(
                Participant.study_id == study.id, Participant.state == "closed", Rating.step == "beschikking"
            )
            .order_by(Participant.code)
        ).first()
        assert person is not None
        withdraw_participant(work, person, level, step)
        work.session.flush()
        rows = {
            (row.step, row.subject): row for row in figures(reader(work, "researcher"), study, "27plus").rows
        }
        published = {
            (row.step, row.subject): row for row in figures(reader(work, "manager"), study, "27plus").rows
        }
        assert (rows["cv", "step"].n, rows["workshop", "step"].n) == (before, after)
        notes = rows["workshop", "step"].footnotes
        many = "twee deelnemers" if level == "from_step" else "één deelnemer"
        assert notes == (f"Gegevens van {many} mogen niet worden gebruikt.",)
        assert count_method(work, study)["erased"] == (level == "erase")
        assert (published["cv", "step"].n, published["workshop", "step"].n) == (16, 15)
        raise Undone
