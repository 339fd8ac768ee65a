"""Who left a study is not enrolled again by an older file: a withdrawal and the closing interview empty the contact
store, so nothing else would recognise them.

Only a keyed hash stays, of study and number (or, without one, address). It says no code and no name, and it holds
nobody back who says yes anew to a researcher.
"""

from __future__ import annotations

from sqlmodel import select

from journey.models import Contact, Participant, StoppedNumber
from journey.rules.signs import key
from journey.vault import Vault
from journey.work import Work


def reach_of(vault: Vault, contact: Contact) -> str:
    """The keyed hash of the number, or `@` and the address; `@` alone when there is neither."""
    if contact.phone_fingerprint is not None:
        return contact.phone_fingerprint
    place = f"contact:{contact.participant_id}:postal_address"
    return address_reach(vault.open_optional(contact.postal_address, place))


def address_reach(address: str | None) -> str:
    return f"@{key(address or '')}"


def record_left(work: Work, participant: Participant) -> None:
    """To call while the contact store of who leaves is still there; nothing happens when it is not."""
    contact = work.session.exec(select(Contact).where(Contact.participant_id == participant.id)).first()
    reached = reach_of(work.vault, contact) if contact else "@"
    if reached == "@":
        return
    mark = _mark(work, participant.study_id, reached)
    if work.session.get(StoppedNumber, mark) is None:
        work.session.add(StoppedNumber(fingerprint=mark, stopped_at=work.now))


def has_left(work: Work, study_id: int, reached: str) -> bool:
    """Whether somebody who could be reached so (see `reach_of`) left this study."""
    return work.session.get(StoppedNumber, _mark(work, study_id, reached)) is not None


def _mark(work: Work, study_id: int, reached: str) -> str:
    return work.vault.fingerprint(f"{study_id}:{reached}", "left the study")
