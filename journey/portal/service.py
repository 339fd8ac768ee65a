"""Makes and sends links, and writes down what participants do on their own page.

Only hashes are kept: of the token (random, 131 bits) and of the code for letters. A letter cannot hold a stored
token, so a typed code makes a link of its own that works for a day.
"""

import secrets
import string
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import col, update

from journey.audit.service import record_act
from journey.call.service import record_call_back, record_reaction
from journey.clock import AMSTERDAM
from journey.models import Link, Message, Participant, Study, stored_id
from journey.models.study import Municipality
from journey.outbox.service import plan_message
from journey.outbox.sms import plain, segments
from journey.participant.phones import shown_number, takes_texts
from journey.participant.queries import find_contact, refuse_if_gone
from journey.portal.languages import speaking
from journey.portal.letters import new_code
from journey.rating.queries import current_ratings
from journey.rating.service import NewRating, record_rating
from journey.rules.calltimes import callback_due
from journey.rules.errors import Invalid
from journey.vault import token_hash
from journey.web.i18n import gettext as _
from journey.work import Actor, Work

LINK_LENGTH: Final = timedelta(days=14)
CODE_LINK_LENGTH: Final = timedelta(days=1)
TOKEN_LETTERS: Final = string.ascii_letters + string.digits  # phones cut a link short at a dash or underscore


@dataclass(frozen=True)
class NewLink:
    """Shown once: `link` is the whole address, `letter_code` eight characters to type at `/code`."""

    link: str
    letter_code: str
    expires_at: datetime


@dataclass(frozen=True)
class SentLink:
    """A link with the message that brings it; `message` is None when the person has no number."""

    new: NewLink
    message: Message | None


def as_participant(work: Work, participant: Participant) -> Work:
    """The same unit of work with the holder of a link as the one who acts."""
    actor = Actor(
        "participant",
        f"participant:{participant.code}",
        "participant",
        studies=frozenset({participant.study_id}),
    )
    return replace(work, actor=actor)


def create_link(work: Work, participant: Participant, length: timedelta = LINK_LENGTH) -> NewLink:
    """A link for fourteen days; every former link and code of this person stops working. Conflict once withdrawn."""
    return _create(work, participant, length)[0]


def send_link(work: Work, participant: Participant) -> SentLink:
    """Make a link and text it. Only for a participant who asked for it: authorities tell people not to trust a text
    with a link (rules, 42)."""
    new, row = _create(work, participant)
    with speaking(participant.language):
        body = link_text(work, participant, new.link)
    texts = can_text(work, participant)
    message = plan_message(work, participant, "link", body, f"link:{row.id}") if texts else None
    return SentLink(new, message)


def link_text(work: Work, participant: Participant, link: str) -> str:
    """Who, why, how to stop, nothing about the benefit; the longest wording that fits in one message."""
    study = work.session.get_one(Study, participant.study_id)
    place = work.session.get_one(Municipality, study.municipality_id).name
    phone = shown_number(study.research_phone) if study.research_phone else ""
    wordings = [
        _(
            "Onderzoek %(place)s: hier is de link waar u om vroeg: %(link)s Stoppen? Stuur STOP.",
            place=place,
            link=link,
        ),
        _("Onderzoek: de link waar u om vroeg: %(link)s Stoppen? Stuur STOP.", link=link),
    ]
    if phone:
        wordings.insert(
            0,
            _(
                "Onderzoek %(place)s: hier is de link waar u om vroeg: %(link)s Vragen? Bel %(phone)s. "
                "Stoppen? Stuur STOP.",
                place=place,
                link=link,
                phone=phone,
            ),
        )
    texts = [plain(wording) for wording in wordings]
    return next((text for text in texts if segments(text) == 1), texts[-1])


def open_letter(work: Work, letter: Link) -> str:
    """The token of a fresh link for who typed a code; it ends after a day, or when the letter's own time is over."""
    token = _new_token()
    work.session.add(
        Link(
            participant_id=letter.participant_id,
            token_hash=token_hash(token),
            code_fingerprint=work.vault.fingerprint(token, "letter"),
            created_at=work.now,
            expires_at=min(work.now + CODE_LINK_LENGTH, letter.expires_at),
        )
    )
    participant = work.session.get_one(Participant, letter.participant_id)
    record_act(as_participant(work, participant), "link.code", participant.code)
    return token


def rate(
    work: Work, participant: Participant, step: str, subject: str, value: str, quote: str | None = None
) -> None:
    """An answer through the page. Words said before stay with the answer unless new ones come; the same answer twice
    is one answer."""
    record_reaction(work, participant)
    before = current_ratings(work, participant).get((step, subject))
    words = quote if quote is not None else (before.quote if before else "")
    if before and (before.value, before.quote) == (value, words.strip()):
        return
    record_rating(
        as_participant(work, participant), participant, NewRating(step, subject, value, "web", words)
    )


def ask_back(work: Work, participant: Participant) -> datetime:
    """The button "Bel mij": until when a call back is in time (rules, 41). Invalid without a number to call."""
    contact = find_contact(work, participant)
    if contact is None or contact.phone is None:
        raise Invalid("Wij hebben geen telefoonnummer van u. Bel ons.")
    call = record_call_back(as_participant(work, participant), participant, via="page")
    return callback_due(call.asked_back_at or work.now)


def can_text(work: Work, participant: Participant) -> bool:
    """Whether the person has a number that can get a text."""
    contact = find_contact(work, participant)
    if contact is None or contact.phone is None or contact.phone_is_wrong:
        return False
    return takes_texts(contact.phone)


def _create(work: Work, participant: Participant, length: timedelta = LINK_LENGTH) -> tuple[NewLink, Link]:
    refuse_if_gone(participant)
    work.session.exec(
        update(Link)
        .where(col(Link.participant_id) == participant.id, col(Link.revoked_at).is_(None))
        .values(revoked_at=work.now)
    )
    token, code = _new_token(), new_code()
    row = Link(
        participant_id=stored_id(participant),
        token_hash=token_hash(token),
        code_fingerprint=work.vault.fingerprint(code, "letter"),
        created_at=work.now,
        # The same time of day, also where summer time begins in between: a letter names the day.
        expires_at=(work.now.astimezone(AMSTERDAM) + length).astimezone(UTC),
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "link.create", participant.code)
    return NewLink(f"{work.settings.base_url.rstrip('/')}/p/{token}", code, row.expires_at), row


def _new_token() -> str:
    return "".join(secrets.choice(TOKEN_LETTERS) for _ in range(22))
