"""What people said per step: the good and bad points from the themes of their words, and approved quotes.

Managers read the points and the list of quotes of the published batch; a quote of which the consent or the approval
ended since is left out at once (rules, 32-34).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.models import Batch, Study
from journey.rating.queries import Answer, list_answers
from journey.rating.quotes import list_approved
from journey.rating.themes import TONES, Theme, list_quote_themes, list_themes
from journey.report.behind import Behind, Everybody, Marker, step_voices
from journey.report.figures import NOTHING_PUBLISHED, OPINIONS, CountedRow, disclosed, verdict, why_hidden
from journey.report.queries import find_batch, list_routes, sees_live
from journey.rules.disclosure import Renewal, batch_due, renewal
from journey.rules.ratings import Subject
from journey.web.i18n import gettext as _
from journey.work import Work

MOST_POINTS = 5
MOST_QUOTES = 6
# A point that one person named is that person's; managers see what at least two said (docs/decisions.md).
NAMED_BY = 2

Key = tuple[str, str]
Step = dict[str, Any]
NOBODY: Step = {"n": 0, "rows": {}, "themes": {}, "people": {}, "quotes": []}


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
    codebook = list_themes(work, study)
    texts = {quote.live_id: quote.edit.body for quote in list_approved(work, study) if quote.edit}
    if sees_live(work):
        counted = _count(work, study, Marker(work, study))
        return {
            key: _shown(counted.get(key, NOBODY), counted.get(key, NOBODY)["n"], codebook, texts, least=1)
            for key in dict.fromkeys([*keys, *counted])
        }
    batch = find_batch(work, study)
    stored = _stored(batch)
    if batch is None or not stored:
        return dict.fromkeys(keys, StepVoices(shown=False, reason=_(NOTHING_PUBLISHED)))
    rows: dict[Key, list[CountedRow]] = defaultdict(list)
    for data in batch.figures:
        row = CountedRow.from_json(data)
        rows[row.route, row.step].append(row)
    return {
        key: _published(rows[key], stored.get(key, NOBODY), codebook, texts, study.minimum_group)
        for key in dict.fromkeys([*keys, *stored])
    }


def collect_voices(
    work: Work, study: Study, earlier: Sequence[tuple[Batch, Everybody]] = (), *, force: bool = False
) -> tuple[dict[str, Any], Everybody]:
    """What a batch keeps, before hiding: per (route, step) how many people per theme, and the ids of approved quotes;
    and apart from it who is behind it.

    The themes of a step move as its bars do, when those of enough people changed since each earlier batch; `force` at
    the closing of a study. Quotes do not wait for that: each was made unrecognisable and read by two.
    """
    before = [_with_people(batch, everybody) for batch, everybody in earlier]
    now = _count(work, study, Marker(work, study))
    for key, step in now.items():
        looks = [one[key]["people"] for one in before if key in one and one[key]["people"] is not None]
        decided = Renewal.renew if force else renewal(looks, step["people"], study.batch_size)
        if decided is Renewal.keep:
            step["themes"], step["people"] = _last_look(before, key)
        elif decided is Renewal.withhold:
            step["themes"], step["people"], step["withheld"] = {}, None, True
        elif any(n < study.minimum_group for n in step["rows"].values()):
            step["people"] = None
    people = {key: step.pop("people") for key, step in now.items()}
    seen = {step_voices(key): Behind(who) for key, who in people.items() if who is not None}
    return {"steps": [{**step, "route": route, "step": name} for (route, name), step in now.items()]}, seen


def voices_due(work: Work, study: Study, last: Batch | None) -> bool:
    """Whether there are quotes to publish when no rating changed: of enough people, or after the closing of any: what
    is approved then tells nothing of who was heard lately.
    """
    known = {edit for step in _stored(last).values() for edit in step["quotes"]}
    people = {one.words.participant_id for one in list_approved(work, study) if one.live_id not in known}
    return bool(people) if study.closed_at else batch_due(len(people), study.batch_size)


def _stored(batch: Batch | None) -> dict[Key, Step]:
    """The voices of a batch; none in one from before there were any."""
    stored = batch.breakdowns.get("voices") if batch else None
    return {(step["route"], step["step"]): step for step in (stored or {}).get("steps", ())}


def _with_people(batch: Batch, everybody: Everybody) -> dict[Key, Step]:
    """As the next batch needs it."""
    behind = {key: everybody.get(step_voices(key)) for key in _stored(batch)}
    return {
        key: {**step, "people": None if (one := behind[key]) is None else dict(one.people)}
        for key, step in _stored(batch).items()
    }


def _last_look(earlier: Sequence[Mapping[Key, Step]], key: Key) -> tuple[dict[str, int], dict[str, str]]:
    """The themes of a step as managers saw them last."""
    step = next(one[key] for one in reversed(earlier) if key in one and one[key]["people"] is not None)
    return step["themes"], step["people"]


def _count(work: Work, study: Study, marker: Marker) -> dict[Key, Step]:
    """Per (route, step): N of the step, N of each subject, people per theme, whose words these are, ids of quotes."""
    answers = list_answers(work, study)
    routes = {(one.participant_id, one.step): one.route for one in answers}
    asked = {(route.id, step.id): step.rates for route in list_routes(work, study) for step in route.steps}
    opinions = _opinions(answers)
    named: dict[Key, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for given in list_quote_themes(work, study):
        route = routes.get((given.participant_id, given.step))
        if route is not None:
            named[route, given.step][given.theme].add(given.participant_id)
    quoted: dict[Key, list[int | None]] = defaultdict(list)
    for quote in list_approved(work, study):
        route = routes[quote.words.participant_id, quote.words.step]
        quoted[route, quote.words.step].append(quote.live_id)
    steps = {}
    for key in dict.fromkeys([*asked, *named, *quoted]):
        about, rates = opinions[key], asked.get(key, ())
        main = about["step" if "step" in rates or not rates else rates[0]]
        themes = {code: who & main for code, who in named[key].items() if who & main}
        steps[key] = {
            "n": len(main),
            "rows": {subject: len(who) for subject, who in about.items() if who},
            "themes": {code: len(who) for code, who in themes.items()},
            "people": _marks(marker, key, themes),
            "quotes": quoted[key],
        }
    return steps


def _marks(marker: Marker, key: Key, themes: Mapping[str, set[int]]) -> dict[str, str]:
    """Person -> mark of their themes."""
    given: dict[int, list[str]] = defaultdict(list)
    for code in sorted(themes):
        for person in themes[code]:
            given[person].append(code)
    return {
        str(person): marker.of(person, repr((person, key, codes)), "voices")
        for person, codes in given.items()
    }


def _opinions(answers: Iterable[Answer]) -> dict[Key, dict[str, set[int]]]:
    """Who gave an opinion about the step and about its staff, per (route, step)."""
    found: dict[Key, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for answer in answers:
        if answer.value in OPINIONS:
            found[answer.route, answer.step][answer.subject].add(answer.participant_id)
    return found


def _published(
    rows: Sequence[CountedRow],
    step: Step,
    codebook: Sequence[Theme],
    texts: Mapping[int | None, str],
    minimum: int,
) -> StepVoices:
    """One step as a manager sees it. Words are about the step and its staff together, so a bar of either that is
    hidden hides them, with its reason.
    """
    asked = [row for row in rows if row.n or row.withheld] or list(rows[:1])
    hidden = next((bar for bar in (disclosed(row, minimum) for row in asked) if not bar.shown), None)
    if hidden is not None:
        return StepVoices(shown=False, reason=hidden.reason)
    if step.get("withheld"):
        return StepVoices(shown=False, reason=why_hidden(verdict(minimum, minimum, True)))
    main = next((row.n for row in asked if row.subject == Subject.step), asked[0].n if asked else 0)
    return _shown(step, main, codebook, texts, least=NAMED_BY)


def _shown(
    step: Step, of: int, codebook: Sequence[Theme], texts: Mapping[int | None, str], *, least: int
) -> StepVoices:
    """Points that `least` people named, of the `of` people with an opinion, and the quotes that may still appear."""
    named = [(theme, min(step["themes"].get(theme.code, 0), of)) for theme in codebook]
    good, bad = (
        _top(
            Point(theme.name, people, of) for theme, people in named if theme.tone == tone and people >= least
        )
        for tone in TONES
    )
    quotes = sorted((texts[edit] for edit in step["quotes"] if edit in texts), key=_shuffled)
    return StepVoices(good, bad, tuple(quotes[:MOST_QUOTES]))


def _top(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: -point.people)[:MOST_POINTS])


def _shuffled(text: str) -> bytes:
    """The same place every time, whoever said it and whenever."""
    return hashlib.sha256(text.encode()).digest()
