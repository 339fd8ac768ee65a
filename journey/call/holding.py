"""Somebody refused in plain words: nothing reaches them until a researcher asked what was meant (rules, 42a).

It is no withdrawal. The researcher confirms it with one, or undoes it; a clear STOP needs nobody.
"""

from journey.audit.service import record_act
from journey.call.asked import end_round
from journey.models import Participant
from journey.outbox.agreed import cancel_unasked
from journey.participant.queries import hold, refuse_if_gone
from journey.work import Work


def hold_person(work: Work, participant: Participant) -> None:
    """No call and no text that was not asked for, from now on; what was agreed is taken back."""
    hold(work, participant)
    refuse_if_gone(participant)
    if participant.held_at is None:
        participant.held_at = work.now
        work.session.add(participant)
        end_round(work, participant)
        cancel_unasked(work, participant)
        record_act(work, "participant.hold", participant.code)


def release_person(work: Work, participant: Participant) -> None:
    """It was not meant so, or not any more: the weekly planning finds this person again."""
    hold(work, participant)
    refuse_if_gone(participant)
    if participant.held_at is not None:
        participant.held_at = None
        work.session.add(participant)
        record_act(work, "participant.release", participant.code)
