"""Random studies that go on for weeks, all a manager ever got of them, and an attacker who keeps every look and tries
to work out a small group from them.

The attacker is given more than anybody can have: for each number ever shown, exactly whose answers are in it. Whatever
sum or difference of shown numbers leaves a few people over counts as a find, also when nobody could know that it does.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from journey.rating.queries import Answer, SetAside
from journey.report.breakdowns import Breakdown, RowDetails, disclosed_detail
from journey.report.details import (
    CountedStudy,
    Renewing,
    count_details,
    day_of,
    people_by_row,
    renew_study,
)
from journey.report.figures import COUNTS, OPINIONS, FigureRow, Key, count_rows, disclosed
from journey.route.definition import RouteDefinition, Step
from journey.rules.disclosure import batch_due, changed_people
from journey.rules.disclosure_parts import Splitting
from journey.rules.ratings import Channel

STEPS = ("balie", "besluit")
FIRST = date(2026, 3, 2)
PRIME = 2**61 - 1

# One answer of one person as it counted in one look: another channel, day or value is another atom.
Atom = tuple[int, str]


def _route(name: str, rates: tuple[str, ...]) -> RouteDefinition:
    steps = tuple(Step(step, step, "", None, None, rates, "deciding") for step in STEPS)
    return RouteDefinition(name, 1, name, "", steps)


ROUTES = [_route("groot", ("step", "staff")), _route("klein", ("step",))]


@dataclass
class World:
    """Everybody who takes part, week by week."""

    dice: random.Random
    week: int = 0
    next_person: int = 1
    routes: dict[int, str] = field(default_factory=dict)
    answers: dict[tuple[int, str, str], Answer] = field(default_factory=dict)
    aside: dict[int, SetAside] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return FIRST + timedelta(weeks=self.week)

    def live(self) -> None:
        """One to five weeks: people come, change an answer, go."""
        self.week += self.dice.randint(1, 5)
        habits = [self.dice.random() + 0.05 for _channel in Channel]
        for _new in range(self.dice.choice((0, 1, 3, 5, 8, 14, 25))):
            person, self.next_person = self.next_person, self.next_person + 1
            self.routes[person] = "groot" if self.dice.random() < 0.75 else "klein"
            self._answer(person, habits, 0.85)
        for person in self.dice.sample(
            sorted(self.routes), min(len(self.routes), self.dice.choice((0, 0, 1, 4)))
        ):
            self._answer(person, habits, 0.4)
        for person in self.dice.sample(
            sorted(self.routes), min(len(self.routes), self.dice.choice((0, 0, 1, 2, 6)))
        ):
            self._withdraw(person)

    def _answer(self, person: int, habits: Sequence[float], eager: float) -> None:
        route = next(route for route in ROUTES if route.id == self.routes[person])
        for step in route.steps:
            for subject in step.rates:
                gone = person in self.aside and step.id in self.aside[person].steps
                if gone or self.dice.random() > eager:
                    continue
                value = self.dice.choice(("negative", "neutral", "neutral", "positive", "not_applicable"))
                channel = self.dice.choices(list(Channel), habits)[0]
                on = self.today - timedelta(days=self.dice.randint(0, 20))
                lag = self.dice.choice((None, 0, 3, 7, 20))
                self.answers[person, step.id, subject] = Answer(
                    person, f"H-{person}", route.id, step.id, subject, value, channel.value, on, lag, person
                )

    def _withdraw(self, person: int) -> None:
        """From the last step on, or everything."""
        gone = STEPS[1:] if self.dice.random() < 0.5 else STEPS
        for key in [key for key in self.answers if key[0] == person and key[1] in gone]:
            del self.answers[key]
        if gone == STEPS:
            del self.routes[person]
            self.aside.pop(person, None)
        else:
            self.aside[person] = SetAside(person, self.routes[person], frozenset(gone))


@dataclass(frozen=True)
class Look:
    """What a manager reads of one bar in one batch, and the truth behind it."""

    batch: int
    row: FigureRow
    details: RowDetails
    atoms: Mapping[Atom, Answer]

    @property
    def opinions(self) -> Mapping[Atom, Answer]:
        return {atom: one for atom, one in self.atoms.items() if one.value in OPINIONS}


def looks_of(seed: int, minimum: int, batch_size: int = 5) -> dict[Key, list[Look]]:
    """Every look a manager gets at a random study, per bar."""
    world = World(random.Random(seed))
    cut = FIRST + timedelta(days=world.dice.randint(10, 120))
    cuts = {(route.id, "balie", "step"): [cut] for route in ROUTES}
    batches: list[CountedStudy] = []
    found: dict[Key, list[Look]] = defaultdict(list)
    truth: dict[Key, dict[Atom, Answer]] = {}
    before: dict[str, str] = {}
    for _wave in range(world.dice.randint(2, 6)):
        world.live()
        answers, aside = list(world.answers.values()), list(world.aside.values())
        people = _people(answers, aside)
        if not batch_due(changed_people(before, people), batch_size):
            continue
        before = people
        rows = count_rows(ROUTES, answers, aside)
        now = CountedStudy(rows, count_details(rows, answers))
        rule = Renewing(Splitting(minimum, batch_size), world.today, cuts)
        batch = renew_study(now, people_by_row(answers, _fingerprint), batches, rule)
        batches.append(batch)
        for row in batch.rows:
            if row.kept_from is None:
                truth[row.key] = _atoms(answers, row.key)
            look = Look(
                len(batches),
                disclosed(row, minimum),
                disclosed_detail(row, batch.detail(row.key), minimum),
                truth[row.key],
            )
            found[row.key].append(look)
    return found


def _people(answers: Iterable[Answer], aside: Iterable[SetAside]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in answers:
        found[str(one.participant_id)].append(f"{one.step} {one.subject} {one.value}")
    for gone in aside:
        found[str(gone.participant_id)].append(f"aside {sorted(gone.steps)}")
    return {person: " ".join(sorted(what)) for person, what in found.items()}


def _fingerprint(person: int, what: object) -> str:
    return f"{person} {what}"


def _atoms(answers: Iterable[Answer], key: Key) -> dict[Atom, Answer]:
    return {
        (one.participant_id, f"{one.value} {one.channel} {day_of(one)}"): one
        for one in answers
        if (one.route, one.step, one.subject) == key
    }


# The number of a look, and whose opinions.
Sets = list[tuple[int, frozenset[Atom]]]


def find_recovered(looks: Sequence[Look], minimum: int, batch_size: int = 5) -> list[str]:
    """Every small group of one bar that follows from what was shown; empty is what we promise."""
    return [
        *_badly_hidden(looks, minimum),
        *(
            f"{family}: {found}"
            for family in ("by_channel", "by_period")
            for found in _solve(_sets(looks, family), minimum, batch_size)
        ),
        *(f"crossing: {size}" for look in looks for size in _crossings(look, minimum)),
    ]


def _badly_hidden(looks: Sequence[Look], minimum: int) -> Iterator[str]:
    """A number in what is hidden, or a part that is too small or is not what it says."""
    for look in looks:
        row = look.row
        if not row.shown:
            told = [getattr(row, name) for name in COUNTS] + [look.details.mean_recall_lag]
            if any(one is not None for one in told) or row.footnotes or look.details.intervals:
                yield "a number in a hidden row"
            if look.details.by_channel.parts or look.details.by_period.parts:
                yield "parts of a hidden row"
            continue
        if row.n != len(look.opinions) or row.asked != len(look.atoms) or row.n < minimum:
            yield "a row of too few people"
        for breakdown in (look.details.by_channel, look.details.by_period):
            if any(part.n < minimum for part in breakdown.parts):
                yield "a part of too few people"
            if breakdown.shown and sum(part.n for part in breakdown.parts) != row.n:
                yield "parts that are not the whole"


def _sets(looks: Sequence[Look], family: str) -> Sets:
    """All that was shown of a bar and its split in this family, as whose answers are in it."""
    found: Sets = []
    for look in looks:
        if not look.row.shown:
            continue
        found.append((look.batch, frozenset(look.opinions)))
        breakdown: Breakdown = getattr(look.details, family)
        keys = [part.key for part in breakdown.parts]
        for part in breakdown.parts:
            mine = frozenset(
                atom for atom, one in look.opinions.items() if _place(one, keys, family) == part.key
            )
            assert len(mine) == part.n, "the attacker misreads a part"
            found.append((look.batch, mine))
    return found


def _place(answer: Answer, keys: Sequence[str], family: str) -> str:
    if family == "by_channel":
        return next((key for key in keys if answer.channel in key.split("+")), "")
    return max(key for key in keys if key <= day_of(answer).isoformat())


def _solve(sets: Sets, minimum: int, batch_size: int) -> Iterator[str]:
    """Groups that follow by adding and subtracting: within one look those below the minimum, over several looks those
    of fewer people than a batch needs.
    """
    for batch in {batch for batch, _atoms_of in sets}:
        yield from (
            f"{size} in one look" for size in _derived([one for at, one in sets if at == batch], minimum)
        )
    batch_size = min(minimum, batch_size)
    every = list({one for _batch, one in sets})
    yield from (f"{size} over looks" for size in _derived(every, batch_size))
    for one, other in combinations(every, 2):
        people = {person for person, _what in one ^ other}
        if 0 < len(people) < batch_size and _told(one) != _told(other):
            yield f"{len(people)} between two looks"


def _told(atoms: Iterable[Atom]) -> Counter[str]:
    """What is shown of a group: equal numbers say nothing of who came and went."""
    return Counter(what.split()[0] for _person, what in atoms)


def _derived(sets: Sequence[frozenset[Atom]], below: int) -> Iterator[int]:
    """Sizes of groups of fewer than `below` people whose counts are a combination of these sets: every group of answers
    that are always together, and every two or three of these.
    """
    together: dict[tuple[bool, ...], set[Atom]] = defaultdict(set)
    for atom in frozenset().union(*sets):
        together[tuple(atom in one for one in sets)].add(atom)
    columns = list(together)
    basis = _echelon([[int(column[at]) for column in columns] for at in range(len(sets))])
    small = [at for at, column in enumerate(columns) if len(together[column]) < below]
    for size in (1, 2, 3):
        for chosen in combinations(small, size):
            people = {person for at in chosen for person, _what in together[columns[at]]}
            if len(people) < below and _spans(basis, [int(at in chosen) for at in range(len(columns))]):
                yield len(people)


def _echelon(rows: list[list[int]]) -> dict[int, list[int]]:
    """Rows in echelon form modulo a large prime, by their leading column."""
    basis: dict[int, list[int]] = {}
    for row in rows:
        rest = _reduce(basis, row)
        lead = next((at for at, value in enumerate(rest) if value), None)
        if lead is not None:
            inverse = pow(rest[lead], PRIME - 2, PRIME)
            basis[lead] = [value * inverse % PRIME for value in rest]
    return basis


def _reduce(basis: Mapping[int, list[int]], row: Sequence[int]) -> list[int]:
    rest = list(row)
    for lead in sorted(basis):
        if rest[lead]:
            factor = rest[lead]
            rest = [(value - factor * known) % PRIME for value, known in zip(rest, basis[lead], strict=True)]
    return rest


def _spans(basis: Mapping[int, list[int]], row: Sequence[int]) -> bool:
    return not any(_reduce(basis, row))


def _crossings(look: Look, minimum: int) -> Iterator[int]:
    """Sizes of small crossings of a channel and a period that can have one size only, by trying all tables of a value
    between what the margins allow.
    """
    channels, periods = look.details.by_channel.parts, look.details.by_period.parts
    totals = Counter[str]()
    for part in channels:
        totals.update({value: getattr(part, value) for value in ("negative", "neutral", "positive")})
    for one in channels:
        for other in periods:
            ranges = [
                (
                    max(0, getattr(one, value) + getattr(other, value) - totals[value]),
                    min(getattr(one, value), getattr(other, value)),
                )
                for value in ("negative", "neutral", "positive")
            ]
            sizes = {sum(least for least, _most in ranges), sum(most for _least, most in ranges)}
            if len(sizes) == 1 and 0 < min(sizes) < minimum:
                yield min(sizes)
