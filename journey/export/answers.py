"""The answers that count in figures, a row each, and the closing interviews: for the research side. Words go along only
where somebody agreed to quotes; what was set aside is not there at all (rules, 31-34).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from sqlmodel import col, func, select

from journey.export.steps import route_choices, step_choices
from journey.export.tables import Choice, Column, Content, Kind, Row, Table, choices_of, yes_no
from journey.models import (
    ClosingInterview,
    Consent,
    Journey,
    Municipality,
    Participant,
    QuoteEdit,
    QuoteTheme,
    Rating,
    Study,
)
from journey.rating.queries import Answer, ClosingAnswer, list_answers, list_closing_answers
from journey.rating.statements import list_statements
from journey.route.queries import list_definitions
from journey.web.i18n import gettext as _
from journey.work import Work

CHUNK = 500


@dataclass(frozen=True)
class Person:
    """What stands beside every answer of one participant; `words` tells whether quotes may go along."""

    code: str
    municipality: str
    age_band: str
    language: str
    words: bool


def answers_of(work: Work, study: Study) -> Content:
    """Two tables: `answers`, a row per participant, step and subject, and `closing`, a row per closing interview."""
    return Content(
        "answers",
        (
            Table("answers", _("Oordelen"), _answer_columns(work, study), partial(_answers, work, study)),
            Table(
                "closing", _("Eindgesprekken"), _closing_columns(work, study), partial(_closing, work, study)
            ),
        ),
    )


def _person_columns() -> tuple[Column, ...]:
    return (
        Column("participant", _("Code van de deelnemer")),
        Column("municipality", _("Gemeente")),
        Column("age_band", _("Leeftijdsgroep")),
        Column("language", _("Taal")),
    )


def _answer_columns(work: Work, study: Study) -> tuple[Column, ...]:
    return (
        *_person_columns(),
        Column("route", _("Route"), Kind.choice, route_choices(work, study)),
        Column("step", _("Stap"), Kind.choice, step_choices(work, study)),
        Column("subject", _("Waarover het oordeel gaat"), Kind.choice, _subjects()),
        Column("value", _("Oordeel"), Kind.choice, _values(), ordered=True),
        Column("step_on", _("Dag van de stap"), Kind.day),
        Column("answered_on", _("Dag van het antwoord"), Kind.day),
        Column("recall_lag", _("Dagen tussen stap en antwoord"), Kind.whole),
        Column("channel", _("Hoe het antwoord kwam"), Kind.choice, _channels()),
        Column("times_answered", _("Hoe vaak dit is geantwoord; het laatste telt"), Kind.whole),
        Column("quotes_allowed", _("Toestemming voor citaten"), Kind.choice, yes_no()),
        Column("quote", _("Wat iemand erbij zei, alleen met toestemming voor citaten")),
        Column("themes", _("Thema's van wat iemand zei")),
    )


def _closing_columns(work: Work, study: Study) -> tuple[Column, ...]:
    grades = (
        Column("grade", _("Cijfer voor het hele proces"), Kind.decimal),
        Column("grade_desk", _("Cijfer voor de balie"), Kind.decimal),
        Column("grade_case_manager", _("Cijfer voor de contactpersoon"), Kind.decimal),
    )
    agreed = choices_of({"disagree": _("oneens"), "neutral": _("neutraal"), "agree": _("eens")})
    return (
        *_person_columns(),
        Column("route", _("Route"), Kind.choice, route_choices(work, study)),
        Column("held_on", _("Dag van het eindgesprek"), Kind.day),
        *grades,
        *(Column(one.id, one.text, Kind.choice, agreed, ordered=True) for one in list_statements()),
        Column("quotes_allowed", _("Toestemming voor citaten"), Kind.choice, yes_no()),
        Column("open_answer", _("Wat iemand aan het eind zei, alleen met toestemming voor citaten")),
    )


def _subjects() -> tuple[Choice, ...]:
    return choices_of({"step": _("de stap"), "staff": _("het contact met de medewerker")})


def _values() -> tuple[Choice, ...]:
    labels = {
        "negative": _("negatief"),
        "neutral": _("neutraal"),
        "positive": _("positief"),
        "not_applicable": _("niet van toepassing"),
        "no_answer": _("geen antwoord"),
    }
    return choices_of(labels, missing=("not_applicable", "no_answer"))


def _channels() -> tuple[Choice, ...]:
    return choices_of({"call": _("gesprek"), "sms": _("sms"), "web": _("eigen pagina"), "paper": _("papier")})


def _answers(work: Work, study: Study) -> Iterator[Row]:
    """In the order of codes; the answers of some hundreds of people in memory at a time."""
    people, places = _people(work, study), _places(work, study)
    numbers = sorted(people, key=lambda number: people[number].code)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        answers = sorted(list_answers(work, study, part), key=lambda one: _order(one, people, places))
        times, themes, quotes = _times_answered(work, part), _themes(work, part), _quotes(work, answers)
        for one in answers:
            person = people[one.participant_id]
            key = (one.participant_id, one.step, one.subject)
            yield (
                *_beside(person),
                one.route,
                one.step,
                one.subject,
                one.value,
                None if one.recall_lag is None else one.answered_on - timedelta(days=one.recall_lag),
                one.answered_on,
                one.recall_lag,
                one.channel,
                times[key],
                "yes" if person.words else "no",
                (quotes[one.rating_id] or None) if person.words else None,
                (", ".join(sorted(themes[key])) or None) if person.words else None,
            )


def _closing(work: Work, study: Study) -> Iterator[Row]:
    people = _people(work, study)
    statements = [one.id for one in list_statements()]
    answers = sorted(list_closing_answers(work, study), key=lambda one: people[one.participant_id].code)
    for start in range(0, len(answers), CHUNK):
        part = answers[start : start + CHUNK]
        held = _interviews(work, part)
        for one in part:
            person, row = people[one.participant_id], held[one.interview_id]
            yield (
                *_beside(person),
                one.route,
                row.held_on,
                *(_grade(tenths) for tenths in (one.grade, one.grade_desk, one.grade_case_manager)),
                *(one.statements.get(name) for name in statements),
                "yes" if person.words else "no",
                (row.open_answer or None) if person.words else None,
            )


def _beside(person: Person) -> Row:
    return person.code, person.municipality, person.age_band, person.language


def _grade(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths) / 10


def _people(work: Work, study: Study) -> dict[int, Person]:
    agreed: dict[int, bool] = {}  # the latest choice stays
    agreed.update(
        work.session.exec(
            select(Consent.participant_id, Consent.quotes)
            .join(Participant, col(Participant.id) == Consent.participant_id)
            .where(Participant.study_id == study.id)
            .order_by(col(Consent.id))
        ).all()
    )
    rows = work.session.exec(
        select(Participant, Municipality.name)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(Municipality, col(Municipality.id) == Journey.municipality_id)
        .where(Participant.study_id == study.id)
    ).all()
    return {
        row.id or 0: Person(row.code, name, row.age_band or "", row.language, agreed.get(row.id or 0, False))
        for row, name in rows
    }


def _places(work: Work, study: Study) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (route.id, step): (number, place)
        for number, route in enumerate(list_definitions(work, study))
        for place, step in enumerate(route.step_ids)
    }


def _order(
    answer: Answer, people: dict[int, Person], places: dict[tuple[str, str], tuple[int, int]]
) -> tuple[object, ...]:
    """By person, and then as the route goes; what is on an earlier version only comes last."""
    place = places.get((answer.route, answer.step), (len(places), 0))
    return people[answer.participant_id].code, *place, answer.step, answer.subject != "step"


def _times_answered(work: Work, people: Sequence[int]) -> Counter[tuple[int, str, str]]:
    rows = work.session.exec(
        select(Rating.participant_id, Rating.step, Rating.subject, func.count())
        .where(col(Rating.participant_id).in_(people), ~col(Rating.words_only))
        .group_by(col(Rating.participant_id), col(Rating.step), col(Rating.subject))
    ).all()
    return Counter({(person, step, subject): n for person, step, subject, n in rows})


def _themes(work: Work, people: Sequence[int]) -> defaultdict[tuple[int, str, str], list[str]]:
    rows = work.session.exec(select(QuoteTheme).where(col(QuoteTheme.participant_id).in_(people))).all()
    found: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
    for row in rows:
        found[row.participant_id, row.step, row.subject].append(row.theme)
    return found


def _quotes(work: Work, answers: Sequence[Answer]) -> dict[int | None, str]:
    """The words of each answer; none where somebody said that they are not to be used."""
    ids = [one.rating_id for one in answers]
    words = dict(work.session.exec(select(Rating.id, Rating.quote).where(col(Rating.id).in_(ids))).all())
    edits = work.session.exec(
        select(QuoteEdit.rating_id, QuoteEdit.state)
        .where(col(QuoteEdit.rating_id).in_(ids))
        .order_by(col(QuoteEdit.id))
    ).all()
    return words | {rating: "" for rating, state in dict(edits).items() if state == "taken_back"}


def _interviews(work: Work, answers: Iterable[ClosingAnswer]) -> dict[int | None, ClosingInterview]:
    ids = [one.interview_id for one in answers]
    rows = work.session.exec(select(ClosingInterview).where(col(ClosingInterview.id).in_(ids))).all()
    return {row.id: row for row in rows}
