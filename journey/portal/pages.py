"""What each page of a participant shows, as frozen dataclasses built from facts; nothing here is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from journey.action.queries import list_changes
from journey.call.coming import find_next_call
from journey.consent.queries import find_consent
from journey.models import Participant, Rating, Study
from journey.participant.queries import get_journey
from journey.portal.call_words import call_words
from journey.portal.decision_words import DecisionWords, decision_words
from journey.portal.path import (
    Answers,
    Path,
    Question,
    list_open_questions,
    list_questions,
    path_of,
)
from journey.portal.queries import (
    ContactCard,
    ResearchPhone,
    find_contact_card,
    find_sender,
    list_research_phones,
)
from journey.progress.queries import Facts, find_clock, get_facts
from journey.rating.queries import current_ratings
from journey.route.definition import RouteDefinition
from journey.route.queries import get_definition
from journey.texts.approval import is_draft, offered
from journey.web.forms import Form
from journey.web.i18n import language
from journey.work import Work


@dataclass(frozen=True)
class LanguageLink:
    """A way to read the same page in a language; `draft` is only asked of the one that is read now."""

    code: str
    name: str
    href: str
    current: bool
    draft: bool


@dataclass(frozen=True)
class Address:
    """Where a page lives, with the language that was asked for kept in every link; "" is the person's own."""

    base: str
    asked: str = ""

    def to(self, part: str = "", **query: str) -> str:
        asked = {"lang": self.asked} if self.asked else {}
        fields = urlencode({**query, **asked})
        return f"{self.base}{part}{'?' if fields else ''}{fields}"

    def languages(self, work: Work, part: str = "", **query: str) -> tuple[LanguageLink, ...]:
        here = language()
        return tuple(
            LanguageLink(
                code,
                name,
                replace(self, asked=code).to(part, **query),
                code == here,
                code == here and is_draft(work, code),
            )
            for code, name in offered(work).items()
        )


@dataclass(frozen=True)
class Frame:
    """What stands around every page: the languages, whom to call, and who speaks."""

    languages: tuple[LanguageLink, ...]
    phones: tuple[ResearchPhone, ...]
    sender: str
    researcher: str = ""

    @classmethod
    def of_nobody(cls, work: Work, languages: tuple[LanguageLink, ...]) -> "Frame":
        """Around a page that is the same for everyone."""
        return cls(languages, tuple(list_research_phones(work)), find_sender(work))


@dataclass(frozen=True)
class Given:
    """An answer as understood: `value` and perhaps words, with the way to change it."""

    question: Question
    value: str
    quote: str
    href: str


@dataclass(frozen=True)
class OwnPage:
    """Where am I, what comes next, until when, whom to call, and one question; `coming` is when we call, or empty."""

    frame: Frame
    address: Address
    path: Path
    decision: DecisionWords
    question: Question | None
    skip: str
    has_answers: bool
    has_changes: bool
    card: ContactCard
    coming: str
    gift: str = ""


@dataclass(frozen=True)
class RatingPage:
    """The way through a question: `question` is asked now, `given` was understood, `words_for` may get a word.
    `skip` leads past the question without an answer; `coming` says when we call, or nothing.
    """

    frame: Frame
    address: Address
    form: Form
    question: Question | None
    value: str | None
    given: tuple[Given, ...]
    words_for: Given | None
    next_question: Question | None
    saved: bool
    may_quote: bool
    skip: str
    coming: str


@dataclass(frozen=True)
class StopPage:
    """`steps` are (id, name) of what happened, in route order: from where answers may be set aside."""

    frame: Frame
    address: Address
    form: Form
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StoppedPage:
    """`just_now`: this is the answer to stopping, after which nothing stays on the phone; else the same words in
    another language."""

    frame: Frame
    level: str
    just_now: bool


@dataclass(frozen=True)
class PlainPage:
    """A public page; `form` only where it is used."""

    frame: Frame
    address: Address
    form: Form


@dataclass(frozen=True)
class CheckPage:
    """`answer` is what was recognised (number, name or code), "unknown", or nothing yet."""

    frame: Frame
    address: Address
    form: Form
    answer: str = ""


