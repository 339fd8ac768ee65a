"""Finds who holds a link or a code, and the people and numbers that can be called about it."""

from dataclasses import dataclass

from phonenumbers import NumberParseException
from sqlalchemy import bindparam
from sqlalchemy import select as select_any
from sqlmodel import col, select

from journey.db import keep_rows
from journey.models import Contact, Journey, Link, Participant, Study, User
from journey.models.study import Municipality
from journey.participant.phones import shown_number
from journey.participant.queries import GONE, find_contact
from journey.portal.letters import read_code
from journey.vault import token_hash
from journey.web.i18n import gettext as _
from journey.work import Work

# With all that a page needs of this one person besides facts: one question instead of five.
_BEHIND_LINK = (
    select_any(Link, Participant, Study, Journey, Contact)
    .join(Participant, col(Participant.id) == Link.participant_id)
    .join(Study, col(Study.id) == Participant.study_id)
    .outerjoin(Journey, col(Journey.id) == Participant.journey_id)
    .outerjoin(Contact, col(Contact.participant_id) == Participant.id)
    .where(col(Link.token_hash) == bindparam("token"))
    # who stopped while this unit of work waited for another one is gone
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class ResearchPhone:
    """A number that answers questions; `dial` is for a link, `shown` for the eye."""

    name: str
    dial: str
    shown: str


@dataclass(frozen=True)
class ContactCard:
    """Whom a participant may call about the research, and where we would call them back."""

    researcher: str
    phone: ResearchPhone | None
    our_number_ends: str
    sender: str


def find_person(work: Work, token: str) -> Participant | None:
    """Who holds this link; None when it is unknown, expired or revoked, or the person does not take part any more."""
    keep_rows(work.session)
    found = work.session.execute(_BEHIND_LINK, {"token": token_hash(token)}).first()
    return _holder(work, found[0] if found else None)


def find_letter(work: Work, typed: str) -> Link | None:
    """The link a typed code belongs to, while it works.

    One look-up, whatever the reason that it does not: neither the answer nor its time tells a code that expired from
    one that never was.
    """
    code = read_code(typed)
    if code is None:
        return None
    statement = (
        select(Link)
        .join(Participant)
        .where(
            Link.code_fingerprint == work.vault.fingerprint(code, "letter"),
            col(Link.revoked_at).is_(None),
            Link.expires_at > work.now,
            col(Participant.state).not_in(GONE),
        )
    )
    return work.session.exec(statement).first()


def find_contact_card(work: Work, participant: Participant) -> ContactCard:
    study = work.session.get_one(Study, participant.study_id)
    researcher = work.session.get(User, participant.researcher_id) if participant.researcher_id else None
    known = researcher is not None and researcher.active
    number = study.research_phone or (researcher.phone if researcher is not None and known else "")
    contact = find_contact(work, participant)
    return ContactCard(
        researcher.name if researcher is not None and known else "",
        _phone(study.name, number),
        contact.phone[-2:] if contact and contact.phone else "",
        sender_name(work.session.get_one(Municipality, study.municipality_id).name),
    )


def list_research_phones(work: Work) -> list[ResearchPhone]:
    """The numbers of the running studies: the same for everyone who asks."""
    studies = work.session.exec(
        select(Study).where(col(Study.closed_at).is_(None), Study.research_phone != "").order_by(Study.code)
    ).all()
    by_number = {study.research_phone: study.name for study in reversed(studies)}
    phones = (_phone(name, number) for number, name in reversed(by_number.items()))
    return [phone for phone in phones if phone]


def find_sender(work: Work) -> str:
    """Who speaks on a page that is of nobody: the running study, without a place when there are more."""
    studies = select(Study.municipality_id).where(col(Study.closed_at).is_(None))
    names = work.session.exec(select(Municipality.name).where(col(Municipality.id).in_(studies))).all()
    return sender_name(names[0]) if len(names) == 1 else _("Onderzoek")


def sender_name(place: str) -> str:
    """Who speaks, in every text, letter and page."""
    return _("Onderzoek %(place)s", place=place)


def list_calling_numbers(work: Work) -> list[str]:
    """Every number we call or text from, as people read it: staff, the research phones, the sender of messages."""
    staff = work.session.exec(select(User.phone).where(User.active, User.phone != "")).all()
    research = [phone.dial for phone in list_research_phones(work)]
    sender = [work.settings.twilio_from] if work.settings.gateway == "twilio" else []
    return sorted({_shown(number) for number in (*research, *staff, *sender)})


def _holder(work: Work, row: Link | None) -> Participant | None:
    if row is None or row.revoked_at is not None or row.expires_at <= work.now:
        return None
    participant = work.session.get_one(Participant, row.participant_id)
    return None if participant.state in GONE else participant


def _phone(name: str, number: str) -> ResearchPhone | None:
    return ResearchPhone(name, number.replace(" ", ""), _shown(number)) if number else None


def _shown(number: str) -> str:
    """As people read it; a sender may also be a word."""
    try:
        return shown_number(number)
    except NumberParseException:
        return number
