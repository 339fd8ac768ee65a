"""The codebook of a study, and the themes that words were given: one per tap, on or off.

The words of somebody who took them back from a step on are in no count (rules, 32).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlmodel import col, select

from journey.audit.service import record_act
from journey.models import Participant, QuoteTheme, Study, stored_id
from journey.models import Theme as AddedTheme
from journey.participant.queries import get_journey, refuse_if_gone
from journey.rating.queries import list_set_aside
from journey.resources import folder
from journey.route.queries import get_definition
from journey.rules.errors import Conflict, Invalid
from journey.rules.ratings import Subject
from journey.work import Work

TONES = ("good", "bad")
LONGEST_NAME = 120


@dataclass(frozen=True)
class Theme:
    """A code for words. `tone` is good or bad; `own` tells that the study added it itself."""

    code: str
    name: str
    tone: str
    own: bool = False


@dataclass(frozen=True)
class ThemeCount:
    """How often a theme was given: to the words of `people` people, about `steps` (id -> times)."""

    theme: Theme
    times: int
    people: int
    steps: dict[str, int]


@cache
def list_shared_themes() -> tuple[Theme, ...]:
    """What every study begins with, `seeds/themes.toml`."""
    data = tomllib.loads((folder("seeds") / "themes.toml").read_text(encoding="utf-8"))
    return tuple(Theme(row["id"], row["name"], row["tone"]) for row in data["themes"])


def list_themes(work: Work, study: Study) -> tuple[Theme, ...]:
    """The codebook of a study: the shared themes, then its own in the order of adding."""
    statement = select(AddedTheme).where(AddedTheme.study_id == study.id).order_by(col(AddedTheme.id))
    own = [Theme(row.code, row.name, row.tone, own=True) for row in work.session.exec(statement).all()]
    return (*list_shared_themes(), *own)


def find_themes(work: Work, participant: Participant) -> dict[tuple[str, str], frozenset[str]]:
    """The codes given to one person's words, per (step, subject)."""
    rows = work.session.exec(select(QuoteTheme).where(QuoteTheme.participant_id == participant.id)).all()
    keys = {(row.step, row.subject) for row in rows}
    return {key: frozenset(row.theme for row in rows if (row.step, row.subject) == key) for key in keys}


def record_theme(
    work: Work, participant: Participant, step: str, subject: str, code: str, *, on: bool = True
) -> None:
    """Give a theme to the words about a step or its staff, or take it away; the same tap twice changes nothing.

    Invalid for a step that is not on the route, and for a theme that is not in the codebook.
    """
    refuse_if_gone(participant)
    found = get_definition(work, get_journey(work, participant).route_version_id).find_step(step)
    if found is None:
        raise Invalid("De stap %(step)s hoort niet bij deze route.", field="step", step=step)
    if subject not in tuple(Subject):
        raise Invalid("Deze keuze bestaat niet.", field="subject")
    put_theme(work, participant, step, subject, code, on=on)


def put_theme(
    work: Work, participant: Participant, step: str, subject: str, code: str, *, on: bool = True
) -> None:
    """The same for words that are known to be there, also of somebody who stopped and left what was said."""
    person = stored_id(participant)
    row = work.session.get(QuoteTheme, (person, step, subject, code))
    if (row is not None) == on:
        return
    if row is not None:
        work.session.delete(row)
    else:
        study = work.session.get_one(Study, participant.study_id)
        if code not in {theme.code for theme in list_themes(work, study)}:
            raise Invalid("Dit thema staat niet in het codeboek.", field="theme")
        work.session.add(
            QuoteTheme(
                participant_id=person,
                step=step,
                subject=subject,
                theme=code,
                recorded_by=work.actor.label,
                recorded_at=work.now,
            )
        )
    work.session.flush()
    record_act(work, "theme.record" if on else "theme.remove", f"{participant.code} {step} {subject}")


def add_theme(work: Work, study: Study, name: str, tone: str) -> AddedTheme:
    """A theme of this study alone; its code follows from its name. Conflict when there is one of that name."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("Vul dit in.", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid("Dit is te lang: hoogstens %(most)s tekens.", field="name", most=LONGEST_NAME)
    if tone not in TONES:
        raise Invalid("Maak een keuze.", field="tone")
    themes = list_themes(work, study)
    if name.casefold() in {theme.name.casefold() for theme in themes}:
        raise Conflict("Dit thema staat al in het codeboek.", field="name")
    row = AddedTheme(
        study_id=stored_id(study), code=_free_code(name, {one.code for one in themes}), name=name, tone=tone
    )
    work.session.add(row)
    work.session.flush()
    record_act(work, "theme.add", study.code)
    return row


def list_quote_themes(work: Work, study: Study, people: Any = None) -> list[QuoteTheme]:
    """The themes of a study that may be used, without those set aside with their words by a withdrawal; of some people,
    given as a query for their numbers."""
    given = (
        select(QuoteTheme)
        .join(Participant, col(Participant.id) == QuoteTheme.participant_id)
        .where(Participant.study_id == study.id)
        .order_by(QuoteTheme.step, QuoteTheme.subject, QuoteTheme.theme, col(QuoteTheme.participant_id))
    )
    if people is not None:
        given = given.where(col(QuoteTheme.participant_id).in_(people))
    rows = work.session.exec(given).all()
    aside = {one.participant_id: one.steps for one in list_set_aside(work, study)}
    return [row for row in rows if row.step not in aside.get(row.participant_id, frozenset())]


def count_themes(work: Work, study: Study) -> list[ThemeCount]:
    """The whole codebook with its use, the most used first, then in its own order."""
    given: dict[str, list[QuoteTheme]] = {}
    for row in list_quote_themes(work, study):
        given.setdefault(row.theme, []).append(row)
    counts = [_count(theme, given.get(theme.code, ())) for theme in list_themes(work, study)]
    return sorted(counts, key=lambda one: -one.times)


def _count(theme: Theme, rows: Sequence[QuoteTheme]) -> ThemeCount:
    steps = Counter(row.step for row in rows)
    return ThemeCount(theme, len(rows), len({row.participant_id for row in rows}), dict(steps))


def _free_code(name: str, taken: set[str]) -> str:
    """Letters and digits of the name with hyphens, `own-` in front; a number behind it when it is taken."""
    plain = "own-" + (re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "theme")
    number, code = 1, plain
    while code in taken:
        number += 1
        code = f"{plain}-{number}"
    return code
