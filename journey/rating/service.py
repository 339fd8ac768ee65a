"""Records answers. A later answer about the same step and subject counts in place of the earlier one, which stays."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from journey.audit.service import record_act
from journey.consent.service import forget_contact
from journey.models import ClosingInterview, ClosingStatement, Participant, Rating, Study, stored_id
from journey.models.participant import INCENTIVES, STATEMENT_VALUES
from journey.participant.queries import get_journey, hold, refuse_if_gone
from journey.progress.queries import find_last_day
from journey.progress.routes import find_step_of, list_routes_of
from journey.rating.statements import list_statements
from journey.rules.errors import Invalid
from journey.rules.ratings import INSTRUMENT, Value, recall_lag
from journey.rules.recognisable import refuse_citizen_number
from journey.texts.service import find_own_number, say_thanks
from journey.work import Work

LONGEST_QUOTE = 5000
LONGEST_INCENTIVE = 80
GRADES = ("grade", "grade_desk", "grade_case_manager")


@dataclass(frozen=True)
class NewRating:
    """`value` None: words that nobody gave an answer with yet."""

    step: str
    subject: str
    value: str | None
    channel: str
    quote: str = ""
    answered_on: date | None = None
    wording: str = INSTRUMENT


@dataclass(frozen=True)
class NewClosing:
    """Grades from 1 to 10 with at most one decimal; statements by id; `incentive` what became of the thank-you."""

    grade: Decimal | None = None
    grade_desk: Decimal | None = None
    grade_case_manager: Decimal | None = None
    statements: dict[str, str] = field(default_factory=dict)
    open_answer: str = ""
    incentive: str = ""


def record_rating(work: Work, participant: Participant, new: NewRating) -> Rating:
    """Invalid names the field when the step or subject is not asked on this route; Conflict after a withdrawal."""
    refuse_if_gone(participant)
    journey = get_journey(work, participant)
    step = find_step_of(list_routes_of(work, journey), new.step)
    if step is None:
        raise Invalid("De stap %(step)s hoort niet bij deze route.", field="step", step=new.step)
    if new.subject not in step.rates:
        raise Invalid("Bij %(step)s vragen we hier niet naar.", field="subject", step=step.name)
    if len(new.quote) > LONGEST_QUOTE:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="quote", most=LONGEST_QUOTE)
    if work.actor.kind != "participant":  # what people say about themselves is kept, and its reader is warned
        refuse_citizen_number(new.quote, "quote")
    answered_on = new.answered_on or work.today
    happened_on = find_last_day(work, journey, new.step, answered_on)
    rating = Rating(
        participant_id=stored_id(participant),
        step=new.step,
        subject=new.subject,
        value=new.value or Value.no_answer,
        words_only=new.value is None,
        channel=new.channel,
        quote=new.quote.strip(),
        answered_on=answered_on,
        recall_lag=recall_lag(happened_on, answered_on) if happened_on else None,
        wording=new.wording,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    work.session.add(rating)
    work.session.flush()
    record_act(work, "rating.record", f"{participant.code} {new.step} {new.subject}")
    return rating


def record_closing_interview(work: Work, participant: Participant, new: NewClosing) -> ClosingInterview:
    """The closing interview: the participant is followed no further, and the contact store is emptied (rules, 35).

    Given again it corrects the earlier one, which stays. Invalid names the field.
    """
    hold(work, participant)
    refuse_if_gone(participant)
    if len(new.open_answer) > LONGEST_QUOTE:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="open", most=LONGEST_QUOTE)
    refuse_citizen_number(new.open_answer, "open")
    if new.incentive not in INCENTIVES:
        raise Invalid("Deze keuze bestaat niet.", field="incentive")
    known = {statement.id for statement in list_statements()}
    for statement, value in new.statements.items():
        if statement not in known:
            raise Invalid(
                "Deze stelling kennen we niet: %(id)s.", field=f"statements.{statement}", id=statement
            )
        if value not in STATEMENT_VALUES:
            raise Invalid("Kies eens, neutraal of oneens.", field=f"statements.{statement}")
    interview = ClosingInterview(
        participant_id=stored_id(participant),
        grade=_tenths(new.grade, "grade"),
        grade_desk=_tenths(new.grade_desk, "grade_desk"),
        grade_case_manager=_tenths(new.grade_case_manager, "grade_case_manager"),
        open_answer=new.open_answer.strip(),
        incentive=new.incentive,
        held_on=work.today,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    work.session.add(interview)
    work.session.flush()
    for statement, value in new.statements.items():
        work.session.add(
            ClosingStatement(interview_id=stored_id(interview), statement=statement, value=value)
        )
    was_followed = participant.state == "active"
    number = find_own_number(work, participant) if was_followed else None
    if was_followed:
        forget_contact(work, participant)
    participant.state = "closed"
    work.session.add(participant)
    work.session.flush()
    say_thanks(work, participant, number, gift=new.incentive != "declined")
    record_act(work, "closing.record", participant.code)
    return interview


def choose_incentive(work: Work, study: Study, text: str) -> None:
    """The thank-you of a study for the closing interview; empty when there is none."""
    text = " ".join(text.split())
    if len(text) > LONGEST_INCENTIVE:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="incentive", most=LONGEST_INCENTIVE)
    study.incentive = text
    work.session.add(study)
    work.session.flush()
    record_act(work, "study.incentive", study.code)


def _tenths(grade: Decimal | None, field_name: str) -> int | None:
    if grade is None:
        return None
    if not grade.is_finite() or not 1 <= grade <= 10 or grade * 10 != int(grade * 10):
        raise Invalid("Vul een cijfer in van 1 tot en met 10, met hoogstens één decimaal.", field=field_name)
    return int(grade * 10)
