"""What people type on the screens about participants, read into facts. What is wrong stays with its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from journey.models.journey import DECISIONS, DEPARTURES, GROUNDS, STATES, BypassReason
from journey.progress.service import NewSuspension
from journey.web.forms import Form
from journey.web.i18n import gettext as _

# What a researcher hears or reads; imports come from the case system.
TOLD_BY = ("call", "letter", "participant")
DAYS = ("0", "1", "2", "3", "4", "5")
PARTS = ("morning", "afternoon", "evening")
LONGEST_NAME = 120
LONGEST_REASON = 300


@dataclass(frozen=True)
class StepFact:
    """A step as it was told; `happened_on` may be missing for what was skipped."""

    happened_on: date | None
    state: str
    source: str
    reason: str
    category: str
    corrects: int | None


@dataclass(frozen=True)
class ContactFields:
    call_name: str | None
    phone: str | None
    postal_address: str | None
    language: str
    channel: str
    good_times: dict[str, Any]


def read_step(form: Form, today: date) -> StepFact | None:
    """A day as "today", "yesterday" or a date; a category where a step was taken away, and words if there are any."""
    state = form.choice("state", STATES) or "done"
    source = form.choice("source", TOLD_BY) or "call"
    reason = form.words("reason", most=LONGEST_REASON)
    category = form.choice("category", BypassReason) if state == "bypassed" else None
    if state == "bypassed" and category is None:
        form.refuse("category", _("Waarom is deze stap vervallen? Kies een reden."))
    when = form.choice("when", ("today", "yesterday", "other"))
    if when in ("today", "yesterday"):
        day: date | None = today if when == "today" else today - timedelta(days=1)
    else:
        day = form.day("happened_on", required=state in ("done", "planned"))
    if state == "planned" and day is not None and day < today:
        form.refuse("happened_on", _("Een plan ligt niet in het verleden. Kies ‘gedaan’, of een latere dag."))
    if state == "bypassed" and day is None:
        day = today
    corrects = form.typed("corrects")
    if corrects and not corrects.isdecimal():
        form.refuse("corrects", _("Deze keuze bestaat niet."))
    if not form.ok:
        return None
    return StepFact(day, state, source, reason, category or "", int(corrects) if corrects else None)


def read_suspension(form: Form) -> NewSuspension | None:
    """The dates of one ground; whether they belong to it is for the service to say."""
    ground = form.choice("ground", GROUNDS, required=True)
    names = {"1a": ("invited_on", "term", "supplied_on"), "1b": ("told_on", "received_on")}
    days: dict[str, date | None] = {}
    for name in names.get(ground or "", ("from", "to")):
        days[{"from": "from_on", "to": "to_on"}.get(name, name)] = form.day(name)
    return NewSuspension(ground, **days) if ground and form.ok else None


def read_decision(form: Form) -> tuple[date, str, date | None] | None:
    sent_on = form.day("sent_on", required=True)
    outcome = form.choice("outcome", DECISIONS, required=True)
    decided_on = form.day("decided_on")
    return (sent_on, outcome, decided_on) if sent_on and outcome and form.ok else None


def read_departure(form: Form) -> tuple[date, str] | None:
    left_on = form.day("left_on", required=True)
    reason = form.choice("reason", DEPARTURES, required=True)
    return (left_on, reason) if left_on and reason and form.ok else None


def read_contact(form: Form, channels: Iterable[str], languages: Iterable[str]) -> ContactFields | None:
    """The contact store; an address is only kept for letters (rules, 35)."""
    channel = form.choice("channel", channels, required=True)
    language = form.choice("language", languages, required=True)
    call_name = form.text("call_name", most=LONGEST_NAME)
    phone = form.figures("phone", most=60)
    address = form.text("postal_address", most=400)
    good_times = read_good_times(form)
    if channel is None or language is None or not form.ok:
        return None
    return ContactFields(
        call_name=call_name or None,
        phone=phone or None,
        postal_address=(address or None) if channel == "paper" else None,
        language=language,
        channel=channel,
        good_times=good_times,
    )


def read_good_times(form: Form) -> dict[str, Any]:
    """Weekdays (0 is Monday) and parts of the day; nothing chosen means any time."""
    days = [int(day) for day in DAYS if day in form.all("days")]
    parts = [part for part in PARTS if part in form.all("parts")]
    return {name: chosen for name, chosen in (("days", days), ("parts", parts)) if chosen}
