"""Figures as a file: exactly what the reader sees on the pages, with the same groups hidden."""

from __future__ import annotations

from journey.models import Study
from journey.report.service import publish_batch
from journey.work import Work
from tests.export.conftest import Export
from tests.report.cases import close, rated_people

COUNTS = ("asked", "n", "negative", "neutral", "positive", "not_applicable", "no_answer")


def test_a_manager_gets_the_published_batch_with_small_groups_hidden(
    work: Work, study: Study, export: Export
) -> None:
    people = rated_people(work, study, 12, "cv", "positive") + rated_people(work, study, 3, "workshop")
    for person in people:
        close(work, person, "6.5", {"friendly": "agree"})
    publish_batch(work, study)
    rated_people(work, study, 2, "cv", "negative")
    rows = {
        (row["route"], row["step"], row["subject"]): row for row in export(study, "figures", role="manager")
    }
    cv, workshop = rows["27plus", "cv", "step"], rows["27plus", "workshop", "step"]
    assert (cv["n"], cv["positive"], cv["shown"]) == ("12", "12", "yes")
    assert [workshop[name] for name in COUNTS] == [""] * len(COUNTS)
    assert workshop["shown"] == "no"
    assert "Minder dan 10" in workshop["reason"]
    assert workshop["footnotes"] == ""


def test_before_anything_was_published_a_manager_gets_reasons_only(
    work: Work, study: Study, export: Export
) -> None:
    for person in rated_people(work, study, 12):
        close(work, person, "6.5", {"friendly": "agree"})
    for table in ("", "closing", "statements"):
        for row in export(study, "figures", table, role="manager"):
            assert not any(value.isdigit() for value in row.values()), row


def test_a_researcher_gets_what_is_live(work: Work, study: Study, export: Export) -> None:
    rated_people(work, study, 2, "cv", "negative")
    [row] = [row for row in export(study, "figures") if (row["step"], row["route"]) == ("cv", "27plus")]
    assert (row["n"], row["negative"]) == ("2", "2")
