"""Whether JOURNEY_SECRET_KEY is the one that this database was filled with.

It seals nothing, so nothing fails to open: with another one, numbers are no longer recognised. A STOP of somebody who
is known would then stop nobody, and a number that said STOP would get texts again.
"""

from collections.abc import Iterator
from typing import Final

from sqlmodel import col, select

from journey.models import Contact
from journey.operations.findings import FAULT, Finding
from journey.work import House

SAMPLE: Final = 20


def check_secret(house: House) -> Iterator[Finding]:
    """Looks up the newest numbers that open; what does not open is said by the check of the keys."""
    newest = select(Contact).where(
        col(Contact.phone).is_not(None), col(Contact.phone_fingerprint).is_not(None)
    )
    with house.database.read() as session:
        rows = session.exec(newest.order_by(col(Contact.participant_id).desc()).limit(SAMPLE)).all()
    unknown = sum(_is_unknown(house, row) for row in rows)
    if unknown:
        yield Finding(
            FAULT,
            f"{unknown} of the last {len(rows)} numbers are not recognised: JOURNEY_SECRET_KEY is another than the one "
            "they were stored with. A STOP by text stops nobody, and codes of letters do not work.",
            "Stop the service and put the former JOURNEY_SECRET_KEY back, before texts go out.",
        )


def _is_unknown(house: House, contact: Contact) -> bool:
    try:
        phone = house.vault.open(contact.phone or "", f"contact:{contact.participant_id}:phone")
    except ValueError:
        return False
    return house.vault.fingerprint(phone, "phone") != contact.phone_fingerprint
