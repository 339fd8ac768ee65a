"""Whether this code and a database belong together, said before anything is read or written.

A process that starts on a database of another version would fail later, halfway, on whatever column differs.
"""

from sqlalchemy.exc import DatabaseError

from journey.db import Database
from journey.migrations import NEWER, position
from journey.rules.errors import Conflict

AWAY = "De database is niet bereikbaar (%(why)s). Kijk of hij draait en of JOURNEY_DATABASE_URL klopt."
OLDER = "Deze database is van een oudere versie van Journey. Doe eerst: journey migrate"
EMPTY = "Deze database is nog leeg. Doe eerst: journey setup (of alleen de tabellen: journey migrate)"
REFUSALS = {"newer": NEWER, "older": OLDER}


def is_empty(database: Database) -> bool:
    """Whether it has no tables yet. Conflict, with what to do, when it does not answer or is of another version."""
    try:
        stands = position(database)
    except DatabaseError as fault:
        raise Conflict(AWAY, why=str(fault.orig or fault).strip().partition("\n")[0]) from None
    if sentence := REFUSALS.get(stands):
        raise Conflict(sentence)
    return stands == "empty"


def refuse_unfit(database: Database) -> None:
    """Conflict, with what to do, unless the database answers and stands where this code expects it."""
    if is_empty(database):
        raise Conflict(EMPTY)
