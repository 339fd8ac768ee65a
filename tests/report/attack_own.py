"""The same attacker against everything else that a manager gets of participants: lead times per route and measure, the
grades and statements of closing interviews, who took part, and who is missed.

People come, go further, change what they said and go; batches are made by the code that makes them, and read by the
code that shows them. The attacker knows for each number exactly whose facts are in it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace
from typing import Any, cast

from journey.models import Batch, Study
from journey.progress.trips import Trip
from journey.rating.queries import ClosingAnswer
from journey.report import own_counts, own_times
from journey.report.behind import Behind, Everybody, Marker
from journey.report.figures import GRADES, count_closing, show_closing
from journey.report.missed import disclosed_missed
from journey.route.definition import RouteDefinition, Step
from journey.rules.disclosure_parts import Splitting
from journey.rules.leadtimes import Case
from tests.report.attack import FIRST, _derived, _told

STEPS = ("balie", "workshop", "aanvraag", "besluit")
STARTS = {"balie": ("gate", "total"), "aanvraag": ("application",)}
ENDS = {"workshop": ("gate",), "besluit": ("application", "total")}
STATEMENTS = ("friendly", "expert")
LANGUAGES = ("nl", "nl", "nl", "ar", "tr")


def _route(name: str) -> RouteDefinition:
    steps = tuple(
        Step(step, step, "", None, None, (), "deciding", starts=STARTS.get(step, ()), ends=ENDS.get(step, ()))
        for step in STEPS
    )
    return RouteDefinition(name, 1, name, "", steps)


ROUTES = {name: _route(name) for name in ("groot", "klein")}

# One person's part in one number: another value is another atom.
Atoms = frozenset[tuple[int, str]]
# Family of numbers -> (batch, scope, whose facts are in a number that was shown). A scope is a route, all, or a group.
Shown = dict[str, list[tuple[int, str, Atoms]]]


def mark(person: int, what: Sequence[Any]) -> str:
    return f"{person} {what}"


@dataclass
class Somebody:
    route: str
    language: str
    days: dict[str, date]
    left_on: date | None = None
    answered: bool = False
    calls: tuple[int, int] = (0, 0)
    form_offered: date | None = None
    handovers: int = 0
    closing: dict[str, Any] | None = None


@dataclass
class World:
    dice: random.Random
    week: int = 0
    next_person: int = 1
    people: dict[int, Somebody] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    refused: int = 0

    @property
    def today(self) -> date:
        return FIRST + timedelta(weeks=self.week)

    def live(self) -> None:
        self.week += self.dice.randint(1, 5)
        for _new in range(self.dice.choice((0, 1, 2, 5, 8, 14, 25))):
            route = "groot" if self.dice.random() < 0.75 else "klein"
            begun = self.today - timedelta(days=self.dice.randint(5, 60))
            self.people[self.next_person] = Somebody(route, self.dice.choice(LANGUAGES), {"balie": begun})
            self.next_person += 1
        self.refused += self.dice.choice((0, 0, 1, 4, 7))
        busy = self.dice.random()
        for person in self.people.values():
            if self.dice.random() < busy:
                self._go_on(person)
        for key in self.dice.sample(
            sorted(self.people), min(len(self.people), self.dice.choice((0, 0, 0, 1, 2, 6)))
        ):
            del self.people[key]
            self.erased.add(key)

    def _go_on(self, person: Somebody) -> None:
        dice, last = self.dice, max(person.days.values())
        waiting = [step for step in STEPS if step not in person.days]
        if waiting and person.left_on is None and dice.random() < 0.7:
            person.days[waiting[0]] = min(self.today, last + timedelta(days=dice.randint(0, 30)))
        elif person.left_on is None and waiting and dice.random() < 0.2:
            person.left_on = self.today
        person.answered = person.answered or dice.random() < 0.5
        person.calls = (person.calls[0] + dice.randint(0, 2), person.calls[1] + dice.randint(0, 1))
        if person.form_offered is None and dice.random() < 0.4:
            person.form_offered = person.days["balie"] + timedelta(days=dice.randint(0, 9))
        person.handovers += dice.random() < 0.2
        if "besluit" in person.days and dice.random() < 0.5:
            person.closing = {
                "grade": dice.choice((None, 60, 65, 70)),
                "grade_desk": dice.choice((None, None, 50)),
                "grade_case_manager": None,
                "statements": {
                    one: dice.choice(("agree", "neutral")) for one in STATEMENTS if dice.random() < 0.6
                },
            }

    # --- what the product counts with -----------------------------------------------------------

    def trips(self) -> list[Trip]:
        return [self._trip(key, person) for key, person in sorted(self.people.items())]

    def _trip(self, key: int, person: Somebody) -> Trip:
        received, sent = person.days.get("aanvraag"), person.days.get("besluit")
        case = Case(
            desk_visit=person.days["balie"],
            workshop=person.days.get("workshop"),
            received=received,
            sent=sent,
            last_day=received + timedelta(days=25) if received else None,
            left_on=None if sent else person.left_on,
        )
        return Trip(
            key,
            ROUTES[person.route],
            dict(person.days),
            case,
            None,
            handovers=person.handovers,
            form_offered=person.form_offered,
        )

    def interviews(self) -> list[ClosingAnswer]:
        return [
            cast(ClosingAnswer, SimpleNamespace(participant_id=key, **person.closing))
            for key, person in sorted(self.people.items())
            if person.closing
        ]

    def cohort(self) -> own_counts.Cohort:
        rows: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for person in self.people.values():
            rows[person.language][0] += 1
            rows[person.language][1] += person.answered
        languages = [
            {"key": key, "approached": None, "enrolled": all_of, "answered": told}
            for key, (all_of, told) in sorted(rows.items())
        ]
        return own_counts.Cohort(
            routes={key: person.route for key, person in self.people.items()},
            answered={key for key, person in self.people.items() if person.answered},
            calls={key: person.calls for key, person in self.people.items() if any(person.calls)},
            refused=self.refused,
            groups={"languages": languages},
        )


@dataclass
class Publisher:
    """Makes batches as the nightly job does, and keeps for each measure whose facts were in it when it last moved."""

    world: World
    splitting: Splitting
    earlier: list[tuple[Batch, Everybody]] = field(default_factory=list)
    truth: dict[str, Behind] = field(default_factory=dict)
    languages: dict[str, dict[str, Atoms]] = field(default_factory=dict)
    split_at: int = 0

    def publish(self) -> Batch:
        self._forget()
        world, marker = self.world, cast(Marker, mark)
        day, answers = world.today, world.interviews()
        now = own_times.count_times(world.trips(), {key: key for key in world.people}, day, marker)
        times, travelled = own_times.renew_times(now, self.earlier, self.splitting.batch_size)
        closing, spoke = own_counts.renew_closing(
            count_closing(answers, STATEMENTS), answers, marker, self.earlier, self.splitting
        )
        cohort = world.cohort()
        method, missed, took_part = own_counts.renew_method(cohort, marker, self.earlier, self.splitting)
        batch = Batch(
            study_id=1,
            number=len(self.earlier) + 1,
            as_of=day,
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
            published_by="",
            figures=[],
            breakdowns={"missed": missed},
            closing=vars(closing),
            method=method,
            lead_times={"as_of": day.isoformat(), "measures": own_times.store_times(times)},
        )
        everybody = {**travelled, **spoke, **took_part}
        batch.counted = {measure: behind.sizes for measure, behind in everybody.items()}
        self.earlier.append((batch, everybody))
        self.truth.update(everybody)
        if missed and missed["languages"] == cohort.groups["languages"]:
            self.languages, self.split_at = self._by_language(), len(self.earlier)
        return batch

    def _forget(self) -> None:
        """Of who was erased no mark is left, in no batch: only how many there were."""
        gone = {str(one) for one in self.world.erased}
        for place, (batch, everybody) in enumerate(self.earlier):
            left = {
                measure: Behind(
                    {one: what for one, what in behind.people.items() if one not in gone and one.isdecimal()},
                    [one for one in behind.spoken if one not in gone and one.isdecimal()],
                ).with_gone(batch.counted[measure])
                for measure, behind in everybody.items()
            }
            self.earlier[place] = (batch, left)

    def _by_language(self) -> dict[str, dict[str, Atoms]]:
        found: dict[str, dict[str, Atoms]] = {"took_part": {}, "answered": {}}
        for language in set(LANGUAGES):
            own = [(key, one) for key, one in self.world.people.items() if one.language == language]
            found["took_part"][language] = frozenset((key, "in") for key, _one in own)
            found["answered"][language] = frozenset((key, "in") for key, one in own if one.answered)
        return found


def shown_of(seed: int, minimum: int, batch_size: int = 5) -> Shown:
    """All that a manager ever got of a random study, as whose facts are in it."""
    world = World(random.Random(seed))
    publisher = Publisher(world, Splitting(minimum, batch_size))
    shown: Shown = defaultdict(list)
    for number in range(world.dice.randint(2, 6)):
        world.live()
        if not world.people:
            continue
        batch = publisher.publish()
        study = cast(Study, SimpleNamespace(minimum_group=minimum))
        for family, scope, atoms in (
            *_times(publisher, batch, study),
            *_closing(publisher, batch, minimum),
            *_method(publisher, batch, minimum),
        ):
            shown[family].append((number, scope, atoms))
    return shown


def _atoms(people: Mapping[str, str]) -> Atoms:
    """The mark begins with who it is of; what follows is what is told of that person."""
    return frozenset((int(what.split()[0]), what.partition(" ")[2]) for what in people.values() if what)


def _times(publisher: Publisher, batch: Batch, study: Study) -> Iterator[tuple[str, str, Atoms]]:
    for route in (None, *ROUTES):
        routes = [one for name, one in ROUTES.items() if route in (None, name)]
        seen = own_times.published_times(batch, study, routes, route)
        measured = {name: getattr(seen.times, name) for name in own_times.MEASURES}
        measured |= {f"pair:{pair.from_step}>{pair.to_step}": pair.time for pair in seen.times.pairs}
        if seen.form:
            measured[own_times.FORM] = seen.form
        for measure, time in measured.items():
            if not time.shown:
                assert (time.n, time.open, time.mean, time.max, time.curve) == (None, None, None, None, ())
                continue
            behind = _behind(publisher, measure, route)
            ended = _atoms({key: what for one in behind for key, what in one.only(True).items()})
            others = _atoms({key: what for one in behind for key, what in one.only(False).items()})
            assert (time.n, time.cases) == (len(ended), len(ended) + len(others)), "the attacker misreads"
            yield f"{measure} ended", route or "", ended
            yield f"{measure} whole", route or "", ended | others
            yield f"{measure} unfinished", route or "", others
        for told, measure in (
            (seen.times.application.within_limit, own_times.LIMIT),
            (seen.handovers, own_times.HANDOVERS),
        ):
            if told is not None:
                behind = _behind(publisher, measure, route)
                yield (
                    f"{measure} ended",
                    route or "",
                    _atoms({key: what for one in behind for key, what in one.people.items()}),
                )


def _behind(publisher: Publisher, measure: str, route: str | None) -> list[Behind]:
    places = [own_times.name((name, measure)) for name in ROUTES if route in (None, name)]
    return [publisher.truth[place] for place in places if place in publisher.truth]


def _closing(publisher: Publisher, batch: Batch, minimum: int) -> Iterator[tuple[str, str, Atoms]]:
    from journey.report.figures import CountedClosing

    seen = show_closing(CountedClosing.from_json(batch.closing), minimum)
    told: dict[str, object] = {"n": seen.n, **{f"{name}": getattr(seen, f"{name}_mean") for name in GRADES}}
    told |= {row.id: row.n for row in seen.statements}
    for measure, value in told.items():
        if value is not None:
            place = f"closing/{measure}"
            assert place in publisher.earlier[-1][1], f"{measure} is shown and nobody is behind it"
            yield place, "", _atoms(publisher.truth[place].people)


def _method(publisher: Publisher, batch: Batch, minimum: int) -> Iterator[tuple[str, str, Atoms]]:
    seen = own_counts.seen_method(batch, None, minimum)
    if seen is None:
        return
    behind = publisher.truth[own_counts.SUM]
    everybody = frozenset((int(key), "in") for key in behind.people)
    spoke = frozenset((int(key), "in") for key in behind.spoken)
    assert seen.counts["took_part"] == len(everybody), "the attacker misreads"
    yield "took part", "", everybody
    for route in ROUTES:  # a bar says how many of a route took part, when that may be said
        known = publisher.truth.get(f"method/{route}")
        on_route = everybody & {(int(key), "in") for key in (known.people if known else ())}
        if len(on_route) >= minimum:
            yield "took part", route, on_route
    if "answered" in seen.counts:
        yield "answered", "", spoke
    if seen.counts.get("attempts") is not None:
        yield "calls", "", _atoms(publisher.truth[own_counts.CALLS].people)
    # A split that stands since an earlier batch belongs to that look: beside its newer sum it is one more difference
    # between two looks, which has its own rule.
    missed = batch.breakdowns["missed"]
    if missed and publisher.split_at == batch.number:
        for group in disclosed_missed("languages", missed["languages"], minimum).groups:
            for family, name in (("took part", "took_part"), ("answered", "answered")):
                parts = (publisher.languages[name].get(key, frozenset()) for key in group.keys)
                yield family, str(group.keys), frozenset().union(*parts)


def find_small(shown: Shown, minimum: int, batch_size: int = 5) -> list[str]:
    """Every group of a few people that follows from what was shown; empty is what we promise."""
    return [
        f"{family}: {found}"
        for family, sets in shown.items()
        for found in _solve(family, sets, minimum, batch_size)
    ]


def _solve(
    family: str, sets: Sequence[tuple[int, str, Atoms]], minimum: int, batch_size: int
) -> Iterator[str]:
    every = list(dict.fromkeys(atoms for _batch, _scope, atoms in sets))
    if not family.endswith("unfinished"):
        for batch in {batch for batch, _scope, _atoms_of in sets}:
            small = _derived([one for at, _scope, one in sets if at == batch], minimum)
            yield from (f"{size} in one look" for size in small)
        yield from (f"{size} over looks" for size in _derived(every, min(minimum, batch_size)))
    scopes = {(scope, atoms) for _batch, scope, atoms in sets}
    for (of, one), (to, other) in combinations(sorted(scopes, key=repr), 2):
        # Two scopes that only overlap say nothing of who is in both.
        if of != to and not (one <= other or other <= one):
            continue
        people = {person for person, _what in one ^ other}
        # A cell of a distribution that is shown is no find: nor is its whole less all other cells.
        if family.endswith("unfinished") and one ^ other in every:
            continue
        if 0 < len(people) < min(minimum, batch_size) and _told(one) != _told(other):
            yield f"{len(people)} between two looks"
