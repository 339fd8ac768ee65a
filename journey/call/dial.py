"""What one dial must be to be recorded, and when the next one is due after it (rules, 37-39)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from journey.call.appointments import slot_of
from journey.call.rounds import FullHistory, past
from journey.call.times import good_times_of
from journey.clock import local_day
from journey.models import Attempt, Call, Contact, Participant, Study
from journey.rules.appointments import LONGEST_WINDOW
from journey.rules.cadence import APPOINTMENT_LEAD, CadenceSettings, Outcome
from journey.rules.calltimes import Next, NextStep, find_next_moment, next_attempt_after
from journey.rules.errors import Invalid
from journey.rules.recognisable import refuse_citizen_number
from journey.study.cadence import cadence_of
from journey.work import Work

LONGEST_NOTE = 5000
FURTHEST_APPOINTMENT = timedelta(days=92)
OLDEST_ATTEMPT = timedelta(days=7)
# The cadence names no moment after these: somebody has to mend something first, so they wait for the next part of
# the day like a call that nobody answered.
TO_MEND = frozenset({Next.other_language, Next.check_number})


@dataclass(frozen=True)
class NewAttempt:
    """One dial. `at` is the moment of dialling (now when left out); `done` ends the round after a partial interview;
    `appointment_until` the end of the window of the next appointment.
    """

    outcome: str
    at: datetime | None = None
    appointment_at: datetime | None = None
    appointment_until: datetime | None = None
    note: str = ""
    done: bool = False


def read_outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError:
        raise Invalid("Deze uitkomst bestaat niet: %(outcome)s.", field="outcome", outcome=text) from None


def read_note(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="note", most=LONGEST_NOTE)
    refuse_citizen_number(text, "note")
    return text


def check_moments(work: Work, outcome: Outcome, at: datetime, new: NewAttempt) -> None:
    if at.tzinfo is None:
        raise Invalid("Geef bij het tijdstip de tijdzone.", field="at")
    if local_day(at) > work.today:
        raise Invalid("Dit tijdstip ligt in de toekomst.", field="at")
    if at < work.now - OLDEST_ATTEMPT:
        raise Invalid("Deze belpoging is te lang geleden.", field="at")
    if new.appointment_at is not None:
        check_appointment(work, new.appointment_at, new.appointment_until, at)
    elif new.appointment_until is not None:
        raise Invalid("Geef ook het begin van de afspraak.", field="appointment_at")
    elif outcome is Outcome.appointment:
        raise Invalid("Wanneer is de afspraak? Kies een dag en een tijd.", field="appointment_at")


def check_appointment(
    work: Work, at: datetime, until: datetime | None, told_at: datetime | None = None
) -> None:
    """`told_at` is when it was agreed: what a device without network sends later may have passed meanwhile, and was
    then missed by us.
    """
    if at.tzinfo is None or (until is not None and until.tzinfo is None):
        raise Invalid("Geef bij het tijdstip de tijdzone.", field="appointment_at")
    if at <= (told_at or work.now):
        raise Invalid("Een afspraak ligt in de toekomst.", field="appointment_at")
    if at > work.now + FURTHEST_APPOINTMENT:
        raise Invalid("Deze afspraak ligt te ver weg.", field="appointment_at")
    if until is not None and not (at < until <= at + LONGEST_WINDOW and local_day(at) == local_day(until)):
        raise Invalid("Het einde ligt na het begin, op dezelfde dag.", field="appointment_until")


def is_by_appointment(call: Call, at: datetime) -> bool:
    agreed = slot_of(call)
    return agreed is not None and agreed.covers(at)


def next_step(
    work: Work, call: Call, history: FullHistory, outcome: Outcome, at: datetime, new: NewAttempt
) -> NextStep:
    contact = work.session.get(Contact, call.participant_id)
    settings = rhythm_of(work, call)
    good_times = good_times_of(contact.good_times, settings) if contact else []
    earlier = past(history.of(call))
    step = next_attempt_after(
        outcome,
        at,
        earlier,
        by_appointment=is_by_appointment(call, at),
        appointment_at=new.appointment_at,
        good_times=good_times,
        settings=settings,
    )
    goes_on = outcome is Outcome.partial and not new.done and step.action is Next.round_done
    if step.action in TO_MEND or goes_on:
        moment = find_next_moment(at, [*earlier, *past([_dial(at, outcome)])], good_times, settings)
        return NextStep(Next.call, moment) if moment else NextStep(Next.round_over)
    if outcome is Outcome.partial and new.done:
        return NextStep(Next.round_done)
    return step


def rhythm_of(work: Work, call: Call) -> CadenceSettings:
    person = work.session.get_one(Participant, call.participant_id)
    return cadence_of(work.session.get_one(Study, person.study_id))


def _dial(at: datetime, outcome: Outcome) -> Attempt:
    return Attempt(call_id=0, outcome=outcome, at=at, recorded_by="", recorded_at=at)


def agree(call: Call, at: datetime, new: NewAttempt) -> None:
    """A new appointment takes the place of the old one; one that was due is over once somebody dialled, and so is
    every appointment of who does not want to be phoned any more.
    """
    if new.appointment_at is not None:
        call.appointment_at = new.appointment_at.astimezone(UTC)
        call.appointment_until = new.appointment_until.astimezone(UTC) if new.appointment_until else None
    elif call.appointment_at is not None and (
        new.outcome == Outcome.not_by_phone or call.appointment_at <= at + APPOINTMENT_LEAD
    ):
        call.appointment_at = call.appointment_until = None
