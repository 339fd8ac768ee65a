"""Changes of consent and withdrawal: recorded with their date, in effect at once everywhere."""

from sqlmodel import col, delete, select, update

from journey.audit.service import record_act
from journey.db import forget_journal
from journey.files import SealedFiles
from journey.models import (
    AfterCall,
    Application,
    Approach,
    Attempt,
    BatchMark,
    CalendarEntry,
    Call,
    CallBack,
    CallNote,
    CaseEvent,
    CaseLink,
    CaseWords,
    ClosingAnswer,
    ClosingInterview,
    ClosingStatement,
    Consent,
    Contact,
    Decision,
    Departure,
    Extension,
    HandOver,
    HelpSignal,
    Journey,
    Letter,
    Link,
    Melding,
    Message,
    Participant,
    Progress,
    QuoteEdit,
    QuoteTheme,
    Rating,
    ReadBack,
    Reply,
    RouteChange,
    Suspension,
    TakenBack,
    TextQuestion,
    Upload,
    Withdrawal,
    stored_id,
)
from journey.models.message import NOT_YET_SENT
from journey.models.upload import UPLOAD_KINDS
from journey.outbox.agreed import cancel_unasked
from journey.participant.left import record_left
from journey.participant.queries import find_contact, get_journey, hold, refuse_if_gone
from journey.participant.service import NewConsent, other_channel
from journey.route.queries import get_definition
from journey.rules.errors import Conflict, Invalid
from journey.rules.recognisable import is_named, names_in
from journey.texts.service import cancel_texts
from journey.web.idempotency import forget_answers
from journey.work import Work

JOURNEY_FACTS = (
    Progress,
    Melding,
    Application,
    CaseEvent,
    Suspension,
    Extension,
    Decision,
    Departure,
    RouteChange,
    CaseWords,
)
OF_A_CALL = (Attempt, AfterCall, CallNote, ReadBack)
OF_A_PERSON = (
    ClosingAnswer,
    ClosingInterview,
    TakenBack,
    QuoteEdit,
    Rating,
    QuoteTheme,
    Upload,
    Call,
    CallBack,
    CalendarEntry,
    HandOver,
    TextQuestion,
    Message,
    Reply,
    Letter,
    Link,
    Consent,
    BatchMark,
)
ABOUT_CALLS = ("call_announced", "missed_call", "appointment")


def record_consent(work: Work, participant: Participant, new: NewConsent, language: str = "nl") -> Consent:
    """A new dated choice, in force at once; taking part itself is taken back by a withdrawal, not here.

    What was sent under a choice that is taken back goes. Without calls the open round ends and another way is found;
    without texts what waits unasked is cancelled. `language` is that of the text that was really shown or read aloud.
    """
    hold(work, participant)
    refuse_if_gone(participant)
    if not new.participate:
        raise Invalid("Wie niet meer meedoet, stopt: kies daar wat er met de antwoorden gebeurt.")
    for kind, allowed in (("voice", new.recording), ("photo", new.photos)):
        if not allowed:
            _delete_files(work, participant, kind)
    if not new.calls:
        _stop_calls(work, participant)
    if not new.texts:
        cancel_unasked(work, participant)
    _follow_otherwise(work, participant, new)
    consent = Consent(
        participant_id=stored_id(participant),
        language=language,
        given_at=work.now,
        recorded_by=work.actor.label,
        **vars(new),
    )
    work.session.add(consent)
    work.session.flush()
    record_act(work, "consent.change", participant.code)
    return consent


def _follow_otherwise(work: Work, participant: Participant, new: NewConsent) -> None:
    """Who may no longer be reached in the way that was agreed is followed in another; letters are left at last."""
    channel = participant.channel
    if channel == "call" and not new.calls:
        channel = other_channel(work, participant, texts=new.texts)
    elif channel == "sms" and not new.texts:
        channel = "call" if new.calls else "paper"
    if channel != participant.channel:
        participant.channel = channel
        work.session.add(participant)
        record_act(work, "participant.channel", participant.code)


