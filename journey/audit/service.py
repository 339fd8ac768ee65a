"""Writes audit lines, in the same unit of work as the act they are about."""

from journey.models import AuditEntry
from journey.work import Work


def record_act(work: Work, action: str, what: str, result: str = "ok") -> None:
    """Append one line. `action` is a verb such as `participant.view`; `what` an object such as `H-042`.

    Neither may hold an answer, a phone number or a token (rules, 36).
    """
    work.session.add(
        AuditEntry(
            at=work.now, actor=work.actor.label, action=action, object=what, result=result, origin=work.origin
        )
    )
