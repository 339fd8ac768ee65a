"""When the text of the morning may be made: from half past eight, and after downtime until noon; later it says nothing
any more.
"""

from datetime import datetime, time
from typing import Final

from journey.agenda.service import plan_digests
from journey.clock import AMSTERDAM

DIGEST_FROM: Final = time(8, 30)
DIGEST_UNTIL: Final = time(12)

__all__ = ["is_digest_time", "plan_digests"]


def is_digest_time(now: datetime) -> bool:
    """Whether the text of this day may be made now; what it says is decided once, by the first that looks."""
    return DIGEST_FROM <= now.astimezone(AMSTERDAM).time() < DIGEST_UNTIL
