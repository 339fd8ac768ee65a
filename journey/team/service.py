"""What the lead does with one tap: one move, or everyone of a researcher who is ill or left."""

from collections.abc import Sequence

from journey.auth.scope import get_participant
from journey.models import Participant, Study
from journey.participant.handover import hand_over
from journey.rules.errors import Invalid, NotFound
from journey.work import Work


def move_person(work: Work, study: Study, code: str, to_id: int) -> None:
    """A suggestion that the lead takes over; NotFound for somebody of another study."""
    person = get_participant(work, code)
    if person.study_id != study.id:
        raise NotFound("Deze deelnemer is er niet.")
    hand_over(work, person, to_id, "load", "")


def hand_over_all(
    work: Work, people: Sequence[Participant], to_id: int | None, reason: str | None, card: str
) -> None:
    """All or nobody: Invalid names the field, also when nobody was chosen."""
    if not people:
        raise Invalid("Kies wie u overdraagt.", field="people")
    for person in people:
        hand_over(work, person, to_id, reason, card)
