"""People with a link, in the states that their page must put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import select

from journey.models import Journey, Participant, Rating
from journey.participant.queries import get_journey
from journey.portal.service import create_link
from journey.progress.service import record_step
from journey.work import House, Work
from tests.support.build import build_participant, build_study, get_study_by

Arrange = Callable[[Work, Participant, Journey], Any]


@dataclass(frozen=True)
class Visitor:
    """`path` is the address of the own page, without the host."""

    code: str
    path: str
    letter_code: str


def two_steps(work: Work, person: Participant, journey: Journey) -> None:
    """CV three days ago, the desk two days ago."""
    record_step(work, journey, "cv", work.today - timedelta(days=3), source="call")
    record_step(work, journey, "werkplein", work.today - timedelta(days=2), source="call")


def visitor(house: House, arrange: Arrange = two_steps, **changes: Any) -> Visitor:
    with house.work() as work:
        known = "haarlem-test" in work.session.exec(select(_codes())).all()
        study = get_study_by(work, "haarlem-test") if known else build_study(work)
        person = build_participant(work, study, **changes)
        arrange(work, person, get_journey(work, person))
        new = create_link(work, person)
        return Visitor(person.code, new.link.removeprefix(house.settings.base_url), new.letter_code)


def ratings(house: House) -> list[tuple[str, str, str, str]]:
    """Every answer that was ever given: step, subject, value, words."""
    with house.work(write=False) as work:
        rows = work.session.exec(select(Rating).order_by(Rating.id)).all()  # type: ignore[arg-type]
        return [(row.step, row.subject, row.value, row.quote) for row in rows]


def rating(
    step: str = "werkplein", subject: str = "step", value: str = "positive", **more: str
) -> dict[str, str]:
    return {"step": step, "subject": subject, "value": value, **more}


def _codes() -> Any:
    from journey.models import Study

    return Study.code
