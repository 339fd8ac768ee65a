"""The route of one person as they see it: what is done, where they are, what comes, and what can still be rated.

An application or decision that is known counts as its step, also when nobody recorded the step apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from journey.progress.queries import Facts
from journey.route.definition import RouteDefinition, Step, Words
from journey.route.queries import closing_id, opening_id
from journey.rules.ratings import Subject, Value

TAKEN_AWAY = ("skipped", "bypassed")
Answers = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class PathStep:
    """A line of the timeline; `state` is done | now | next | skipped | bypassed, `lang` the language of its words where
    that is not the language of the page."""

    id: str
    name: str
    state: str
    happened_on: date | None
    words: Words
    note: str = ""
    step_rating: str | None = None
    staff_rating: str | None = None
    href: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Question:
    """What can be rated: a step that happened, or the contact with staff there; `lang` as in a line of the timeline."""

    step: str
    subject: str
    name: str
    happened_on: date | None
    lang: str = ""


@dataclass(frozen=True)
class Path:
    steps: tuple[PathStep, ...]

    @property
    def now(self) -> PathStep | None:
        return next((step for step in self.steps if step.state == "now"), None)

    @property
    def here(self) -> tuple[PathStep, ...]:
        """The latest thing done, and where they are now with what to bring."""
        done = [step for step in self.steps if step.state == "done"]
        latest = max(done, key=lambda step: step.happened_on or date.min, default=None)
        return tuple(step for step in (latest, self.now) if step)


def path_of(definition: RouteDefinition, facts: Facts, language: str, today: date) -> Path:
    """`now` is the first open step after the furthest one done: people do steps in another order."""
    states = {step.id: _state(definition, step, facts, today) for step in definition.steps}
    furthest = max((i for i, step in enumerate(definition.steps) if states[step.id][0] == "done"), default=-1)
    ahead = [step.id for step in definition.steps[furthest + 1 :] if states[step.id][0] == "next"]
    behind = [step.id for step in definition.steps[: furthest + 1] if states[step.id][0] == "next"]
    here = next(iter(ahead + behind), None) if facts.ended_on is None else None
    return Path(
        tuple(
            PathStep(
                step.id,
                words.name,
                "now" if step.id == here else states[step.id][0],
                states[step.id][1],
                words,
                lang=lang_of(words, language),
            )
            for step in definition.steps
            for words in (step.words(language),)
        )
    )


def lang_of(words: Words, language: str) -> str:
    """The language to mark the words with on a page in `language`; nothing when it is the same."""
    return "" if words.language == language else words.language


def list_open_questions(
    definition: RouteDefinition, facts: Facts, answers: Answers, language: str, today: date
) -> list[Question]:
    """What is not rated yet, the newest step first, the step before its staff contact. Who did not have the step had no
    contact there either."""
    return [
        question
        for question in list_questions(definition, facts, language, today)
        if (question.step, question.subject) not in answers
        and answers.get((question.step, Subject.step)) != Value.not_applicable
    ]


def list_questions(definition: RouteDefinition, facts: Facts, language: str, today: date) -> list[Question]:
    """Everything that happened and is asked on this route, the newest step first."""
    happened = []
    for position, step in enumerate(definition.steps):
        state, day = _state(definition, step, facts, today)
        if state == "done" and step.rates:
            happened.append((day or date.min, position, step, day))
    return [
        Question(step.id, subject, words.name, day, lang_of(words, language))
        for _, _, step, day in sorted(happened, key=lambda one: one[:2], reverse=True)
        for words in (step.words(language),)
        for subject in Subject
        if subject in step.rates
    ]


def _state(definition: RouteDefinition, step: Step, facts: Facts, today: date) -> tuple[str, date | None]:
    """State and day of a step; the day of a planned step lies ahead."""
    rows = [row for row in facts.progress if row.step == step.id]
    days = [row.happened_on for row in rows if row.state == "done" and row.happened_on]
    if step.id == opening_id(definition, "application") and facts.application:
        days.append(facts.application.received_on)
    if step.id == closing_id(definition, "application") and facts.decision:
        days.append(facts.decision.sent_on)
    if days:
        return "done", max(days)
    latest = max(rows, key=lambda row: row.id or 0, default=None)
    if latest is not None and latest.state in TAKEN_AWAY:
        return latest.state, None
    planned = [row.happened_on for row in rows if row.state == "planned" and row.happened_on]
    return "next", max((day for day in planned if day >= today), default=None)
