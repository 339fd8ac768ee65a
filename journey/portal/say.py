"""What people decide for themselves on their own page: when we call, how, who, a rest. Every wish goes to the service
that a text or the call desk uses for it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from journey.call.asked import (
    WHOLE_DAY,
    CallDay,
    agree_call,
    change_channel,
    end_pause,
    find_call_slot,
    list_call_days,
    list_days_left,
    move_call,
    pause_calls,
)
from journey.models import Participant
from journey.models.participant import Contact
from journey.participant.handover import record_wish
from journey.participant.service import check_reach
from journey.portal.service import as_participant
from journey.rules.appointments import Slot
from journey.rules.calltimes import DayPart
from journey.rules.errors import Invalid
from journey.rules.ratings import Channel
from journey.work import Work

PARTS: Final = (*DayPart, WHOLE_DAY)


@dataclass(frozen=True)
class Wishes:
    """What somebody may choose now: ways to be followed, and whether we can call them at all. `rests_until` is the
    first day after a pause that lasts now."""

    channels: tuple[str, ...]
    has_number: bool
    is_followed: bool
    wants_other: bool
    has_researcher: bool
    rests_until: date | None


def get_wishes(work: Work, participant: Participant) -> Wishes:
    contact = work.session.get(Contact, participant.id)
    phone, address = (contact.phone, contact.postal_address) if contact else (None, None)
    return Wishes(
        channels=tuple(channel for channel in Channel if _can_reach(channel, phone, address)),
        has_number=phone is not None,
        is_followed=participant.state == "active",
        wants_other=participant.wants_other,
        has_researcher=participant.researcher_id is not None,
        rests_until=rest if (rest := participant.rest_until) and rest > work.today else None,
    )


def list_days(work: Work, participant: Participant) -> list[CallDay]:
    """On which days and parts of them we can call this person."""
    return list_call_days(work, participant)


def call_later(work: Work, participant: Participant, day: date, part: str) -> date | Slot:
    """When we call now: the day in the round of this week, or what was agreed. Invalid names the field."""
    _refuse_without_number(work, participant)
    if day < work.today:
        raise Invalid("Kies een dag die nog komt.", field="day")
    own = as_participant(work, participant)
    if part == WHOLE_DAY and day in list_days_left(own, participant):
        move_call(own, participant, day)
        return day
    slot = find_call_slot(work, participant, day, part)
    if slot is None:
        on_that_day = find_call_slot(work, participant, day, WHOLE_DAY)
        raise (
            Invalid("Dan bellen wij niet. Kies een ander deel van de dag.", field="part")
            if on_that_day
            else Invalid("Op die dag bellen wij niet. Kies een andere dag.", field="day")
        )
    agree_call(own, participant, slot)
    return slot


def pause(work: Work, participant: Participant) -> date:
    """Two weeks without a call; the first day after them."""
    return pause_calls(as_participant(work, participant), participant)


def resume(work: Work, participant: Participant) -> None:
    """No pause any more."""
    end_pause(as_participant(work, participant), participant)


def choose_channel(work: Work, participant: Participant, channel: str) -> None:
    """Followed in another way from now on; Invalid for a way in which we cannot reach this person."""
    if channel not in get_wishes(work, participant).channels:
        raise Invalid("Zo kunnen wij u niet bereiken. Bel ons, dan regelen wij het.", field="channel")
    change_channel(as_participant(work, participant), participant, channel)


def ask_other_researcher(work: Work, participant: Participant, wanted: bool) -> None:
    """A task for who leads the team, until somebody else calls."""
    record_wish(as_participant(work, participant), participant, wanted)


def _refuse_without_number(work: Work, participant: Participant) -> None:
    if not get_wishes(work, participant).has_number:
        raise Invalid("Wij hebben geen telefoonnummer van u. Bel ons.")


def _can_reach(channel: str, phone: str | None, address: str | None) -> bool:
    try:
        check_reach(channel, phone, address)
    except Invalid:
        return False
    return channel != "paper" or address is not None
