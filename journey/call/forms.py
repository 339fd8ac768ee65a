"""What the call screen sends: a tap is a button with a value, and now and then a field beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from journey.models.journey import DECISIONS, DEPARTURES
from journey.models.participant import INCENTIVES, STATEMENT_VALUES
from journey.rating.service import NewClosing
from journey.rating.statements import list_statements
from journey.rules.cadence import Outcome
from journey.rules.ratings import Subject, Value
from journey.web.forms import Form
from journey.web.i18n import gettext as _

OTHER = "other"
STEP_STATES = ("done", "skipped", "planned")


@dataclass(frozen=True)
class StepTold:
    state: str
    day: date | None
    again: bool


def read_step(form: Form) -> StepTold | None:
    """When it was: a chip with a day, or `other` with a date beside it; or that it was skipped."""
    state = form.choice("state", STEP_STATES) or "done"
    again = form.checked("again")
    if state == "skipped":
        return StepTold(state, None, again) if form.ok else None
    day = form.day("other_day" if form.typed("happened_on") in ("", OTHER) else "happened_on", required=True)
    return StepTold(state, day, again) if form.ok else None


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


def read_decision(form: Form) -> tuple[date, str] | None:
    sent_on = form.day("sent_on", required=True)
    outcome = form.choice("decision", DECISIONS, required=True)
    return (sent_on, outcome) if sent_on and outcome else None


def read_departure(form: Form) -> tuple[date, str] | None:
    left_on = form.day("left_on", required=True)
    reason = form.choice("reason", DEPARTURES, required=True)
    return (left_on, reason) if left_on and reason else None


def read_closing(form: Form) -> NewClosing:
    """Grades with a comma or a point, a statement for each that was answered."""
    grades: dict[str, Decimal | None] = {
        name: form.grade(name) for name in ("grade", "grade_desk", "grade_case_manager")
    }
    statements = {
        one.id: value
        for one in list_statements()
        if (value := form.choice(f"statements.{one.id}", STATEMENT_VALUES))
    }
    open_answer = form.words("open", most=5000)
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
