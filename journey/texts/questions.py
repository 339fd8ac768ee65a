"""Our side of the conversation by text: one question per person at a time (rules, 42a).

The next goes when the last was answered or its time was over, an unanswered one is repeated once after three days, and
the sender's daily cap holds for all of them. Nothing about a step that somebody rated elsewhere meanwhile, or that was
too long ago.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlmodel import col, or_, select

from journey.models import Contact, Message, Participant, Progress, Rating, Study, TextQuestion, stored_id
from journey.rules.ratings import INSTRUMENT, Subject
from journey.texts.choices import is_on, language_for
from journey.texts.service import BY_TEXT, NEWS, plan_text
from journey.texts.words import wording
from journey.work import Work

OCCASIONS: Final = {Subject.step: "step_to_rate", Subject.staff: "staff_to_rate"}
LASTS: Final = timedelta(days=14)
REPEATED_AFTER: Final = timedelta(days=3)
CORRECTION_LASTS: Final = timedelta(days=1)
LEFT: Final = ("uncertain", "accepted", "sent", "delivered")
NEVER_LEFT: Final = ("failed", "undelivered", "cancelled")


def ask_about_step(work: Work, fact: Progress, name: str, rates: Sequence[str]) -> None:
    """A step that was done lately, of somebody who is followed by text: its questions wait their turn, and the first
    goes when none is open. A step is asked about once."""
    happened_on = fact.happened_on
    if fact.state != "done" or happened_on is None or not 0 <= (work.today - happened_on).days <= NEWS.days:
        return
    statement = select(Participant).where(Participant.journey_id == fact.journey_id)
    participant = work.session.exec(statement).first()
    if participant is None or participant.channel not in BY_TEXT:
        return
    known = select(TextQuestion.id).where(
        TextQuestion.participant_id == participant.id, TextQuestion.step == fact.step
    )
    study = work.session.get_one(Study, participant.study_id)
    if work.session.exec(known).first() is not None or not is_on(study, OCCASIONS[Subject.step]):
        return
    for subject in Subject:
        if (
            subject in rates
            and is_on(study, OCCASIONS[subject])
            and not _is_rated(work, participant, fact.step, subject)
        ):
            work.session.add(
                TextQuestion(
                    participant_id=stored_id(participant),
                    step=fact.step,
                    name=name,
                    subject=subject,
                    about_on=happened_on,
                    created_at=work.now,
                )
            )
    work.session.flush()
    ask_next(work, participant)


def ask_next(work: Work, participant: Participant) -> TextQuestion | None:
    """Put the next question when none is open; the one that was put, or None."""
    if any(not _is_over(work, one) for one in _list(work, participant, "asked")):
        return None
    if _find_correction(work, participant) is not None or _shares_number(work, participant):
        return None
    for question in _list(work, participant, "waiting"):
        if (work.today - question.about_on).days > NEWS.days:
            _close(work, question, "expired")
        elif not _stands(work, participant, question):
            _close(work, question, "dropped")
        else:
            return question if _put(work, participant, question) else None
    return None


def find_open(work: Work, participant: Participant) -> TextQuestion | None:
    """The question that the person can have read and did not answer. One that is being sent this moment was not read,
    unless there is nothing else that an answer could be about."""
    for question in _list(work, participant, "asked"):
        message = _message(work, question)
        if message is not None and not _is_over(work, question) and _was_read(work, participant, message):
            return question
    return None


def find_answered(work: Work, participant: Participant) -> TextQuestion | None:
    """The question that was answered last, while it can still be corrected."""
    statement = (
        select(TextQuestion)
        .where(
            TextQuestion.participant_id == participant.id,
            TextQuestion.state == "answered",
            col(TextQuestion.answered_at) > work.now - LASTS,
        )
        .order_by(col(TextQuestion.answered_at).desc(), col(TextQuestion.id).desc())
    )
    return work.session.exec(statement).first()


def close_question(work: Work, question: TextQuestion, state: str) -> None:
    """It was answered or skipped; what was still to be sent about it goes no more."""
    question.answered_at = work.now
    for message_id in (question.message_id, question.reminder_id):
        message = work.session.get(Message, message_id) if message_id else None
        if message is not None and message.state == "ready" and message.occasion in OCCASIONS.values():
            message.state, message.recipient, message.error = "cancelled", "", "no longer true"
            work.session.add(message)
    _close(work, question, state)


def ask_back(work: Work, question: TextQuestion, value: str, words: str) -> None:
    """Another answer than the one we have: it counts only after a yes. A question that did not leave yet waits."""
    _put_back(work, question.participant_id)
    question.correction, question.correction_until = value, work.now + CORRECTION_LASTS
    question.correction_words = work.vault.seal(words, _place(question)) if words else ""
    work.session.add(question)
    work.session.flush()


def find_correction(work: Work, participant: Participant) -> TextQuestion | None:
    """The question of which we asked back another answer, while a yes may still come."""
    return _find_correction(work, participant)


def correction_words(work: Work, question: TextQuestion) -> str:
    words = question.correction_words
    return work.vault.open(words, _place(question)) if words else ""


def forget_correction(work: Work, question: TextQuestion) -> None:
    question.correction, question.correction_words, question.correction_until = "", "", None
    work.session.add(question)
    work.session.flush()


def ask_again(work: Work, question: TextQuestion, message: Message) -> None:
    """Somebody wants to change an answer: it is open again, asked by the message that answers them; another that was
    open waits for it."""
    _put_back(work, question.participant_id, read=True)
    forget_correction(work, question)
    question.state, question.message_id, question.reminder_id = "asked", stored_id(message), None
    question.helped_at, question.times = None, question.times + 1
    work.session.add(question)
    work.session.flush()


def keep_talking(work: Work) -> int:
    """Questions whose time is over, reminders and next questions, of everybody; how many texts were planned."""
    statement = (
        select(Participant)
        .where(
            col(Participant.id).in_(
                select(TextQuestion.participant_id).where(
                    or_(TextQuestion.state == "waiting", TextQuestion.state == "asked")
                )
            ),
            Participant.state == "active",
        )
        .order_by(col(Participant.id))
        .with_for_update()
    )
    planned = 0
    for participant in work.session.exec(statement).all():
        for question in _list(work, participant, "asked"):
            if _is_over(work, question):
                _close(work, question, "expired")
            else:
                planned += _remind(work, participant, question)
        planned += ask_next(work, participant) is not None
    return planned


def is_about(work: Work, participant: Participant, question: TextQuestion) -> bool:
    """Whether the step still stands as done, so that an answer about it means something."""
    return _has_step(work, participant, question)


# --- Putting it -------------------------------------------------------------------------------------


def _put(work: Work, participant: Participant, question: TextQuestion) -> Message | None:
    message = _plan(work, participant, question, f"{question.times}")
    if message is None:
        return None
    question.message_id, question.reminder_id = stored_id(message), None
    question.state, question.times, question.helped_at = "asked", question.times + 1, None
    question.wording = wording_version(work, participant, question.subject)
    work.session.add(question)
    work.session.flush()
    return message


def _plan(work: Work, participant: Participant, question: TextQuestion, time: str) -> Message | None:
    occasion = OCCASIONS[Subject(question.subject)]
    key = f"{occasion}:{participant.id}:{question.step}"
    message = plan_text(
        work, participant, occasion, key if time == "0" else f"{key}:{time}", step=question.name
    )
    if message is not None:
        message.step = question.step
        work.session.add(message)
        work.session.flush()
    return message


def wording_version(work: Work, participant: Participant, subject: str) -> str:
    """Which words somebody reads: the instrument, the language, and a mark of a study's own words."""
    study = work.session.get_one(Study, participant.study_id)
    code = language_for(study, participant.language, work.settings)
    text = wording(study, code, OCCASIONS[Subject(subject)])
    return f"{INSTRUMENT}:{code}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _remind(work: Work, participant: Participant, question: TextQuestion) -> bool:
    """Once, three days after it left, to who did not let hear anything about it."""
    message = _message(work, question)
    if (
        question.reminder_id is not None
        or question.helped_at is not None
        or message is None
        or message.state not in LEFT
        or message.tried_at is None
        or message.tried_at > work.now - REPEATED_AFTER
        or not _stands(work, participant, question)
    ):
        return False
    reminder = _plan(work, participant, question, f"{question.times}:again")
    if reminder is not None:
        question.reminder_id = stored_id(reminder)
        work.session.add(question)
        work.session.flush()
    return reminder is not None


