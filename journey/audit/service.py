"""Writes audit lines, in the same unit of work as the act they are about."""

from collections.abc import Iterable

from journey.models import AuditEntry
from journey.work import House, Work


def record_act(work: Work, action: str, what: str, result: str = "ok") -> None:
    """Append one line. `action` is a verb such as `participant.view`; `what` an object such as `H-042`.

    Neither may hold an answer, a phone number or a token (rules, 36).
    """
    work.session.add(
        AuditEntry(
            at=work.now,
            actor=work.actor.label,
            action=action,
            object=what,
            result=result,
            origin=work.origin,
            request=work.request,
        )
    )


def record_view(house: House, work: Work, action: str, what: str) -> None:
    """A line about a look at a person, in a short unit of work of its own, because GET commits nothing (rules, 36)."""
    record_views(house, work, action, [what])


def record_views(house: House, work: Work, action: str, seen: Iterable[str]) -> None:
    """The same of a page that shows several people: a line for each of them, once."""
    objects = sorted(set(seen))
    if not objects:
        return
    with house.work(work.actor, now=work.now, origin=work.origin) as own:
        for what in objects:
            record_act(own, action, what)
