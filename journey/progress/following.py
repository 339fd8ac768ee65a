"""The journey of a participant follows the delivered application that is theirs: its dates stand beside what was told,
and where nothing was told they count. Only the research side knows of the link (rules, 33).
"""

from collections.abc import Sequence

from sqlmodel import col, select

from journey.models import CaseLink, Journey, Participant
from journey.progress.queries import list_facts
from journey.progress.statement import repeat_to, statement_of
from journey.route.queries import get_definition
from journey.work import Work

CHUNK = 500


def follow_cases(work: Work, delivered: Sequence[int]) -> None:
    """Repeat what is known of these applications to whoever they belong to. Whoever delivers them notices nothing: no
    answer, message or line of the trail depends on it.
    """
    for start in range(0, len(delivered), CHUNK):
        rows = work.session.exec(
            select(CaseLink.journey_id, Journey)
            .join(Participant, col(Participant.id) == CaseLink.participant_id)
            .join(Journey, col(Journey.id) == Participant.journey_id)
            .where(col(CaseLink.journey_id).in_(delivered[start : start + CHUNK]))
        ).all()
        for case_id, journey in rows:
            follow_case(work, work.session.get_one(Journey, case_id), journey)


def follow_case(work: Work, case: Journey, journey: Journey) -> None:
    """Say once more, to the journey of a participant, what a case system said of this application."""
    [facts] = list_facts(work, [case])
    repeat_to(work, journey, statement_of(facts, get_definition(work, case.route_version_id).id))
