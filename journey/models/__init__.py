"""All tables, one file per family. Tables hold facts; what follows from them is computed, never stored as truth."""

from journey.models.base import Moment, metadata, stored_id
from journey.models.call import Attempt, Call
from journey.models.journey import (
    Application,
    Decision,
    Departure,
    Extension,
    Journey,
    Melding,
    Progress,
    Suspension,
)
from journey.models.message import Message, Reply
from journey.models.participant import (
    ClosingInterview,
    ClosingStatement,
    Consent,
    Contact,
    Link,
    Participant,
    Rating,
    Withdrawal,
)
from journey.models.staff import (
    ApiToken,
    AuditEntry,
    JobRun,
    Membership,
    Replay,
    Throttle,
    User,
    UserSession,
)
from journey.models.study import Batch, ConsentText, Municipality, RouteVersion, Study, StudyRoute

__all__ = [
    "ApiToken",
    "Application",
    "Attempt",
    "AuditEntry",
    "Batch",
    "Call",
    "ClosingInterview",
    "ClosingStatement",
    "Consent",
    "ConsentText",
    "Contact",
    "Decision",
    "Departure",
    "Extension",
    "JobRun",
    "Journey",
    "Link",
    "Melding",
    "Membership",
    "Message",
    "Moment",
    "Municipality",
    "Participant",
    "Progress",
    "Rating",
    "Replay",
    "Reply",
    "RouteVersion",
    "Study",
    "StudyRoute",
    "Suspension",
    "Throttle",
    "User",
    "UserSession",
    "Withdrawal",
    "metadata",
    "stored_id",
]