def _put_back(work: Work, participant_id: int, *, read: bool = False) -> None:
    """What was asked and did not leave waits again; with `read` also what can have been read."""
    statement = select(TextQuestion).where(
        TextQuestion.participant_id == participant_id, TextQuestion.state == "asked"
    )
    for question in work.session.exec(statement).all():
        message = _message(work, question)
        if message is not None and message.state == "ready":
            message.state, message.recipient, message.error = "cancelled", "", "no longer true"
            work.session.add(message)
        elif not read:
            continue
        question.state = "waiting"
        work.session.add(question)
    work.session.flush()


# --- How a question stands --------------------------------------------------------------------------


def _list(work: Work, participant: Participant, state: str) -> list[TextQuestion]:
    statement = select(TextQuestion).where(
        TextQuestion.participant_id == participant.id, TextQuestion.state == state
    )
    return list(work.session.exec(statement.order_by(col(TextQuestion.id))).all())


def _message(work: Work, question: TextQuestion) -> Message | None:
    return work.session.get(Message, question.message_id) if question.message_id else None


def _is_over(work: Work, question: TextQuestion) -> bool:
    """Whether its time is over, or it never came to the person."""
    message = _message(work, question)
    if message is None or message.state in NEVER_LEFT:
        return True
    begun = message.tried_at if message.state in (*LEFT, "sending") else None
    return begun is not None and begun <= work.now - LASTS


