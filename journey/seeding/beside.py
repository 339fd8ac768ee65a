"""What stands beside the figures of the live demo: improvements, and the published table of 2016."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace

from journey.action.service import NewAction, approve_action, record_action
from journey.models import Study
from journey.report.published import Published, read_published
from journey.report.reference_groups import NewReference, ReferenceRow, record_reference
from journey.resources import folder
from journey.seeding.days import DAY
from journey.work import Actor, Work

ROUTE = "27plus"


def improve(work: Work, study: Study, colleagues: Sequence[Actor]) -> None:
    """The improvements of `seeds/demo/actions.toml`: the first colleague writes them, the second approves."""
    rows = tomllib.loads((folder("seeds") / "demo" / "actions.toml").read_text(encoding="utf-8"))["actions"]
    writer, *others = colleagues
    for row in rows:
        since = work.today - 7 * row["weeks_ago"] * DAY
        words = {language: row[language] for language in ("nl", "en") if language in row}
        action = record_action(replace(work, actor=writer), study, NewAction(row["step"], since, words))
        if row["state"] == "approved" and others:
            approve_action(replace(work, actor=others[0]), study, action)


def lay_beside(work: Work, study: Study) -> None:
    """The published table of 2016 as a reference group: what was not printed stays unknown."""
    published = read_published(folder("seeds") / "haarlem-2016" / "published.toml")
    times = {one.id: (one.days, one.kind) for one in published.lead_times}
    record_reference(
        work,
        study,
        NewReference(
            name="Haarlem 2016",
            source="Rapport van het onderzoek in Haarlem, 2016",
            route=ROUTE,
            rows=_rows(published),
            grade=float(published.grade_mean),
            grade_n=published.closing_n,
            times=times,
        ),
    )


def _rows(published: Published) -> list[ReferenceRow]:
    """N as printed counts who were asked; who did not have to do the step is no part of the distribution."""
    return [
        ReferenceRow(
            one.step,
            one.subject,
            one.n - (one.not_applicable or 0),
            one.negative,
            one.neutral,
            one.positive,
        )
        for one in published.figures
    ]
