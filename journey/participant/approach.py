"""Joins who is enrolled to the yes at a meeting, so that response has its denominator (rules, 29). An approach holds
nothing about a person and is linked once.
"""

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import Approach, Meeting, Participant, Study, stored_id
from journey.rules.errors import Conflict, NotFound
from journey.work import Work

LARGEST_ID = 2**31 - 1


def get_approach(work: Work, study: Study, approach_id: str) -> Approach:
    """NotFound for what is no approach of this study; the study must be in the actor's reach."""
    number = int(approach_id) if approach_id.isdecimal() and len(approach_id) <= 10 else 0
    found = work.session.get(Approach, number) if 0 < number <= LARGEST_ID else None
    if found is not None and work.session.get_one(Meeting, found.meeting_id).study_id == study.id:
        return found
    raise NotFound("Deze benadering is er niet.")


def link_approach(work: Work, approach: Approach, participant: Participant) -> None:
    """This is who said yes; Conflict when the approach or the person already belongs to another."""
    work.session.refresh(approach, with_for_update=True)
    if approach.participant_id == participant.id:
        return
    if approach.participant_id is not None or find_approach_of(work, participant):
        raise Conflict("Deze benadering hoort al bij iemand.")
    approach.answer, approach.reason = "yes", ""
    approach.participant_id = stored_id(participant)
    work.session.add(approach)
    work.session.flush()
    record_act(work, "recruitment.link", participant.code)


def refuse_approach(work: Work, approach: Approach) -> None:
    """Said no after all, when the consent text was read: nothing else is kept."""
    if approach.participant_id is not None:
        raise Conflict("Deze benadering hoort al bij iemand.")
    approach.answer = "no"
    work.session.add(approach)
    record_act(work, "recruitment.answer", f"meeting:{approach.meeting_id}")


def find_approach_of(work: Work, participant: Participant) -> Approach | None:
    return work.session.exec(select(Approach).where(Approach.participant_id == participant.id)).first()


def list_unlinked(work: Work, study: Study) -> list[Participant]:
    """People who were enrolled without a meeting, the last first."""
    statement = (
        select(Participant)
        .where(
            Participant.study_id == study.id,
            Participant.state != "erased",
            col(Participant.id).not_in(
                select(Approach.participant_id).where(col(Approach.participant_id).is_not(None))
            ),
        )
        .order_by(col(Participant.id).desc())
    )
    return list(work.session.exec(statement).all())
