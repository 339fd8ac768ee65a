"""What the call screen sends: a tap is a button with a value, and now and then a field beside it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from journey.call.told import When
from journey.models.journey import DECISIONS, DEPARTURES
from journey.models.participant import INCENTIVES, STATEMENT_VALUES
from journey.rating.service import GRADES, LONGEST_QUOTE, NewClosing
from journey.rating.statements import list_statements
from journey.rules.cadence import Outcome
from journey.rules.ratings import Subject, Value
from journey.web.forms import Form
from journey.web.i18n import gettext as _

OTHER = "other"
STATEMENT = "statements."
STEP_STATES = ("done", "skipped", "planned")


UNKNOWN = "unknown"
MIDDLE_OF_WEEK = timedelta(days=2)


@dataclass(frozen=True)
class StepTold:
    state: str
    when: When
    again: bool


@dataclass(frozen=True)
class DecisionTold:
    """`decided_on` is the day on the letter, when that is another than the day it was sent."""

    sent_on: date
    outcome: str
    decided_on: date | None


def read_step(form: Form, today: date) -> StepTold | None:
    """When it was: a chip with a day, a week or nobody knows, or a date beside them; or that it was skipped."""
    state = form.choice("state", STEP_STATES) or "done"
    again = form.checked("again")
    if state == "skipped":
        return StepTold(state, When(None), again) if form.ok else None
    when = _read_when(form, today)
    return StepTold(state, when, again) if when and form.ok else None


def _read_when(form: Form, today: date) -> When | None:
    if form.typed("happened_on") == UNKNOWN:
        return When(None, UNKNOWN)
    if form.typed("week"):
        monday = form.day("week")
        return When(min(monday + MIDDLE_OF_WEEK, today), "week") if monday else None
    day = read_day(form, "happened_on", "other_day")
    return When(day) if day else None


def read_day(form: Form, name: str, other: str) -> date | None:
    """A chip with a day, or the field beside it, which names the error."""
    typed = form.typed(name)
    return form.day(other if typed in ("", OTHER) else name, required=True)


def read_rating(form: Form) -> tuple[str, str] | None:
    """Subject and value; the name of the pressed button is the subject."""
    for subject in Subject:
        if form.typed(subject):
            value = form.choice(subject, list(Value))
            return (str(subject), value) if value else None
    form.refuse("", _("Maak een keuze."))
    return None


def read_moment(form: Form, name: str, other: str) -> datetime | None:
    """A chip with a moment, or the field beside it."""
    return form.moment(other if form.typed(name) in ("", OTHER) else name, required=True)


def read_outcome(form: Form) -> str | None:
    return form.choice("outcome", list(Outcome), required=True)


def read_decision(form: Form) -> DecisionTold | None:
    sent_on = read_day(form, "sent_on", "other_sent")
    decided_on = form.day("decided_on")
    outcome = form.choice("decision", DECISIONS, required=True)
    return DecisionTold(sent_on, outcome, decided_on) if sent_on and outcome and form.ok else None


def read_departure(form: Form) -> tuple[date, str] | None:
    left_on = form.day("left_on", required=True)
    reason = form.choice("reason", DEPARTURES, required=True)
    return (left_on, reason) if left_on and reason else None


def read_closing(form: Form) -> NewClosing:
    """Grades with a comma or a point, a statement for each that was answered."""
    grades: dict[str, Decimal | None] = {name: form.grade(name) for name in GRADES}
    statements = {
        one.id: value
        for one in list_statements()
        if (value := form.choice(f"{STATEMENT}{one.id}", STATEMENT_VALUES))
    }
    open_answer = form.words("open", most=LONGEST_QUOTE)
    incentive = form.choice("incentive", INCENTIVES) or ""
    if not any(grades.values()) and not statements and not open_answer:
        form.refuse("grade", _("Vul een cijfer in, of ten minste één antwoord."))
    return NewClosing(
        grades["grade"],
        grades["grade_desk"],
        grades["grade_case_manager"],
        statements,
        open_answer,
        incentive,
    )


def read_closing_answers(form: Form) -> dict[str, str]:
    """The answers of a closing interview that were sent now, by item; empty takes one back."""
    found: dict[str, str] = {}
    for name in GRADES:
        if form.has(name) and (form.grade(name) is not None or not form.typed(name).strip()):
            found[name] = form.typed(name).strip()
    for one in list_statements():
        item = f"{STATEMENT}{one.id}"
        if form.has(item):
            found[item] = form.choice(item, STATEMENT_VALUES) or ""
    if form.has("open"):
        found["open"] = form.words("open", most=LONGEST_QUOTE)
    if form.has("incentive"):
        found["incentive"] = form.choice("incentive", INCENTIVES) or ""
    return found