def _stop_calls(work: Work, participant: Participant) -> None:
    """End the open round with what was promised in it, tell calendars, and cancel what was texted about it."""
    person = stored_id(participant)
    work.session.exec(
        update(Call)
        .where(col(Call.participant_id) == person, col(Call.state) == "open")
        .values(state="cancelled", closed_at=work.now)
    )
    work.session.exec(
        update(Call)
        .where(col(Call.participant_id) == person)
        .values(appointment_at=None, appointment_until=None, next_at=None, asked_back_at=None)
    )
    coming = select(CalendarEntry).where(
        CalendarEntry.participant_id == person,
        CalendarEntry.starts_at > work.now,
        ~col(CalendarEntry.is_cancelled),
    )
    for entry in work.session.exec(coming).all():
        entry.is_cancelled, entry.changes, entry.changed_at = True, entry.changes + 1, work.now
        work.session.add(entry)
    cancel_texts(work, participant, ABOUT_CALLS)


def withdraw_participant(
    work: Work, participant: Participant, level: str, step: str | None = None
) -> Withdrawal:
    """Three levels (rules, 32): `stop` keeps what was said, `from_step` sets aside what was said from a step on, in
    the order of the route, `erase` removes everything. Contact data goes in all three.

    A later withdrawal may go further than an earlier one, never back.
    """
    hold(work, participant)
    if participant.state == "erased":
        refuse_if_gone(participant)
    if level == "from_step":
        definition = get_definition(work, get_journey(work, participant).route_version_id)
        if step is None or definition.find_step(step) is None:
            raise Invalid("Vanaf welke stap? Kies een stap van de route.", field="step")
    elif step is not None:
        raise Invalid("Een stap hoort alleen bij 'vanaf een stap'.", field="step")
    if not _goes_further(work, participant, level, step):
        raise Conflict("%(code)s is al gestopt. Verder gaan kan, terug niet.", code=participant.code)
    forget_journal(work.session)
    withdrawal = Withdrawal(
        participant_id=stored_id(participant),
        level=level,
        from_step=step,
        withdrawn_at=work.now,
        recorded_by=work.actor.label,
    )
    work.session.add(withdrawal)
    _stop_contact(work, participant)
    _forget_notes(work, participant)
    work.session.exec(delete(ClosingAnswer).where(col(ClosingAnswer.participant_id) == participant.id))
    work.session.exec(delete(TakenBack).where(col(TakenBack.participant_id) == participant.id))
    for kind in UPLOAD_KINDS:
        _delete_files(work, participant, kind)
    work.session.exec(delete(HelpSignal).where(col(HelpSignal.participant_id) == participant.id))
    participant.state = "stopped"
    if level == "erase":
        _erase(work, participant)
    work.session.add(participant)
    work.session.flush()
    record_act(work, f"participant.withdraw.{level}", participant.code)
    return withdrawal


def _goes_further(work: Work, participant: Participant, level: str, step: str | None) -> bool:
    """Whether this takes back more than the earlier withdrawals did."""
    earlier = work.session.exec(select(Withdrawal).where(Withdrawal.participant_id == participant.id)).all()
    if not earlier or level == "erase":
        return True
    if level == "stop" or step is None:
        return False
    definition = get_definition(work, get_journey(work, participant).route_version_id)
    starts = [definition.position(row.from_step) for row in earlier if row.from_step]
    return definition.position(step) < min(starts, default=len(definition.steps))


def forget_contact(work: Work, participant: Participant) -> None:
    """Empty the contact store and end every way in: links, unsent messages, open calls, what a colleague should know
    before calling, and notes that name the person."""
    contact = find_contact(work, participant)
    names = names_in(contact.call_name, contact.phone) if contact else ()
    _stop_contact(work, participant)
    _forget_notes(work, participant, names)
    forget_journal(work.session)
    record_act(work, "contact.forget", participant.code)


def forget_person(work: Work, participant: Participant) -> None:
    """Everything of a person whose time is up, as an erasure does. It is no withdrawal, so none is written down:
    published figures stay what they were."""
    forget_journal(work.session)
    _stop_contact(work, participant)
    for kind in UPLOAD_KINDS:
        _delete_files(work, participant, kind)
    work.session.exec(delete(HelpSignal).where(col(HelpSignal.participant_id) == participant.id))
    _erase(work, participant)
    work.session.exec(delete(Withdrawal).where(col(Withdrawal.participant_id) == participant.id))
    record_act(work, "participant.forget", participant.code)


