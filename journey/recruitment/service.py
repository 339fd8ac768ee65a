"""Meetings and one line per person who was asked. Of who says no only a category is kept (rules, 29)."""

from datetime import date

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import Approach, Meeting, Study, stored_id
from journey.models.recruitment import ANSWERS, REASONS
from journey.route.queries import list_definitions
from journey.rules.errors import Conflict, Invalid
from journey.web.i18n import LANGUAGES
from journey.work import Work


def record_meeting(work: Work, study: Study, held_on: date, name: str, present: int | None) -> Meeting:
    """`present` is None when nobody counted; Invalid for a day to come, Conflict for a study that is closed."""
    if study.closed_at is not None:
        raise Conflict("Dit onderzoek is afgesloten.")
    if held_on > work.today:
        raise Invalid("Deze dag moet nog komen.", field="held_on")
    meeting = Meeting(
        study_id=stored_id(study),
        held_on=held_on,
        name=name,
        present=present,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    work.session.add(meeting)
    work.session.flush()
    record_act(work, "recruitment.meeting", _named(meeting))
    return meeting


def record_present(work: Work, meeting: Meeting, present: int | None) -> None:
    """Counted again, or only at the end."""
    meeting.present = present
    work.session.add(meeting)
    record_act(work, "recruitment.meeting", _named(meeting))


def record_approach(
    work: Work, meeting: Meeting, answer: str, reason: str = "", *, route: str = "", language: str = ""
) -> Approach:
    """One person was asked. A reason goes with no only; Invalid names the field."""
    study = work.session.get_one(Study, meeting.study_id)
    _check_answer(answer, reason)
    if route and route not in {one.id for one in list_definitions(work, study)}:
        raise Invalid("Deze route hoort niet bij dit onderzoek: %(route)s.", field="route", route=route)
    if language and language not in LANGUAGES:
        raise Invalid("Deze keuze bestaat niet.", field="language")
    approach = Approach(
        meeting_id=stored_id(meeting),
        answer=answer,
        reason=reason,
        route=route,
        language=language,
        recorded_by=work.actor.label,
        recorded_at=work.now,
    )
    work.session.add(approach)
    work.session.flush()
    record_act(work, "recruitment.approach", _named(meeting))
    return approach


def record_answer(work: Work, approach: Approach, answer: str, reason: str = "") -> None:
    """What someone who wanted to think about it says now; Conflict once a participant belongs to it."""
    _check_answer(answer, reason)
    if approach.participant_id is not None:
        raise Conflict("Deze benadering hoort al bij iemand.")
    approach.answer, approach.reason = answer, reason
    work.session.add(approach)
    record_act(work, "recruitment.answer", f"meeting:{approach.meeting_id}")


def withdraw_last_approach(work: Work, meeting: Meeting) -> None:
    """Take back the last own tap; Conflict when there is none, or when a participant belongs to it."""
    statement = select(Approach).where(
        Approach.meeting_id == meeting.id, Approach.recorded_by == work.actor.label
    )
    last = work.session.exec(statement.order_by(col(Approach.id).desc())).first()
    if last is None:
        raise Conflict("Er is niets om terug te nemen.")
    if last.participant_id is not None:
        raise Conflict("De laatste is al aangemeld en kan niet meer worden teruggenomen.")
    work.session.delete(last)
    work.session.flush()
    record_act(work, "recruitment.undo", _named(meeting))


def _check_answer(answer: str, reason: str) -> None:
    if answer not in ANSWERS:
        raise Invalid("Deze keuze bestaat niet.", field="answer")
    if reason not in REASONS or (reason and answer != "no"):
        raise Invalid("Een reden hoort alleen bij nee.", field="reason")


def _named(meeting: Meeting) -> str:
    return f"meeting:{meeting.id}"
