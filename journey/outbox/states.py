"""The states of a message, and what a report of the gateway makes of one.

ready → sending → accepted | uncertain | failed; reports take it on to sent, delivered or undelivered. Reports come
twice and out of order: only a higher rank replaces a lower one.
"""

from datetime import datetime
from typing import Final

from journey.models import Message

RANKS: Final = {
    "ready": 0,
    "sending": 0,
    "uncertain": 0,
    "accepted": 1,
    "sent": 2,
    "delivered": 3,
    "undelivered": 3,
    "failed": 3,
    "cancelled": 4,
}
REPORTED: Final = {
    "accepted": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "cancelled",
}
GONE: Final = ("stopped", "erased")
NEVER_LEFT: Final = "never left"
UNUSABLE: Final = "cannot be opened"


def apply_report(row: Message, state: str, gateway_id: str, error: str, now: datetime) -> None:
    """Take over what the gateway says of the message it calls `gateway_id`; the number is not needed any more.

    Whoever has a name at the gateway was taken by it: that outranks what we concluded ourselves without one.
    """
    known = RANKS[row.state] if row.gateway_id else 0
    row.gateway_id = row.gateway_id or gateway_id or None
    if RANKS[state] > known:
        row.state, row.error, row.updated_at = state, error[:200], now
        row.recipient = ""
