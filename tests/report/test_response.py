"""Who was approached stands beside who took part, for managers only when no part of it is a small group."""

from __future__ import annotations

import pytest

from journey.models import Study
from journey.recruitment.service import record_approach, record_meeting
from journey.report.batches import read_method
from journey.report.service import publish_batch
from journey.work import Work
from tests.report.cases import rated_people, reader


def ask(work: Work, study: Study, refused: int) -> None:
    meeting = record_meeting(work, study, work.today, "Balie", None)
    for _ in range(refused):
        record_approach(work, meeting, "no")


@pytest.mark.parametrize(("refused", "approached"), [(30, 42), (3, None)])
def test_managers_see_who_was_approached_unless_few_said_no(
    work: Work, study: Study, refused: int, approached: int | None
) -> None:
    rated_people(work, study, 12)
    ask(work, study, refused)
    publish_batch(work, study)
    counts = read_method(reader(work, "manager"), study).counts
    assert counts is not None
    assert counts.get("approached") == approached
    assert counts["took_part"] == 12


def test_researchers_see_it_also_when_few_said_no(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    ask(work, study, 3)
    counts = read_method(reader(work, "researcher"), study).counts
    assert counts is not None
    assert counts["approached"] == 15


def test_without_a_meeting_nobody_knows_how_many_were_approached(work: Work, study: Study) -> None:
    rated_people(work, study, 12)
    counts = read_method(reader(work, "researcher"), study).counts
    assert counts is not None
    assert counts["approached"] == 0
