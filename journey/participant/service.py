"""Enrols people. Nothing about a person is stored before consent: participant, contact and consent are one write."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import col, select, update

from journey.audit.service import record_act
from journey.models import Call, Consent, Contact, Municipality, Participant, Study, stored_id
from journey.municipality.service import get_or_create_municipality
from journey.outbox.agreed import agrees_to
from journey.outbox.waiting import cancel_waiting, readdress_waiting
from journey.participant.phones import is_mobile, normal_number, takes_texts
from journey.progress.service import create_journey, record_melding
from journey.route.queries import get_study_route
from journey.rules.cadence import round_of
from journey.rules.errors import Conflict, Invalid
from journey.study.queries import get_municipality
from journey.texts.approval import language_shown
from journey.texts.service import announce_call, remind_agreed
from journey.work import Work

AGE_BANDS = ("18-26", "27-34", "35-44", "45-54", "55-66")
LONGEST_CONTACT = 500


@dataclass(frozen=True)
class NewConsent:
    """What was agreed to; `participate` must be true, the others are choices apart (rules, 31).

    Being called and texted follow from the way somebody wants to be followed and are yes unless somebody says no;
    the rest is no unless somebody says yes.
    """

    participate: bool
    text_version: str
    given_via: str
    quotes: bool = False
    recording: bool = False
    photos: bool = False
    calls: bool = True
    texts: bool = True
    file_dates: bool = False


@dataclass(frozen=True)
class NewParticipant:
    """A study read `from_files` brings its own `code`, and numbers that reach nobody on purpose: not checked.

    `announced` texts the person that we will call.
    """

    route: str
    channel: str
    consent: NewConsent
    municipality: str | None = None
    age_band: str | None = None
    call_name: str | None = None
    phone: str | None = None
    postal_address: str | None = None
    language: str = "nl"
    reported_on: date | None = None
    good_times: dict[str, Any] = field(default_factory=dict)
    enrolled_on: date | None = None
    code: str | None = None
    from_files: bool = False
    announced: bool = False


def enrol(work: Work, study: Study, new: NewParticipant) -> Participant:
    """Make pseudonym, journey, contact store, consent and the first call in one write; Invalid names the field."""
    if not new.consent.participate:
        raise Invalid("Zonder toestemming leggen we niets vast.", field="consent.participate")
    if not new.consent.text_version.strip():
        raise Invalid("Welke toestemmingstekst is voorgelezen?", field="consent.text_version")
    if study.closed_at is not None:
        raise Invalid("Dit onderzoek is afgesloten.", field="study")
    if new.channel == "call" and not new.consent.calls:
        raise Invalid("Wie gebeld wil worden, zegt ook ja tegen bellen.", field="consent.calls")
    if new.channel == "sms" and not new.consent.texts:
        raise Invalid("Wie sms'jes wil, zegt ook ja tegen sms.", field="consent.texts")
    if not new.from_files:
        _check_contact(new)
    phone = normal_number(new.phone) if new.phone and not new.from_files else new.phone
    municipality = _municipality(work, study, new.municipality)
    journey = create_journey(work, study, get_study_route(work, study, new.route), municipality)
    participant = Participant(
        code=_own_code(work, municipality, new.code) if new.code else _next_code(work, municipality),
        study_id=stored_id(study),
        journey_id=journey.id,
        researcher_id=work.actor.id if work.actor.kind == "user" and work.actor.is_researcher else None,
        channel=new.channel,
        language=new.language,
        age_band=new.age_band,
        enrolled_on=new.enrolled_on or work.today,
        created_at=work.now,
    )
    work.session.add(participant)
    work.session.flush()
    participant_id = stored_id(participant)
    work.session.add(_contact(work, participant_id, new, phone))
    work.session.add(
        Consent(
            participant_id=participant_id,
            language=language_shown(work, new.consent.text_version, new.language),
            given_at=work.now,
            recorded_by=work.actor.label,
            **vars(new.consent),
        )
    )
    if new.reported_on is not None:
        record_melding(work, journey, new.reported_on, source="call")
    if new.consent.calls:
        work.session.add(
            Call(
                participant_id=participant_id,
                week=round_of(work.today),
                due_on=work.today,
                created_at=work.now,
            )
        )
    work.session.flush()
    record_act(work, "participant.enrol", participant.code)
    if new.announced and new.channel == "call" and new.consent.calls:
        announce_call(work, participant, work.today)
    return participant


def record_contact(
    work: Work,
    participant: Participant,
    *,
    call_name: str | None,
    phone: str | None,
    postal_address: str | None,
    good_times: dict[str, Any],
) -> Contact:
    """Replace the contact store of a person; it holds no history on purpose (rules, 35)."""
    number = normal_number(phone) if phone else None
    contact = work.session.get_one(Contact, stored_id(participant))
    _change_number(work, participant, contact, number)
    _fill(work, contact, call_name, number, postal_address)
    contact.good_times = good_times
    work.session.add(contact)
    record_act(work, "contact.change", participant.code)
    return contact


def correct_number(work: Work, participant: Participant, phone: str) -> None:
    """Another number in place of the one that is kept, and nothing else; Invalid names the field."""
    number = normal_number(phone)
    contact = work.session.get_one(Contact, stored_id(participant))
    _change_number(work, participant, contact, number)
    record_act(work, "contact.change", participant.code)


def change_preferences(work: Work, participant: Participant, *, channel: str, language: str) -> None:
    """How and in what language someone wants to be followed; a channel without the way to reach them is refused."""
    contact = work.session.get_one(Contact, stored_id(participant))
    check_reach(channel, None if contact.phone_wrong_at else contact.phone, contact.postal_address)
    if channel == "call" and participant.channel != channel:
        participant.calls_paused = False  # they want to be phoned: a reaction (rules, 38)
    participant.channel = channel
    participant.language = language
    work.session.add(participant)
    _agree_to_channel(work, participant)


def other_channel(work: Work, participant: Participant, *, texts: bool | None = None) -> str:
    """The way to follow someone who cannot or will not be phoned: SMS on a mobile number of who agreed to texts
    (`texts`, or the latest choice), else letters."""
    agreed = agrees_to(work, participant, "texts") if texts is None else texts
    contact = work.session.get(Contact, participant.id)
    phone = contact.phone if contact and contact.phone_wrong_at is None else None
    number = work.vault.open_optional(phone, f"contact:{participant.id}:phone")
    return "sms" if agreed and number and is_mobile(number) else "paper"


def _agree_to_channel(work: Work, participant: Participant) -> None:
    """Who asks to be called or texted from now on says yes to that: a dated choice of its own."""
    reach = {"call": "calls", "sms": "texts"}.get(participant.channel)
    last = work.session.exec(
        select(Consent)
        .where(Consent.participant_id == participant.id)
        .order_by(col(Consent.id).desc())
        .limit(1)
    ).first()
    if reach is None or last is None or getattr(last, reach):
        return
    asked = {reach: True, "given_via": "web" if work.actor.kind == "participant" else "oral"}
    kept = last.model_dump(exclude={"id"})
    work.session.add(Consent(**kept | asked | {"given_at": work.now, "recorded_by": work.actor.label}))
    record_act(work, "consent.change", participant.code)


def _check_contact(new: NewParticipant) -> None:
    for name in ("call_name", "postal_address"):
        if len(getattr(new, name) or "") > LONGEST_CONTACT:
            raise Invalid("Dit is te lang.", field=name)


def check_reach(channel: str, phone: str | None, address: str | None) -> None:
    """What a screen asks for before it follows someone along `channel`; Invalid names the field. Over the API someone
    may be enrolled first and reached later."""
    if channel in ("call", "sms") and not phone:
        raise Invalid("Zonder telefoonnummer kunnen we niet bellen of sms'en.", field="phone")
    if channel == "paper" and not (address or phone):
        raise Invalid("Vul een adres of een telefoonnummer in.", field="postal_address")


def _municipality(work: Work, study: Study, name: str | None) -> Municipality:
    if not name:
        return get_municipality(work, study.municipality_id)
    return get_or_create_municipality(work, name)


def _next_code(work: Work, municipality: Municipality) -> str:
    """The next pseudonym, such as H-042; raised in the database, so that two enrolments never share one."""
    number = work.session.exec(
        update(Municipality)
        .where(col(Municipality.id) == municipality.id)
        .values(last_number=col(Municipality.last_number) + 1)
        .returning(col(Municipality.last_number))
    ).scalar_one()
    return f"{municipality.prefix}-{number:03d}"


def _own_code(work: Work, municipality: Municipality, code: str) -> str:
    """A pseudonym that was given out before; the next one of the municipality comes after it."""
    if work.session.exec(select(Participant).where(Participant.code == code)).first():
        raise Conflict("Er is al een deelnemer met code %(code)s.", field="code", code=code)
    number = int(code.rpartition("-")[2])
    work.session.exec(
        update(Municipality)
        .where(col(Municipality.id) == municipality.id, col(Municipality.last_number) < number)
        .values(last_number=number)
    )
    return code


def _contact(work: Work, participant_id: int, new: NewParticipant, phone: str | None) -> Contact:
    contact = Contact(participant_id=participant_id, good_times=new.good_times)
    _fill(work, contact, new.call_name, phone, new.postal_address)
    return contact


def _fill(
    work: Work, contact: Contact, call_name: str | None, phone: str | None, address: str | None
) -> None:
    place = f"contact:{contact.participant_id}"
    vault = work.vault
    contact.call_name = vault.seal(call_name, f"{place}:call_name") if call_name else None
    _seal_number(work, contact, phone)
    contact.postal_address = vault.seal(address, f"{place}:postal_address") if address else None


def _seal_number(work: Work, contact: Contact, phone: str | None) -> None:
    place = f"contact:{contact.participant_id}:phone"
    contact.phone = work.vault.seal(phone, place) if phone else None
    contact.phone_fingerprint = work.vault.fingerprint(phone, "phone") if phone else None


def _change_number(work: Work, participant: Participant, contact: Contact, number: str | None) -> None:
    """What waits goes to the new number; one that was wrong stays wrong until it is another."""
    before = work.vault.open_optional(contact.phone, f"contact:{contact.participant_id}:phone")
    if number == before:
        return
    was_wrong, contact.phone_wrong_at = contact.phone_wrong_at is not None, None
    _seal_number(work, contact, number)
    work.session.add(contact)
    work.session.flush()
    if number is None or not takes_texts(number):
        cancel_waiting(work, participant)
    elif was_wrong:
        remind_agreed(work, participant)
    else:
        readdress_waiting(work, participant, number)
