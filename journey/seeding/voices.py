"""Quotes of studies in files and of the live demo: edited by one researcher, read by another, as the product asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import select

from journey.clock import at_local
from journey.models import Participant, Study
from journey.rating.queries import current_ratings
from journey.rating.quotes import Quote, decide_quote, list_candidates, propose_quote
from journey.rating.service import NewRating, record_rating
from journey.rating.themes import record_theme
from journey.rules.errors import Invalid
from journey.rules.ratings import Subject
from journey.rules.roles import RESEARCHER
from journey.seeding.csv_file import read_rows
from journey.seeding.days import DAY, fitting_before
from journey.seeding.live import Follower
from journey.seeding.people import Act
from journey.work import Actor, Work

FILE = "quotes.csv"
READERS = (
    Actor("files", "onderzoeker A", RESEARCHER),
    Actor("files", "onderzoeker B", RESEARCHER),
)
BEFORE_THE_END = timedelta(days=14)

# In the demo: how many stand approved in the figures of last week, and how many wait for the first researcher.
APPROVED, WAITING = 12, 3
WITH_A_NAME = "Meneer Testers van de balie belde mij zelf terug, en later ook mijn zus Verzonda."
TOO_LITTLE_EDITED = "Meneer Testers van de balie belde mij zelf terug."
REASON = "Haal de plaats nog weg, dan is het goed."


@dataclass(frozen=True)
class EditedQuote:
    """An edit of what one person said about a step or its staff; `at` is where it stands in the file."""

    code: str
    step: str
    subject: str
    body: str
    at: dict[str, Any]


def read_quotes(path: Path, codes: Sequence[str]) -> tuple[EditedQuote, ...]:
    """The edits of a study in files; none when it has no such file. Invalid names row and column."""
    if not path.is_file():
        return ()
    return tuple(
        EditedQuote(
            row.choice("code", codes),
            row.required("step"),
            row.choice("subject", tuple(Subject)),
            row.required("body"),
            row.at("step"),
        )
        for row in read_rows(path, ("code", "step", "subject", "body"))
    )


def load_quotes(work: Work, study: Study, quotes: Sequence[EditedQuote]) -> None:
    """Two invented researchers edit and read them by turns, two weeks before the end of the study.

    Invalid for words that nobody said, or that may not be quoted.
    """
    day = (study.ends_on or work.today) - BEFORE_THE_END
    people = select(Participant.id, Participant.code).where(Participant.study_id == study.id)
    codes = dict(work.session.exec(people).all())
    said = {
        (codes[one.words.participant_id], one.words.step, one.words.subject): one
        for one in list_candidates(work, study)
    }
    for number, quote in enumerate(quotes):
        words = said.get((quote.code, quote.step, quote.subject))
        if words is None:
            raise Invalid(
                "%(file)s, rij %(row)s, kolom %(column)s: hierover zei deze deelnemer niets dat een citaat mag worden.",
                **quote.at,
            )
        editor, reader = READERS[number % 2], READERS[1 - number % 2]
        edit = _propose(replace(work, now=at_local(day, 10, number), actor=editor), study, words, quote.body)
        _decide(replace(work, now=at_local(day + DAY, 14, number), actor=reader), study, edit, approve=True)


def demo_acts(
    work: Work, study: Study, followers: Sequence[Follower], researchers: Sequence[Actor]
) -> list[Act]:
    """What happens to quotes in the live demo: some approved before the figures of last week; after that some that
    wait for each of the two researchers, one sent back, and one with a name in it.
    """
    first, second = researchers[0], researchers[-1]
    yesterday = fitting_before(work.today - DAY)
    acts: list[Act] = [(at_local(yesterday, 21), partial(_name_somebody, followers))]
    if first != second:
        before = at_local(fitting_before(work.today - 5 * DAY), 15)
        acts.append((before, partial(_approve_some, study, first, second)))
        acts.append((at_local(yesterday, 22), partial(_leave_some, study, first, second)))
    return acts


def _approve_some(study: Study, first: Actor, second: Actor, work: Work) -> None:
    """One per step and subject, in the order in which they were said."""
    per_place = {(one.words.step, one.words.subject): one for one in reversed(list_candidates(work, study))}
    for number, quote in enumerate(list(per_place.values())[:APPROVED]):
        editor, reader = (first, second) if number % 2 else (second, first)
        edit = _propose(replace(work, actor=editor), study, quote, quote.words.text)
        _decide(replace(work, actor=reader), study, edit, approve=True)


def _name_somebody(followers: Sequence[Follower], work: Work) -> None:
    """Two people said something with a name in it: one waits to be edited, one was edited too little."""
    active = (one for one in followers if one.person.quotes and one.who.state == "active")
    rated = [one for one in active if ("werkplein", "staff") in current_ratings(work, one.who)]
    for one in rated[:2]:
        known = current_ratings(work, one.who)["werkplein", "staff"]
        then = replace(work, actor=one.researcher)
        record_rating(then, one.who, NewRating("werkplein", "staff", known.value, "call", WITH_A_NAME))
        record_theme(then, one.who, "werkplein", "staff", "helpful-staff")


def _leave_some(study: Study, first: Actor, second: Actor, work: Work) -> None:
    mine, theirs = replace(work, actor=first), replace(work, actor=second)
    found = list_candidates(work, study)
    named = [one for one in found if one.words.text == WITH_A_NAME]
    plain = [one for one in found if one.words.text != WITH_A_NAME]
    for quote in named[1:]:
        _propose(theirs, study, quote, TOO_LITTLE_EDITED)
    for quote in plain[:WAITING]:
        _propose(theirs, study, quote, quote.words.text)
    for quote in plain[WAITING : WAITING + 1]:
        _propose(mine, study, quote, quote.words.text)
    for quote in plain[WAITING + 1 : WAITING + 2]:
        _decide(theirs, study, _propose(mine, study, quote, quote.words.text), approve=False, reason=REASON)


def _propose(work: Work, study: Study, quote: Quote, body: str) -> int:
    return propose_quote(work, study, quote.words.rating_id, body, seen=quote.live_id).id or 0


def _decide(work: Work, study: Study, edit: int, *, approve: bool, reason: str = "") -> None:
    decide_quote(work, study, edit, approve=approve, reason=reason)
