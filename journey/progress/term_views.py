"""The public term calculator: the rules of `journey term` and `journey reliability` on pages that explain their answer.

GET only and for everyone: the address is the whole state, nothing is stored and nothing is logged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Response

from journey.auth.access import Everyone
from journey.progress import term_others as others
from journey.progress.term_answers import Answer
from journey.progress.term_decision import decision_answer
from journey.progress.term_forms import (
    MOST_ROWS,
    Question,
    Row,
    TermForm,
    read_decision,
    read_question,
)
from journey.rules.calendar import DECREES, known_years
from journey.rules.wording import msgid
from journey.web.i18n import gettext as _
from journey.web.templating import render
from journey.web.visit import NavigationItem, UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)

PAGES: Final = (
    ("/termijn", msgid("Beslistermijn")),
    ("/termijn/bezwaar", msgid("Bezwaar")),
    ("/termijn/voorschot", msgid("Voorschot")),
    ("/termijn/jongeren", msgid("Jongeren")),
    ("/termijn/ww", msgid("Na WW")),
    ("/termijn/dwangsom", msgid("Dwangsom")),
    ("/termijn/betrouwbaarheid", msgid("Betrouwbaarheid")),
)
LARGEST_NUMBER: Final = 10**12 - 1


@dataclass(frozen=True)
class Decrees:
    """Which years of days equated with a holiday are loaded, and where they were published."""

    years: str
    sources: str


@dataclass(frozen=True)
class TermPage:
    """`answer` is None until there is something to answer; `rows` only stand on the page of the decision clock."""

    form: TermForm
    unknown: tuple[str, ...]
    answer: Answer | None
    tabs: tuple[NavigationItem, ...]
    decrees: Decrees
    rows: tuple[Row, ...] = ()
    most_rows: int = MOST_ROWS


@router.get("/termijn")
def decision(visit: Everyone) -> Response:
    question = read_decision(visit.request.query_params.multi_items(), visit.today)
    clock, facts = question.clock, question.facts
    answer = decision_answer(facts, clock) if clock and facts else None
    return _show(visit, "decision", question, answer, question.rows)


@router.get("/termijn/bezwaar")
def objection(visit: Everyone) -> Response:
    question = _question(visit, "sent")
    sent = _asked_day(question, "sent")
    return _answered(visit, "objection", question, lambda: others.objection(sent) if sent else None)


@router.get("/termijn/voorschot")
def advance(visit: Everyone) -> Response:
    question = _question(visit, "received")
    received = _asked_day(question, "received")
    return _answered(visit, "advance", question, lambda: others.advance(received) if received else None)


@router.get("/termijn/jongeren")
def youth(visit: Everyone) -> Response:
    question = _question(visit, "reported", "someone_27", "exception", "waived")
    form = question.form
    reported, waived = _asked_day(question, "reported"), form.day("waived")

    def answer() -> Answer | None:
        if reported is None:
            return None
        someone_27, exception = form.checked("someone_27"), form.checked("exception")
        return others.youth(reported, someone_27=someone_27, exception=exception, waived=waived)

    return _answered(visit, "youth", question, answer)


@router.get("/termijn/ww")
def ww(visit: Everyone) -> Response:
    question = _question(visit, "ends")
    ends = _asked_day(question, "ends")
    return _answered(visit, "ww", question, lambda: others.ww(ends) if ends else None)


@router.get("/termijn/dwangsom")
def penalty(visit: Everyone) -> Response:
    question = _question(visit, "last_day", "notice", "sent")
    last_day, notice = _asked_day(question, "last_day"), _asked_day(question, "notice")
    sent = question.form.day("sent")
    return _answered(
        visit,
        "penalty",
        question,
        lambda: others.penalty(last_day, notice, sent) if last_day and notice else None,
    )


@router.get("/termijn/betrouwbaarheid")
def reliability(visit: Everyone) -> Response:
    question = _question(visit, "n", "population")
    n, population = _asked_number(question, "n"), _asked_number(question, "population")
    return _answered(
        visit,
        "reliability",
        question,
        lambda: others.reliability(n, population) if n and population else None,
    )


def _question(visit: Visit, *names: str) -> Question:
    return read_question(visit.request.query_params.multi_items(), names)


def _asked_day(question: Question, name: str) -> date | None:
    """Required once anything was asked; the first look at a page finds no fault."""
    return question.form.day(name, required=question.asked)


def _asked_number(question: Question, name: str) -> int | None:
    return question.form.whole(name, least=1, most=LARGEST_NUMBER, required=question.asked)


def _answered(visit: Visit, name: str, question: Question, answer: Callable[[], Answer | None]) -> Response:
    """The page with its answer, or with what the rules refuse at its field."""
    found = None
    if question.form.ok:
        with question.form.refusals(lambda refusal: refusal.field or ""):
            found = answer()
    return _show(visit, name, question, found)


def _show(
    visit: Visit, name: str, question: Question, answer: Answer | None, rows: tuple[Row, ...] = ()
) -> Response:
    tabs = tuple(NavigationItem(href, _(label), visit.path == href) for href, label in PAGES)
    page = TermPage(question.form, question.unknown, answer, tabs, _decrees(), rows)
    return render(visit, f"progress/{name}.html", page, status=200 if question.form.ok else 422)


def _decrees() -> Decrees:
    spans = (_("%(first)s tot en met %(last)s", first=first, last=last) for first, last in known_years())
    return Decrees(_(" en ").join(spans), "; ".join(DECREES))
