"""One person's side of the conversation by text: an answer lands on the question that was open, or is asked back."""

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import col, select

from journey.call.asked import list_days_left, move_call, pause_calls
from journey.consent.queries import find_consent
from journey.models import Message, Participant, Rating, Study, TextQuestion
from journey.outbox.queries import list_bodies_since
from journey.outbox.service import plan_message, record_reply
from journey.outbox.sms import plain
from journey.participant.phones import shown_number
from journey.participant.queries import get_journey
from journey.portal import answers
from journey.portal.service import as_participant, send_link
from journey.portal.texted import Said
from journey.progress.routes import find_step_of, list_routes_of
from journey.rating.queries import current_ratings
from journey.rating.service import NewRating, record_rating
from journey.rules.ratings import Subject, Value
from journey.texts.questions import (
    OCCASIONS,
    ask_again,
    ask_back,
    ask_next,
    close_question,
    correction_words,
    find_answered,
    find_correction,
    find_open,
    forget_correction,
)
from journey.texts.service import occasion_text
from journey.work import Work

LATER_LASTS = timedelta(days=2)
SAME_WITHIN = timedelta(hours=1)
MOST_SAME = 3


class Talk:
    """One text of one person: what it meant, and the one answer to it."""

    def __init__(self, work: Work, person: Participant, body: str, gateway_id: str, said: Said) -> None:
        self.work, self.person, self.body, self.gateway_id, self.said = work, person, body, gateway_id, said

    def go(self) -> str:
        """What was done, in a word."""
        match self.said.kind:
            case "pause":
                until = pause_calls(self.work, self.person)
                return self._done("paused", lambda: answers.paused(until))
            case "later":
                return self._move(self.said.day) or self._not_understood()
            case "day" if self._was_asked_when():
                return self._move(self.said.day) or self._not_understood()
            case "link":
                return self._link()
            case "start":
                return self._done("started", answers.welcome_back)
            case "yes" | "no" if (question := find_correction(self.work, self.person)) is not None:
                return self._decide(question)
            case "wrong_answer":
                return self._reopen()
            case "skip":
                return self._skip()
            case "answer":
                return self._rate()
            case "thanks" if find_open(self.work, self.person) is None:
                return self._done("thanked", answers.thanked)
        return self._not_understood()

    # --- Answers ---

    def count(self) -> None:
        """The answer in a text that is for a person to read: it counts when it is about an open question, silently."""
        question = find_open(self.work, self.person)
        if question is None or self.said.value is None or not self._is_on_route(question):
            return
        known = self._known(question)
        if known is None or known.value == self.said.value:
            self._record(question, self.said.value, self.said.quote, known)
            close_question(self.work, question, "answered")

    def _rate(self) -> str:
        assert self.said.value is not None  # noqa: S101 - an answer has a value
        question = find_open(self.work, self.person)
        if question is not None and self._is_on_route(question):
            return self._answer_to(question, self.said.value)
        question = find_correction(self.work, self.person) or find_answered(self.work, self.person)
        if question is not None and self._is_on_route(question):
            return self._other_answer(question, self.said.value)
        return self._keep()

    def _answer_to(self, question: TextQuestion, value: Value) -> str:
        known = self._known(question)
        if known is not None and known.value != value and not self._was_reopened(question):
            close_question(self.work, question, "answered")  # rated elsewhere since it was asked
            return self._other_answer(question, value)
        self._record(question, value, self.said.quote, known)
        close_question(self.work, question, "answered")
        return self._say_back(question, value)

    def _other_answer(self, question: TextQuestion, value: Value) -> str:
        """Nothing is open: the same again is one answer, another is asked back in words."""
        known = self._known(question)
        if known is None:
            return self._keep()
        if known.value == value:
            forget_correction(self.work, question)
            if self.said.quote or self.said.asks:
                self._remember("kept")
                self._reply(answers.will_read(self._phone()))
                return "kept"
            return self._say_back(question, value)
        ask_back(self.work, question, value, self.said.quote)
        return self._done("asked", lambda: answers.changes(question, known.value, value))

    def _decide(self, question: TextQuestion) -> str:
        """A yes or no to another answer that we asked back."""
        known, value = self._known(question), question.correction
        words = correction_words(self.work, question)
        forget_correction(self.work, question)
        if self.said.kind == "yes":
            self._record(question, value, words, known)
            return self._say_back(question, value, quote=bool(words))
        old = known.value if known else value
        result = self._done("stays", lambda: answers.stays(question, old))
        ask_next(self.work, self.person)
        return result

    def _reopen(self) -> str:
        question = find_correction(self.work, self.person) or find_answered(self.work, self.person)
        known = self._known(question) if question is not None else None
        if question is None or known is None or not self._is_on_route(question):
            return self._not_understood()
        message = self._reply(answers.what_then(question, known.value))
        if message is not None:
            ask_again(self.work, question, message)
        self._remember("done")
        return "asked"

    def _skip(self) -> str:
        question = find_open(self.work, self.person)
        if question is None:
            return self._not_understood()
        close_question(self.work, question, "skipped")
        result = self._done("skipped", answers.skipped)
        ask_next(self.work, self.person)
        return result

    def _say_back(self, question: TextQuestion, value: str, *, quote: bool | None = None) -> str:
        consent = find_consent(self.work, self.person)
        self._remember("kept" if self.said.asks else "done")
        self._reply(
            answers.understood(
                question,
                value,
                quote=bool(self.said.quote) if quote is None else quote,
                may_quote=consent is not None and consent.quotes,
                asks=self.said.asks,
            )
        )
        ask_next(self.work, self.person)
        return "rated"

    def _record(self, question: TextQuestion, value: str, words: str, known: Rating | None) -> None:
        if known is None or known.value != value or (words and words != known.quote):
            quote = words or (known.quote if known else "")
            new = NewRating(question.step, question.subject, value, "sms", quote, wording=question.wording)
            record_rating(as_participant(self.work, self.person), self.person, new)

    def _known(self, question: TextQuestion) -> Rating | None:
        return current_ratings(self.work, self.person).get((question.step, question.subject))

    def _is_on_route(self, question: TextQuestion) -> bool:
        step = find_step_of(list_routes_of(self.work, get_journey(self.work, self.person)), question.step)
        return step is not None and question.subject in step.rates

    def _was_reopened(self, question: TextQuestion) -> bool:
        message = self.work.session.get(Message, question.message_id) if question.message_id else None
        return message is not None and message.occasion == "answer"

    # --- Wishes ---

    def _move(self, weekday: int | None) -> str | None:
        """To a day of this week, when it is one of those left; else the question which of them."""
        left = list_days_left(self.work, self.person)
        if not left:
            return None
        wanted = (self.work.today + timedelta(days=1)).weekday() if weekday == -1 else weekday
        day = next((day for day in left if day.weekday() == wanted), None)
        if day is None:
            self._reply(answers.which_day(left), asks_when=True)
            self._remember("done")
            return "later"
        move_call(self.work, self.person, day)
        return self._done("later", lambda: answers.moved(day))

    def _was_asked_when(self) -> bool:
        statement = select(Message.id).where(
            col(Message.dedup_key).startswith(f"later:{self.person.id}:", autoescape=True),
            Message.created_at > self.work.now - LATER_LASTS,
        )
        return self.work.session.exec(statement).first() is not None

    def _link(self) -> str:
        """The message with the link is the answer."""
        sent = send_link(self.work, self.person)
        if sent.message is None:
            return self._keep()
        self._remember("done")
        return "link"

    # --- What is for a person ---

    def _not_understood(self) -> str:
        """Once "Stuur 1, 2 of 3" for the question that is open, then a person reads it."""
        question = find_open(self.work, self.person)
        if question is None or question.helped_at is not None:
            return self._keep()
        question.helped_at = self.work.now
        self.work.session.add(question)
        self._remember("unclear")
        occasion = OCCASIONS[Subject(question.subject)]
        self._reply(occasion_text(self.work, self.person, occasion, step=question.name))
        return "helped"

    def _keep(self) -> str:
        if not self._repeats_itself():
            self._reply(answers.will_read(self._phone()))
        self._remember("kept")
        return "kept"

    def _repeats_itself(self) -> bool:
        """A phone that answers by itself would talk with us until its credit is gone."""
        before = list_bodies_since(self.work, self.person, self.work.now - SAME_WITHIN)
        return before.count(self.body) >= MOST_SAME

    # --- Saying it ---

    def _done(self, result: str, words: Callable[[], str]) -> str:
        self._remember("done")
        self._reply(words)
        return result

    def _remember(self, meaning: str) -> None:
        record_reply(self.work, self.body, self.gateway_id, participant=self.person, meaning=meaning)

    def _reply(self, words: Callable[[], str] | str, *, asks_when: bool = False) -> Message | None:
        kind = "later" if asks_when else "answer"
        return reply_to(self.work, self.person, f"{kind}:{self.person.id}:{self.gateway_id}", words)

    def _phone(self) -> str:
        return phone_of(self.work, self.person)


def phone_of(work: Work, person: Participant) -> str:
    phone = work.session.get_one(Study, person.study_id).research_phone
    return shown_number(phone) if phone else ""


def reply_to(work: Work, person: Participant, key: str, words: Callable[[], str] | str) -> Message | None:
    """Through the outbox; its key remembers that this text was dealt with."""
    body = words if isinstance(words, str) else words()
    return plan_message(work, person, "answer", plain(body), key)
