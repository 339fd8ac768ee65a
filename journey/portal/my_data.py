"""What is kept about one person, for that person: everything as plain data, and the same in words to read (GDPR,
article 15). Nothing about anybody else, and no keys or seals."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import SQLModel, col, select

from journey.clock import AMSTERDAM
from journey.consent.purposes import PURPOSES
from journey.consent.queries import list_consents
from journey.models import (
    AfterCall,
    Attempt,
    Call,
    CallBack,
    CallNote,
    ClosingAnswer,
    ClosingInterview,
    ClosingStatement,
    HandOver,
    HelpSignal,
    Letter,
    Message,
    Participant,
    QuoteTheme,
    ReadBack,
    Reply,
    Study,
    TakenBack,
    Upload,
    User,
)
from journey.outbox.service import DEALT_WITH
from journey.participant.phones import shown_number
from journey.participant.queries import find_contact, find_journey
from journey.progress.queries import get_facts
from journey.rating.queries import list_ratings
from journey.work import Work

SHOWN_LINK: Final = re.compile(r"(/p/)\w+")
FIELDS: Final = {
    "consents": ("given_at", "given_via", "text_version", *PURPOSES),
    "steps": ("step", "state", "happened_on", "reason", "source"),
    "suspensions": (
        *("ground", "invited_on", "term", "supplied_on", "told_on", "received_on", "from_on", "to_on"),
        "source",
    ),
    "extensions": ("sent_on", "until", "source"),
    "events": ("kind", "happened_on", "detail", "source"),
    "ratings": ("step", "subject", "value", "words_only", "quote", "channel", "answered_on"),
    "themes": ("step", "subject", "theme"),
    "closing_interviews": (
        *("grade", "grade_desk", "grade_case_manager", "open_answer", "incentive", "held_on"),
    ),
    "closing_statements": ("statement", "value"),
    "rounds": ("week", "kind", "state", "appointment_at", "appointment_until", "note"),
    "attempts": ("at", "outcome", "note"),
    "notes": ("text", "recorded_at"),
    "closing_answers": ("item", "value", "recorded_at"),
    "taken_back": ("kind", "content", "recorded_at"),
    "impressions": ("continues", "trust", "language_help", "recorded_at"),
    "read_backs": ("step", "subject", "said", "now", "recorded_at"),
    "call_backs_asked": ("asked_at", "via"),
    "hand_overs": ("reason", "card", "handed_at"),
    "help_signals": ("agreed_at", "seen_at", "closed_at"),
    "letters": ("reason", "language", "printed_at"),
    "uploads": ("kind", "step", "size", "uploaded_at", "expires_on", "deleted_at"),
}


@dataclass(frozen=True)
class MyData:
    """`contact` and `person` are single values, `kept` lists of rows by kind; days and moments are ISO text, moments
    in local time."""

    person: dict[str, Any]
    contact: dict[str, Any]
    kept: dict[str, list[dict[str, Any]]]

    def as_dict(self) -> dict[str, Any]:
        return {"person": self.person, "contact": self.contact, **self.kept}


def get_my_data(work: Work, participant: Participant) -> MyData:
    """Everything that is kept about this person at this moment, with contact data and texts opened."""
    kept = {
        "consents": _rows("consents", list_consents(work, participant)),
        **_journey(work, participant),
        "ratings": _rows("ratings", list_ratings(work, participant)),
        **_said_and_called(work, participant),
        "texts_sent": _texts_sent(work, participant),
        "texts_received": _texts_received(work, participant),
    }
    return MyData(_person(work, participant), _contact(work, participant), kept)


def _person(work: Work, participant: Participant) -> dict[str, Any]:
    study = work.session.get_one(Study, participant.study_id)
    caller = work.session.get(User, participant.researcher_id) if participant.researcher_id else None
    return {
        "code": participant.code,
        "study": study.name,
        "researcher": caller.name if caller else None,
        "wants_other_researcher": participant.wants_other,
        "channel": participant.channel,
        "language": participant.language,
        "age_band": participant.age_band,
        "enrolled_on": _plain(participant.enrolled_on),
        "rest_until": _plain(participant.rest_until),
        "calls_paused": participant.calls_paused,
        "held_since": _plain(participant.held_at),
    }


def _contact(work: Work, participant: Participant) -> dict[str, Any]:
    contact = find_contact(work, participant)
    if contact is None:
        return {}
    return {
        "call_name": contact.call_name,
        "phone": shown_number(contact.phone) if contact.phone else None,
        "postal_address": contact.postal_address,
        "good_times": contact.good_times,
    }


def _journey(work: Work, participant: Participant) -> dict[str, list[dict[str, Any]]]:
    journey = find_journey(work, participant)
    if journey is None:
        return {}
    facts = get_facts(work, journey)
    single = {
        "reported_on": facts.melding.reported_on if facts.melding else None,
        "application_received_on": facts.application.received_on if facts.application else None,
        "application_source": facts.application.source if facts.application else None,
        "decision_sent_on": facts.decision.sent_on if facts.decision else None,
        "decision_outcome": facts.decision.outcome if facts.decision else None,
        "left_on": facts.departure.left_on if facts.departure else None,
    }
    return {
        "journey": [{name: _plain(value) for name, value in single.items()}],
        "steps": _rows("steps", facts.progress),
        "suspensions": _rows("suspensions", facts.suspensions),
        "extensions": _rows("extensions", facts.extensions),
        "events": _rows("events", facts.events),
    }


def _said_and_called(work: Work, participant: Participant) -> dict[str, list[dict[str, Any]]]:
    person = participant.id
    calls = select(Call.id).where(Call.participant_id == person)
    interviews = select(ClosingInterview.id).where(ClosingInterview.participant_id == person)
    found: dict[str, Any] = {
        "themes": select(QuoteTheme).where(QuoteTheme.participant_id == person),
        "closing_interviews": select(ClosingInterview).where(ClosingInterview.participant_id == person),
        "closing_statements": select(ClosingStatement).where(
            col(ClosingStatement.interview_id).in_(interviews)
        ),
        "rounds": select(Call).where(Call.participant_id == person).order_by(col(Call.week)),
        "attempts": select(Attempt).where(col(Attempt.call_id).in_(calls)).order_by(col(Attempt.at)),
        "notes": select(CallNote).where(col(CallNote.call_id).in_(calls)).order_by(col(CallNote.id)),
        "closing_answers": select(ClosingAnswer).where(ClosingAnswer.participant_id == person),
        "taken_back": select(TakenBack).where(TakenBack.participant_id == person),
        "impressions": select(AfterCall).where(col(AfterCall.call_id).in_(calls)),
        "read_backs": select(ReadBack).where(col(ReadBack.call_id).in_(calls)),
        "call_backs_asked": select(CallBack).where(CallBack.participant_id == person),
        "hand_overs": select(HandOver).where(HandOver.participant_id == person),
        "help_signals": select(HelpSignal).where(HelpSignal.participant_id == person),
        "letters": select(Letter).where(Letter.participant_id == person),
        "uploads": select(Upload).where(Upload.participant_id == person),
    }
    return {kind: _rows(kind, work.session.exec(statement).all()) for kind, statement in found.items()}


def _texts_sent(work: Work, participant: Participant) -> list[dict[str, Any]]:
    """What we texted; the secret of a link is left out, as on the screens of staff."""
    rows = work.session.exec(
        select(Message).where(Message.participant_id == participant.id).order_by(col(Message.id))
    ).all()
    return [
        {
            "at": _plain(row.tried_at or row.due_at),
            "state": row.state,
            "text": SHOWN_LINK.sub(r"\1…", work.vault.open(row.body, f"message:{row.dedup_key}:body")),
        }
        for row in rows
    ]


def _texts_received(work: Work, participant: Participant) -> list[dict[str, Any]]:
    rows = work.session.exec(
        select(Reply)
        .where(Reply.participant_id == participant.id, col(Reply.meaning).not_in(DEALT_WITH))
        .order_by(col(Reply.id))
    ).all()
    return [
        {
            "at": _plain(row.received_at),
            "text": work.vault.open(row.body, f"reply:{row.gateway_id}:body"),
        }
        for row in rows
    ]


def _rows(kind: str, rows: Iterable[SQLModel] | Sequence[SQLModel]) -> list[dict[str, Any]]:
    return [{name: _plain(getattr(row, name)) for name in FIELDS[kind]} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
