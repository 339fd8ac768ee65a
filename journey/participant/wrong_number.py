"""A number that turned out to be somebody else's: a task for the researcher. Until it is corrected, or another way to
reach the person is chosen, nobody dials it and nothing is sent to it.
"""

from journey.audit.service import record_act
from journey.models import Contact, Participant
from journey.outbox.waiting import cancel_waiting
from journey.participant.queries import refuse_if_gone
from journey.texts.service import remind_agreed
from journey.work import Work


def mark_wrong(work: Work, participant: Participant) -> None:
    """A stranger answered, or somebody said so. What waits for it is cancelled; nothing happens without a number."""
    refuse_if_gone(participant)
    contact = work.session.get(Contact, participant.id)
    if contact is not None and contact.phone is not None and contact.phone_wrong_at is None:
        contact.phone_wrong_at = work.now
        work.session.add(contact)
        cancel_waiting(work, participant)
        record_act(work, "contact.wrong_number", participant.code)


def confirm_number(work: Work, participant: Participant) -> None:
    """It is theirs after all. Only somebody who knows says so: a talk may have been held on another phone."""
    contact = work.session.get(Contact, participant.id)
    if contact is not None and contact.phone_wrong_at is not None:
        contact.phone_wrong_at = None
        work.session.add(contact)
        work.session.flush()
        remind_agreed(work, participant)
        record_act(work, "contact.number_confirmed", participant.code)