class Reader:
    """One person's facts, read once for the page that is being made."""

    def __init__(self, work: Work, participant: Participant, address: Address) -> None:
        journey = get_journey(work, participant)
        self.work, self.participant, self.address = work, participant, address
        self.definition: RouteDefinition = get_definition(work, journey.route_version_id)
        self.facts: Facts = get_facts(work, journey)

    @cached_property
    def ratings(self) -> dict[tuple[str, str], Rating]:
        return current_ratings(self.work, self.participant)

    @cached_property
    def card(self) -> ContactCard:
        return find_contact_card(self.work, self.participant)

    def read_ratings_anew(self) -> None:
        """After an answer: nothing else changed."""
        self.__dict__.pop("ratings", None)

    @property
    def answers(self) -> Answers:
        return {place: rating.value for place, rating in self.ratings.items()}

    def frame(self, part: str = "", **query: str) -> Frame:
        phones = (self.card.phone,) if self.card.phone else ()
        languages = self.address.languages(self.work, part, **query)
        return Frame(languages, phones, self.card.sender, self.card.researcher)

    def questions(self) -> list[Question]:
        return list_questions(self.definition, self.facts, language(), self.work.today)

    def open_questions(self) -> list[Question]:
        return list_open_questions(self.definition, self.facts, self.answers, language(), self.work.today)

    def find_question(self, step: str, subject: str) -> Question | None:
        return next((one for one in self.questions() if (one.step, one.subject) == (step, subject)), None)

    def given(self, questions: Sequence[Question]) -> tuple[Given, ...]:
        return tuple(
            Given(
                question,
                self.ratings[place].value,
                self.ratings[place].quote,
                self.address.to("/ratings", step=question.step, subject=question.subject),
            )
            for question in questions
            if (place := (question.step, question.subject)) in self.ratings
        )

    def own_page(self) -> OwnPage:
        clock = find_clock(self.work, self.facts)
        question = next(iter(self.open_questions()), None)
        return OwnPage(
            self.frame(),
            self.address,
            path_of(self.definition, self.facts, language(), self.work.today),
            decision_words(self.facts, clock, self.work.today),
            question,
            self._skip(question),
            bool(self.ratings),
            bool(list_changes(self.work, self.participant.study_id, self.definition, language())),
            self.card,
            self.coming(),
            self.gift(),
        )

    def gift(self) -> str:
        """The thank-you of the study, for who is still followed; empty when it has none."""
        study = self.work.session.get_one(Study, self.participant.study_id)
        return study.incentive if self.participant.state == "active" else ""

    def coming(self) -> str:
        return call_words(find_next_call(self.work, self.participant))

    def asking(self, question: Question, form: Form) -> RatingPage:
        """One question, and nothing else on the screen."""
        return self._rating_page(form, question, (), None)

    def understood(self, answered: Question, form: Form, *, asks_more: bool) -> RatingPage:
        """After an answer: the staff contact of the same step, or what we understood and room for a word; with words
        that came only what we understood. What was skipped before is not asked again here."""
        here = [one for one in self.questions() if one.step == answered.step]
        still_open = self.open_questions() if asks_more else []
        after = here[here.index(answered) + 1 :]
        following = next((one for one in after if one in still_open), None)
        given = self.given(here)
        words_for = given[0] if given and following is None and asks_more else None
        return self._rating_page(form, following, given, words_for, saved=True)

    def wording(self, answered: Question, form: Form) -> RatingPage:
        """The words could not be kept as they were: they are still there, to change."""
        given = self.given([one for one in self.questions() if one.step == answered.step])
        return self._rating_page(form, None, given, given[0] if given else None)

    def all_answers(self, form: Form) -> RatingPage:
        return self._rating_page(form, None, self.given(self.questions()), None)

    def _skip(self, question: Question | None) -> str:
        """To the question that comes after this one, else to where the page goes on."""
        if question is None:
            return ""
        questions = self.questions()
        later = questions[questions.index(question) + 1 :]
        following = next((one for one in later if (one.step, one.subject) not in self.answers), None)
        if following is None:
            return self.address.to() + "#more"
        return self.address.to("/ratings", step=following.step, subject=following.subject)

    def _rating_page(
        self,
        form: Form,
        question: Question | None,
        given: tuple[Given, ...],
        words_for: Given | None,
        *,
        saved: bool = False,
    ) -> RatingPage:
        consent = find_consent(self.work, self.participant)
        query = {"step": question.step, "subject": question.subject} if question else {}
        return RatingPage(
            self.frame("/ratings", **query),
            self.address,
            form,
            question,
            self.answers.get((question.step, question.subject)) if question else None,
            given,
            words_for,
            None if question else next(iter(self.open_questions()), None),
            saved,
            consent is not None and consent.quotes,
            self._skip(question),
            "" if question else self.coming(),
        )

    def stop_page(self, form: Form) -> StopPage:
        happened = {question.step for question in self.questions()}
        steps = tuple(
            (step.id, step.words(language()).name) for step in self.definition.steps if step.id in happened
        )
        return StopPage(self.frame("/stop"), self.address, form, steps)
