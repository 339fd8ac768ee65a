"""Who is behind the figures of a batch (rules, 32-33).

The batch itself knows how many there were. Who they were is kept with each person, as marks made with a salt of that
person alone, and goes with the person: from then on only the number tells that somebody is gone, and counts them.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from journey.models import Batch, BatchMark, Participant, Study, stored_id
from journey.rules.disclosure import Renewal, gives_away, may_follow
from journey.work import Work

EVERYTHING = "everything"
CLOSING = "closing"
SPOKE = "+"


@dataclass(frozen=True)
class Behind:
    """The people behind one measure of one look: person -> mark, and which of them gave an opinion.

    Whoever was erased since stands in it as `gone:0`, `gone:1` and so on: nobody is called that, so they count as
    people who left.
    """

    people: Mapping[str, str]
    spoken: Collection[str] = ()

    def only(self, spoke: bool) -> dict[str, str]:
        """The marks of those who spoke, or of those who did not."""
        spoken = set(self.spoken)
        return {person: mark for person, mark in self.people.items() if (person in spoken) == spoke}

    @property
    def sizes(self) -> list[int]:
        return [len(self.people), len(self.people.keys() & set(self.spoken))]

    def with_gone(self, sizes: Sequence[int]) -> "Behind":
        """Filled up to the sizes that the batch counted."""
        people, spoken = (then - now for then, now in zip(sizes, self.sizes, strict=True))
        gone = [f"gone:{number}" for number in range(people)]
        return Behind({**self.people, **dict.fromkeys(gone, "")}, [*self.spoken, *gone[:spoken]])


# Measure -> who is behind it; a measure that managers did not see is not in it.
Everybody = Mapping[str, Behind]

# Batches, oldest first, with who is behind each.
Earlier = Sequence[tuple[Batch, Everybody]]


def decide(looks: Sequence[Behind], now: Behind, batch_size: int) -> Renewal:
    """Over one measure of two kinds of people, those who `spoke` (ended, answered) and those who did not. Each kind
    needs its own five, and so have both together: five people can be one decision and four who began, and the mean
    would tell that one.
    """
    parts = [([one.people for one in looks], now.people)]
    parts += [([one.only(spoke) for one in looks], now.only(spoke)) for spoke in (True, False)]
    if any(gives_away(seen, those, batch_size) for seen, those in parts):
        return Renewal.withhold
    if all(may_follow(seen, those, batch_size) for seen, those in parts):
        return Renewal.renew
    return Renewal.withhold if looks[-1].people.keys() - now.people.keys() else Renewal.keep


def looks_at(earlier: Earlier, measure: str) -> list[Behind]:
    """Who was behind a measure each time managers saw it."""
    return [seen[measure] for _batch, seen in earlier if measure in seen]


class Marker:
    """Makes the marks of the people of one study."""

    def __init__(self, work: Work, study: Study) -> None:
        salts = select(Participant.id, Participant.mark_salt).where(Participant.study_id == study.id)
        self._salts = dict(work.session.exec(salts).all())
        self._vault = work.vault

    def __call__(self, person: int, what: Sequence[Any]) -> str:
        """Equal for a person as long as `what` is; nothing about two people."""
        return self.of(person, json.dumps([person, what], default=str), "batch")

    def of(self, person: int, what: str, purpose: str) -> str:
        """Keyed as well as salted: the table alone does not allow trying out the few possible answers of anybody."""
        if not (salt := self._salts.get(person)):
            raise LookupError("a person who was erased has no marks")
        return salted(salt, self._vault.fingerprint(what, purpose)[:32])


def salted(salt: str, fingerprint: str) -> str:
    return hashlib.sha256(f"{salt}:{fingerprint}".encode()).hexdigest()[:32]


def bar(key: Iterable[str]) -> str:
    return "/".join(("bar", *key))


def step_voices(key: Iterable[str]) -> str:
    return "/".join(("voices", *key))


def keep_marks(work: Work, batch: Batch, everybody: Everybody) -> None:
    """Store who is behind a batch that has its number: sizes with the batch, marks with the people."""
    batch.counted = {measure: behind.sizes for measure, behind in everybody.items()}
    work.session.flush()
    measures: dict[str, dict[str, str]] = defaultdict(dict)
    for measure, behind in everybody.items():
        for person, mark in behind.people.items():
            if person.isdecimal():
                measures[person][measure] = mark + SPOKE * (person in behind.spoken)
    rows = [
        {
            "batch_id": stored_id(batch),
            "participant_id": int(person),
            "everything": marks.pop(EVERYTHING, ""),
            "measures": marks,
        }
        for person, marks in measures.items()
    ]
    if rows:
        work.session.execute(insert(BatchMark), rows)


def list_everybody(work: Work, batches: Sequence[Batch]) -> list[Everybody]:
    """Who is behind each of these batches."""
    found: dict[int, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    rows = select(BatchMark).where(col(BatchMark.batch_id).in_([stored_id(batch) for batch in batches]))
    for row in work.session.exec(rows):
        if row.everything:
            found[row.batch_id][EVERYTHING][str(row.participant_id)] = row.everything
        for measure, mark in row.measures.items():
            found[row.batch_id][measure][str(row.participant_id)] = mark
    return [_everybody(batch, found[stored_id(batch)]) for batch in batches]


def _everybody(batch: Batch, marks: Mapping[str, Mapping[str, str]]) -> Everybody:
    everybody = {}
    for measure, sizes in batch.counted.items():
        here = marks.get(measure, {})
        people = {person: mark.removesuffix(SPOKE) for person, mark in here.items()}
        spoken = [person for person, mark in here.items() if mark.endswith(SPOKE)]
        everybody[measure] = Behind(people, spoken).with_gone(sizes)
    return everybody


def whole_people(work: Work, batch: Batch | None) -> Mapping[str, str]:
    """Person -> mark of everything that counted in a batch; nobody when there is none."""
    if batch is None:
        return {}
    rows = select(BatchMark.participant_id, BatchMark.everything).where(
        BatchMark.batch_id == batch.id, BatchMark.everything != ""
    )
    people = {str(person): mark for person, mark in work.session.exec(rows).all()}
    return Behind(people).with_gone(batch.counted.get(EVERYTHING, [len(people), 0])).people
