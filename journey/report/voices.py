"""What people said per step: the good and bad points from the themes of their words, and approved quotes.

Managers read the points and the list of quotes of the published batch; a quote of which the consent or the approval
ended since is left out at once (rules, 32-34).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journey.models import Batch, Study
from journey.rating.queries import Answer, list_answers
from journey.rating.quotes import Quote, list_approved
from journey.rating.themes import list_quote_themes, list_themes
from journey.report.figures import NOTHING_PUBLISHED, OPINIONS, verdict, why_hidden
from journey.report.queries import find_batch, list_routes, sees_live
from journey.rules.disclosure import batch_due, changed_people
from journey.web.i18n import gettext as _
from journey.work import Work

MOST_POINTS = 5
MOST_QUOTES = 6
# A point that one person named is that person's; managers see what at least two said (docs/decisions.md).
NAMED_BY = 2

Key = tuple[str, str]


@dataclass(frozen=True)
class Point:
    """A theme and how many of the `of` people with an opinion about the step named it."""

    name: str
    people: int
    of: int


@dataclass(frozen=True)
class StepVoices:
    """Points by how many named them, quotes in an order that says nothing of the people; hidden with a reason."""

    good: tuple[Point, ...] = ()
    bad: tuple[Point, ...] = ()
    quotes: tuple[str, ...] = ()
    shown: bool = True
    reason: str | None = None

    @property
    def any(self) -> bool:
        return bool(self.good or self.bad or self.quotes)


def voices(work: Work, study: Study) -> Mapping[Key, StepVoices]:
    """Per (route, step), in the order of the routes, also where nobody said anything. Researchers see them live,
    everybody else as published.
    """
    keys = [(route.id, step.id) for route in list_routes(work, study) for step in route.steps]
    live = sees_live(work)
    if live:
        stored = _count(work, study)
    else:
        batch = find_batch(work, study)
        stored = (batch.breakdowns.get("voices") if batch else None) or {}
        if not stored:
            hidden = StepVoices(shown=False, reason=_(NOTHING_PUBLISHED))
            return dict.fromkeys(keys, hidden)
    steps = {(row["route"], row["step"]): row for row in stored["steps"]}
    names = {theme.code: (theme.tone, theme.name) for theme in list_themes(work, study)}
    texts = {quote.live_id: quote.edit.body for quote in list_approved(work, study) if quote.edit}
    return {
        key: _shown(steps[key], names, texts, 0 if live else study.minimum_group)
        if key in steps
        else StepVoices()
        for key in dict.fromkeys([*keys, *steps])
    }


def collect_voices(
    work: Work, study: Study, last: Batch | None = None, *, force: bool = False
) -> dict[str, Any]:
    """What a batch keeps, before hiding: per (route, step) how many people per theme and the ids of approved quotes.

    With the `last` batch they are renewed only when the words of enough people changed, as lead times are: five new
    ratings must not bring the one new theme of somebody else with them.
    """
    before = last.breakdowns.get("voices") if last else None
    counted = _count(work, study)
    changed = changed_people(before["people"] if before else {}, counted["people"])
    if before and not force and not batch_due(changed, study.batch_size):
        return dict(before)
    return counted


def voices_due(work: Work, study: Study, last: Batch | None) -> bool:
    """Whether the words of enough people changed since the last batch for a new one, when no rating did."""
    before = last.breakdowns.get("voices") if last else None
    people = _count(work, study)["people"]
    return batch_due(changed_people(before["people"] if before else {}, people), study.batch_size)


def _count(work: Work, study: Study) -> dict[str, Any]:
    answers = list_answers(work, study)
    routes = {(one.participant_id, one.step): one.route for one in answers}
    asked = {(route.id, step.id): step.rates for route in list_routes(work, study) for step in route.steps}
    opinions = _opinions(answers)
    named: dict[Key, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    people: dict[int, list[Any]] = defaultdict(list)
    for given in list_quote_themes(work, study):
        route = routes.get((given.participant_id, given.step))
        if route is not None:
            named[route, given.step][given.theme].add(given.participant_id)
            people[given.participant_id].append([given.step, given.subject, given.theme])
    quoted: dict[Key, list[Quote]] = defaultdict(list)
    for quote in list_approved(work, study):
        place = quote.words.participant_id, quote.words.step
        quoted[routes[place], quote.words.step].append(quote)
        people[quote.words.participant_id].append([quote.words.step, quote.words.subject, quote.live_id])
    steps = []
    for key in dict.fromkeys([*asked, *named, *quoted]):
        about, rates = opinions[key], asked.get(key, ())
        main = about["step" if "step" in rates or not rates else rates[0]]
        steps.append(
            {
                "route": key[0],
                "step": key[1],
                "n": len(main),
                "rows": {subject: len(who) for subject, who in about.items() if who},
                "themes": {code: len(who & main) for code, who in named[key].items() if who & main},
                "quotes": [quote.live_id for quote in quoted[key]],
            }
        )
    return {
        "steps": steps,
        "people": {str(who): _fingerprint(work, who, what) for who, what in people.items()},
    }


def _opinions(answers: Iterable[Answer]) -> dict[Key, dict[str, set[int]]]:
    """Who gave an opinion about the step and about its staff, per (route, step)."""
    found: dict[Key, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for answer in answers:
        if answer.value in OPINIONS:
            found[answer.route, answer.step][answer.subject].add(answer.participant_id)
    return found


def _fingerprint(work: Work, person: int, what: list[Any]) -> str:
    """Keyed, so that nobody with the table alone can try out the few possible themes."""
    return work.vault.fingerprint(repr((person, sorted(what, key=repr))), "voices")[:32]


def _shown(
    row: Mapping[str, Any],
    names: Mapping[str, tuple[str, str]],
    texts: Mapping[int | None, str],
    minimum: int,
) -> StepVoices:
    """One step as someone sees it for whom groups below `minimum` are hidden; 0 hides nothing.

    Words are about the step and its staff together, so a small group in either of the two hides them.
    """
    if minimum:
        judged = verdict(min(row["rows"].values(), default=0), minimum)
        if not judged.shown:
            return StepVoices(shown=False, reason=why_hidden(judged))
    least = NAMED_BY if minimum else 1
    points: dict[str, list[Point]] = {"good": [], "bad": []}
    for code, (tone, name) in names.items():
        people = row["themes"].get(code, 0)
        if people >= least and tone in points:
            points[tone].append(Point(name, people, row["n"]))
    quotes = [texts[edit] for edit in row["quotes"] if edit in texts]
    return StepVoices(
        _top(points["good"]), _top(points["bad"]), tuple(sorted(quotes, key=_shuffled)[:MOST_QUOTES])
    )


def _top(points: list[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: -point.people)[:MOST_POINTS])


def _shuffled(text: str) -> bytes:
    """The same place every time, whoever said it and whenever."""
    return hashlib.sha256(text.encode()).digest()