def _stop_contact(work: Work, participant: Participant) -> None:
    session, person = work.session, stored_id(participant)
    contact = find_contact(work, participant)
    names = (contact.call_name, contact.phone, contact.postal_address) if contact else ()
    forget_answers(work, {participant.code, *(name for name in names if name)})
    record_left(work, participant)
    session.exec(delete(Contact).where(col(Contact.participant_id) == person))
    session.exec(delete(CaseLink).where(col(CaseLink.participant_id) == person))
    session.exec(update(HandOver).where(col(HandOver.participant_id) == person).values(card=""))
    session.exec(
        update(Link)
        .where(col(Link.participant_id) == person, col(Link.revoked_at).is_(None))
        .values(revoked_at=work.now)
    )
    session.exec(
        update(Message)
        .where(col(Message.participant_id) == person, col(Message.state).in_(NOT_YET_SENT))
        .values(state="cancelled", updated_at=work.now)
    )
    # Nothing goes to this number any more, so none keeps it, whatever became of the text.
    session.exec(update(Message).where(col(Message.participant_id) == person).values(recipient=""))
    session.exec(
        update(Call)
        .where(col(Call.participant_id) == person, Call.state == "open")  # type: ignore[arg-type]
        .values(state="cancelled", closed_at=work.now)
    )


def _forget_notes(work: Work, participant: Participant, names: tuple[str, ...] | None = None) -> None:
    """Notes are for the next call: without one they go, all of them or those that hold one of these names."""
    calls = select(Call).where(Call.participant_id == participant.id)
    attempts = select(Attempt).join(Call).where(Call.participant_id == participant.id)
    rows: list[Call | Attempt] = [*work.session.exec(calls).all(), *work.session.exec(attempts).all()]
    for row in rows:
        if row.note and (names is None or is_named(row.note, names)):
            row.note = ""
            work.session.add(row)
    written = select(CallNote).join(Call).where(Call.participant_id == participant.id)
    for one in work.session.exec(written).all():
        if names is None or is_named(one.text, names):
            work.session.delete(one)


def _delete_files(work: Work, participant: Participant, kind: str) -> None:
    """Every file of a kind that the person sent, with the commit; the rows stay as proof until an erasure."""
    rows = work.session.exec(
        select(Upload).where(
            Upload.participant_id == participant.id, Upload.kind == kind, col(Upload.deleted_at).is_(None)
        )
    ).all()
    for row in rows:
        row.deleted_at = work.now
        work.session.add(row)
    files = SealedFiles.of(work.settings, work.vault)
    files.delete_after_commit(work.session, [row.stored_as for row in rows])


def _erase(work: Work, participant: Participant) -> None:
    """Delete answers, calls, messages and the journey; what remains is the code, the state and the withdrawal."""
    session, person = work.session, stored_id(participant)
    interviews = select(ClosingInterview.id).where(ClosingInterview.participant_id == person)
    session.exec(delete(ClosingStatement).where(col(ClosingStatement.interview_id).in_(interviews)))
    calls = select(Call.id).where(Call.participant_id == person)
    for of_call in OF_A_CALL:
        session.exec(delete(of_call).where(of_call.call_id.in_(calls)))  # type: ignore[attr-defined]
    for table in OF_A_PERSON:
        session.exec(delete(table).where(table.participant_id == person))  # type: ignore[arg-type]
    # Who was asked still counts, no longer as whom (rules, 29).
    session.exec(update(Approach).where(col(Approach.participant_id) == person).values(participant_id=None))
    journey_id, participant.journey_id = participant.journey_id, None
    participant.age_band = participant.researcher_id = participant.mark_salt = None
    participant.state = "erased"
    session.add(participant)
    session.flush()
    journey = session.get(Journey, journey_id) if journey_id else None
    if journey is not None and journey.reference is None:
        for facts in JOURNEY_FACTS:
            session.exec(delete(facts).where(facts.journey_id == journey.id))  # type: ignore[arg-type]
        session.delete(journey)
