"""What is kept for how long: every table that grows is in one category here, or in `KEPT` with the reason.

A test compares both with the tables that exist, so that a new table cannot be forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, exists, false, func, or_, select, update
from sqlmodel import SQLModel, col

from journey.consent.service import forget_contact, forget_person
from journey.models import (
    Approach,
    Attempt,
    AuditEntry,
    CalendarEntry,
    CalendarFeed,
    Call,
    CaseLink,
    CaseWords,
    Contact,
    ExportRun,
    HelpSignal,
    ImportRun,
    JobRun,
    Journey,
    Letter,
    Link,
    Meeting,
    Membership,
    Message,
    OpenAnswer,
    Participant,
    Rating,
    RecoveryCode,
    Replay,
    Reply,
    Study,
    SurveyResponse,
    TextQuestion,
    Throttle,
    Upload,
    User,
    UserSession,
)
from journey.models.base import Moment
from journey.report.comparison import list_published
from journey.upload.service import delete_upload
from journey.work import Work

Due = Callable[[datetime], Any]


@dataclass(frozen=True)
class Part:
    """`due` selects (moment, *keys) of what is from before a cutoff; `remove` takes such rows away."""

    tables: tuple[str, ...]
    due: Due
    remove: Callable[[Work, list[Any]], None]


@dataclass(frozen=True)
class Category:
    """`setting` is the field of the settings with the number of days."""

    name: str
    setting: str
    parts: tuple[Part, ...]

    def days(self, settings: Any) -> int:
        return int(getattr(settings, self.setting))

    def cutoff(self, work: Work) -> datetime:
        """What is from before this moment has served its time."""
        return work.now - timedelta(days=self.days(work.settings))


def _rows(model: type[SQLModel], moment: Any, *conditions: Any) -> Part:
    """Whole rows of one table, by the moment in one of their columns."""
    keys = list(model.__table__.primary_key)  # type: ignore[attr-defined]

    def due(cutoff: datetime) -> Any:
        return select(moment, *keys).where(moment < cutoff, *conditions)

    def remove(work: Work, rows: list[Any]) -> None:
        if len(keys) == 1:
            chosen = keys[0].in_([row[1] for row in rows])
        else:
            chosen = or_(
                *(and_(*(key == value for key, value in zip(keys, row[1:], strict=True))) for row in rows)
            )
        work.session.execute(delete(model).where(chosen))

    return Part((str(model.__tablename__),), due, remove)


def _ended(cutoff: datetime) -> Any:
    """Studies that were closed before the cutoff: closing is an act of a person, the planned end is a plan."""
    return col(Study.closed_at) < cutoff


def _silent_contacts(cutoff: datetime) -> Any:
    """Nobody dialled and nothing was said since the cutoff, or the study is over since then."""
    person = col(Participant.id)
    reachable = or_(
        *(col(one).is_not(None) for one in (Contact.call_name, Contact.phone, Contact.postal_address))
    )
    heard = or_(
        exists().where(
            col(Call.participant_id) == person, col(Attempt.call_id) == Call.id, col(Attempt.at) >= cutoff
        ),
        exists().where(col(Rating.participant_id) == person, col(Rating.recorded_at) >= cutoff),
        exists().where(col(Reply.participant_id) == person, col(Reply.received_at) >= cutoff),
    )
    return (
        select(col(Participant.created_at), person)
        .join(Contact, col(Contact.participant_id) == person)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(col(Participant.created_at) < cutoff, reachable, or_(_ended(cutoff), ~heard))
    )


def _forget_contacts(work: Work, rows: list[Any]) -> None:
    """Without a number nobody can be called: who was followed until now is closed, and keeps what was said."""
    for row in rows:
        participant = work.session.get_one(Participant, row[1])
        forget_contact(work, participant)
        if participant.state == "active":
            participant.state = "closed"
            work.session.add(participant)
    work.session.flush()


def _open_signals(cutoff: datetime) -> Any:
    return select(col(HelpSignal.agreed_at), col(HelpSignal.id)).where(
        col(HelpSignal.agreed_at) < cutoff, col(HelpSignal.content) != ""
    )


def _empty_signals(work: Work, rows: list[Any]) -> None:
    """The line that there was a signal stays; who and what it was about goes."""
    work.session.execute(
        update(HelpSignal)
        .where(col(HelpSignal.id).in_([row[1] for row in rows]))
        .values(content="", closed_at=func.coalesce(HelpSignal.closed_at, work.now))
    )


def _old_uploads(cutoff: datetime) -> Any:
    return select(col(Upload.uploaded_at), col(Upload.id)).where(
        col(Upload.deleted_at).is_(None), col(Upload.uploaded_at) < cutoff
    )


def _delete_uploads(work: Work, rows: list[Any]) -> None:
    for row in rows:
        upload = work.session.get_one(Upload, row[1])
        delete_upload(work, work.session.get_one(Participant, upload.participant_id), upload)
    work.session.flush()


def _feeds_of_nobody(cutoff: datetime) -> Any:
    """Calendar addresses of who left, or whose studies are all over."""
    studies = (
        select(Membership.user_id)  # type: ignore[call-overload]
        .join(Study, col(Study.id) == Membership.study_id)
        .where(col(Membership.user_id) == CalendarFeed.user_id)
    )
    all_over = and_(studies.exists(), ~studies.where(~func.coalesce(_ended(cutoff), false())).exists())
    return (
        select(col(CalendarFeed.created_at), col(CalendarFeed.user_id))
        .join(User, col(User.id) == CalendarFeed.user_id)
        .where(col(CalendarFeed.created_at) < cutoff, or_(col(User.active).is_(False), all_over))
    )


def _remove_feeds(work: Work, rows: list[Any]) -> None:
    work.session.execute(delete(CalendarFeed).where(col(CalendarFeed.user_id).in_([row[1] for row in rows])))


def _case_keys(cutoff: datetime) -> Any:
    """Journeys of studies that are over with a key of the case system. What a file said of them goes along."""
    return (
        select(col(Journey.created_at), col(Journey.id))
        .join(Study, col(Study.id) == Journey.study_id)
        .where(_ended(cutoff), col(Journey.reference).is_not(None))
    )


def _remove_case_keys(work: Work, rows: list[Any]) -> None:
    """The dated facts stay for the lead times; nobody can lead them back to a file any more."""
    journeys = [row[1] for row in rows]
    work.session.execute(delete(CaseWords).where(col(CaseWords.journey_id).in_(journeys)))
    work.session.execute(delete(CaseLink).where(col(CaseLink.journey_id).in_(journeys)))
    work.session.execute(
        update(Journey).where(col(Journey.id).in_(journeys)).values(reference=None, reference_key=None)
    )


def _of_people(cutoff: datetime) -> Any:
    """Studies that are over, but for the cohorts that were made up from printed counts: those are of nobody."""
    return and_(_ended(cutoff), col(Study.code).not_in([one.study for one in list_published()]))


def _people_of_ended(cutoff: datetime) -> Any:
    return (
        select(col(Participant.created_at), col(Participant.id))
        .join(Study, col(Study.id) == Participant.study_id)
        .where(_of_people(cutoff), col(Participant.state) != "erased")
    )


def _forget_people(work: Work, rows: list[Any]) -> None:
    for row in rows:
        forget_person(work, work.session.get_one(Participant, row[1]))
    work.session.flush()


# Who was asked, without a name, is the denominator of the response: it goes with the answers.
def _approaches_of_ended(cutoff: datetime) -> Any:
    return (
        select(col(Approach.recorded_at), col(Approach.id))
        .join(Meeting, col(Meeting.id) == Approach.meeting_id)
        .join(Study, col(Study.id) == Meeting.study_id)
        .where(_of_people(cutoff))
    )


def _remove_approaches(work: Work, rows: list[Any]) -> None:
    work.session.execute(delete(Approach).where(col(Approach.id).in_([row[1] for row in rows])))


def _responses_of_ended(cutoff: datetime) -> Any:
    """By the day the study was closed: no day of an answer is kept."""
    return (
        select(col(Study.closed_at), col(SurveyResponse.id))
        .join(Study, col(Study.id) == SurveyResponse.study_id)
        .where(_ended(cutoff))
    )


def _remove_responses(work: Work, rows: list[Any]) -> None:
    """What was counted of them stays: counts of groups."""
    keys = [row[1] for row in rows]
    work.session.execute(delete(OpenAnswer).where(col(OpenAnswer.response_id).in_(keys)))
    work.session.execute(delete(SurveyResponse).where(col(SurveyResponse.id).in_(keys)))


OF_ANSWERS: Final = (
    *(
        "participant",
        "consent",
        "withdrawal",
        "rating",
        "closing_interview",
        "closing_statement",
        "quote_edit",
    ),
    *("batch_mark", "closing_answer", "taken_back", "call_note"),
    *("quote_theme", "call", "attempt", "after_call", "read_back", "call_back", "hand_over", "route_change"),
    *("progress", "melding", "application", "suspension", "extension", "decision", "departure", "case_event"),
)

CATEGORIES: Final = (
    Category("contact", "keep_contact_days", (Part(("contact",), _silent_contacts, _forget_contacts),)),
    Category(
        "messages",
        "keep_messages_days",
        (
            _rows(TextQuestion, col(TextQuestion.created_at)),
            _rows(Message, col(Message.created_at)),
            _rows(Reply, col(Reply.received_at)),
        ),
    ),
    Category("letters", "keep_letters_days", (_rows(Letter, col(Letter.printed_at)),)),
    Category("help", "keep_help_days", (Part(("help_signal",), _open_signals, _empty_signals),)),
    Category(
        "links",
        "keep_links_days",
        (_rows(Link, func.coalesce(col(Link.revoked_at), col(Link.expires_at), type_=Moment)),),
    ),
    Category("uploads", "uploads_days", (Part(("upload",), _old_uploads, _delete_uploads),)),
    Category(
        "calendar",
        "keep_calendar_days",
        (
            _rows(CalendarEntry, col(CalendarEntry.starts_at)),
            Part(("calendar_feed",), _feeds_of_nobody, _remove_feeds),
        ),
    ),
    Category(
        "cases",
        "keep_cases_days",
        (Part(("journey", "case_words", "case_link"), _case_keys, _remove_case_keys),),
    ),
    Category(
        "answers",
        "keep_answers_days",
        (
            Part(OF_ANSWERS, _people_of_ended, _forget_people),
            Part(("approach",), _approaches_of_ended, _remove_approaches),
            Part(("survey_response", "open_answer"), _responses_of_ended, _remove_responses),
        ),
    ),
    Category("exports", "keep_exports_days", (_rows(ExportRun, col(ExportRun.made_at)),)),
    Category("imports", "keep_imports_days", (_rows(ImportRun, col(ImportRun.made_at)),)),
    Category(
        "sessions",
        "keep_sessions_days",
        (_rows(UserSession, col(UserSession.expires_at)), _rows(RecoveryCode, col(RecoveryCode.used_at))),
    ),
    Category(
        "retries",
        "keep_retries_days",
        (_rows(Replay, col(Replay.created_at)), _rows(Throttle, col(Throttle.window))),
    ),
    Category("runs", "keep_runs_days", (_rows(JobRun, col(JobRun.finished_at)),)),
    Category("audit", "keep_audit_days", (_rows(AuditEntry, col(AuditEntry.at)),)),
)

# Tables without a term, and why.
KEPT: Final = {
    "deletion": "the proof itself",
    "batch": "published figures of groups; they stay what they were",
    "report_text": "written about groups, part of a report",
    "report_snapshot": "a report as it was on a day",
    "reference_group": "figures of others",
    "action": "what the municipality changed",
    "meeting": "a day and a number of people",
    "theme": "the codebook of a study",
    "language_approval": "who approved the texts that people agreed to",
    "consent_text": "what people agreed to",
    "municipality": "set-up",
    "study": "set-up",
    "study_route": "set-up",
    "route_version": "set-up",
    "questionnaire_version": "set-up",
    "survey": "set-up",
    "stratum": "set-up",
    "response_count": "counts per group of answers, without persons",
    "staff": "accounts; closed by the administrator, names are needed to read the trail",
    "membership": "goes with the account",
    "api_token": "names are needed to read the trail; only a hash of the token is kept",
    "journey_summary": "sums of dated facts without persons",
    "clock_span": "sums of dated facts without persons",
    "lead_time_count": "sums of dated facts without persons",
    "sending_state": "one row",
    "worker_beat": "one row",
    "installation": "one row",
    "stopped_number": "keyed hash of a number that must not be texted again",
}


def get_category(name: str) -> Category:
    return next(one for one in CATEGORIES if one.name == name)
