"""Printing letters: every letter gets a code of its own, ends the former ones, and leaves a line of who was written to
when. The PDF itself is kept nowhere, so who loses it prints again and the codes in the lost one work no longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from journey.audit.service import record_act
from journey.models import Letter, Participant, Study, stored_id
from journey.models.study import Municipality
from journey.participant.queries import find_contact, refuse_if_gone
from journey.portal.check_codes import check_code, shown_check_code
from journey.portal.languages import choose_written
from journey.portal.letters_pdf import LetterWords, make_pdf
from journey.portal.letters_words import LetterFacts, letter_words
from journey.portal.queries import find_contact_card
from journey.portal.service import create_link
from journey.rules.errors import Conflict, Invalid
from journey.web.i18n import gettext as _
from journey.work import Work

# The post takes days and envelopes wait on a table.
LETTER_LENGTH: Final = timedelta(days=28)


@dataclass(frozen=True)
class Addressee:
    participant: Participant
    reason: str


def print_letters(work: Work, people: Sequence[Addressee]) -> bytes:
    """The letters as one PDF, in the order given. Invalid without an address, Conflict after a withdrawal: then no code
    is made for anybody."""
    letters = [_write(work, one) for one in people]
    work.session.flush()
    return make_pdf(letters, _("Brieven aan deelnemers"), work.now)


def _write(work: Work, one: Addressee) -> LetterWords:
    person = one.participant
    refuse_if_gone(person)
    contact = find_contact(work, person)
    if contact is None:
        raise Conflict("De contactgegevens van deze deelnemer zijn gewist.")
    if not (contact.postal_address or "").strip():
        raise Invalid("Van %(code)s is geen adres bekend.", code=person.code)
    study = work.session.get_one(Study, person.study_id)
    facts = LetterFacts(
        place=work.session.get_one(Municipality, study.municipality_id).name,
        language=person.language,
        reason=one.reason,
        contact=contact,
        card=find_contact_card(work, person),
        link=create_link(work, person, LETTER_LENGTH),
        check=shown_check_code(check_code(work.vault, study, "letter")),
        written_at=work.now,
    )
    work.session.add(
        Letter(
            participant_id=stored_id(person),
            reason=one.reason,
            language=choose_written(person.language),
            printed_at=work.now,
            printed_by=work.actor.label,
        )
    )
    record_act(work, "letter.print", person.code)
    return letter_words(facts)