def _was_read(work: Work, participant: Participant, message: Message) -> bool:
    if message.state in LEFT or message.occasion == "answer":
        return True
    return message.state == "sending" and find_answered(work, participant) is None


def _stands(work: Work, participant: Participant, question: TextQuestion) -> bool:
    rated = _is_rated(work, participant, question.step, question.subject)
    return not rated and _has_step(work, participant, question)


def _has_step(work: Work, participant: Participant, question: TextQuestion) -> bool:
    statement = select(Progress.id).where(
        Progress.journey_id == participant.journey_id,
        Progress.step == question.step,
        Progress.state == "done",
        ~col(Progress.replaced),
    )
    return work.session.exec(statement.limit(1)).first() is not None


def _is_rated(work: Work, participant: Participant, step: str, subject: str) -> bool:
    statement = select(Rating.id).where(
        ~col(Rating.words_only),
        Rating.participant_id == participant.id,
        Rating.step == step,
        Rating.subject == subject,
    )
    return work.session.exec(statement.limit(1)).first() is not None


def _find_correction(work: Work, participant: Participant) -> TextQuestion | None:
    statement = select(TextQuestion).where(
        TextQuestion.participant_id == participant.id, col(TextQuestion.correction_until) > work.now
    )
    return work.session.exec(statement.order_by(col(TextQuestion.id).desc())).first()


def _shares_number(work: Work, participant: Participant) -> bool:
    """Whose answer it would be, nobody could tell: people on one number are asked by phone."""
    contact = work.session.get(Contact, participant.id)
    if contact is None or contact.phone_fingerprint is None:
        return False
    others = select(Contact.participant_id).where(
        Contact.phone_fingerprint == contact.phone_fingerprint, Contact.participant_id != participant.id
    )
    return work.session.exec(others.limit(1)).first() is not None


def _close(work: Work, question: TextQuestion, state: str) -> None:
    question.state = state
    work.session.add(question)
    work.session.flush()


def _place(question: TextQuestion) -> str:
    return f"text_question:{stored_id(question)}:correction_words"
