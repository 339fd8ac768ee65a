"""Splits the answers behind each bar by channel and by day, before anything is hidden: what a batch keeps so that bars
can be broken down later without a person in sight.

The day of an answer is the day of the step when that is known, else the day on which it was given.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Self

from journey.models import Batch
from journey.rating.queries import Answer
from journey.report.figures import OPINIONS, CountedRow, Key
from journey.rules.disclosure import Renewal, is_shown, renewal
from journey.rules.disclosure_parts import choose_cuts
from journey.rules.ratings import Subject, Value

Fingerprint = Callable[[int, list[Any]], str]
SCALE = (Value.negative, Value.neutral, Value.positive)


@dataclass(frozen=True)
class CountedDetail:
    """The opinions of one bar: per channel and per day (ISO) three counts, negative to positive; `cuts` are the days
    on which a new period begins; `lag` is the sum of known recall lags in days and of how many. `seen`: managers saw
    this content; `people` maps whoever was in it to a fingerprint.
    """

    channels: dict[str, list[int]] = field(default_factory=dict)
    days: dict[str, list[int]] = field(default_factory=dict)
    cuts: list[str] = field(default_factory=list)
    lag: tuple[int, int] = (0, 0)
    seen: bool = False
    people: dict[str, str] | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "lag": tuple(data["lag"])})

    def day_counts(self) -> dict[date, int]:
        """Answers per day."""
        return {date.fromisoformat(day): sum(cells) for day, cells in self.days.items()}


@dataclass(frozen=True)
class CountedStudy:
    """All bars of a study at one moment, before hiding; `details` has one for every row."""

    rows: list[CountedRow]
    details: dict[Key, CountedDetail]

    def detail(self, key: Key) -> CountedDetail:
        """Empty for a row of a batch from before there were details."""
        return self.details.get(key, CountedDetail())

    def stored(self) -> list[dict[str, Any]]:
        return [{"key": list(key), **asdict(detail)} for key, detail in self.details.items()]

    @classmethod
    def of_batch(cls, batch: Batch) -> Self:
        """As a batch keeps it; batches from before there were details have none."""
        details = {}
        for data in batch.breakdowns.get("rows", ()):
            route, step, subject = data["key"]
            rest = {name: value for name, value in data.items() if name != "key"}
            details[route, step, subject] = CountedDetail.from_json(rest)
        return cls([CountedRow.from_json(row) for row in batch.figures], details)


def day_of(answer: Answer) -> date:
    """The day of the step; the day of the answer when the step has no known day."""
    return answer.answered_on - timedelta(days=answer.recall_lag or 0)


def count_details(rows: Sequence[CountedRow], answers: Iterable[Answer]) -> dict[Key, CountedDetail]:
    """A detail for every row; only opinions are in it, as in N."""
    channels: dict[Key, dict[str, list[int]]] = defaultdict(dict)
    days: dict[Key, dict[str, list[int]]] = defaultdict(dict)
    lags: dict[Key, list[int]] = defaultdict(list)
    for answer in answers:
        if answer.value not in OPINIONS:
            continue
        key, place = (answer.route, answer.step, answer.subject), SCALE.index(Value(answer.value))
        channels[key].setdefault(answer.channel, [0, 0, 0])[place] += 1
        days[key].setdefault(day_of(answer).isoformat(), [0, 0, 0])[place] += 1
        lags[key] += [] if answer.recall_lag is None else [answer.recall_lag]
    return {
        row.key: CountedDetail(
            channels=channels[row.key],
            days=dict(sorted(days[row.key].items())),
            lag=(sum(lags[row.key]), len(lags[row.key])),
        )
        for row in rows
    }


def people_by_row(answers: Iterable[Answer], fingerprint: Fingerprint) -> dict[Key, dict[str, str]]:
    """Per bar: person -> fingerprint of everything of that person that the bar and its details show."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    kept = list(answers)
    skipped = {
        (one.participant_id, one.step)
        for one in kept
        if one.subject == Subject.step and one.value == Value.not_applicable
    }
    for one in kept:
        what = [one.route, one.step, one.subject, one.value, one.channel, day_of(one), one.recall_lag]
        # Why somebody is not in N of the staff contact depends on the answer about the step.
        what.append((one.participant_id, one.step) in skipped)
        found[one.route, one.step, one.subject][str(one.participant_id)] = fingerprint(
            one.participant_id, what
        )
    return dict(found)


def month_starts(days: Iterable[date]) -> list[date]:
    """The first days of the months these days are in, without the earliest: the cuts between months."""
    return sorted({day.replace(day=1) for day in days})[1:]


@dataclass(frozen=True)
class Renewing:
    """What decides over the figures of a new batch; `day` is the day of the last one, and `cuts` are, per bar, the days
    from which something was improved.
    """

    minimum: int
    batch_size: int
    day: date
    cuts: Mapping[Key, Sequence[date]] = field(default_factory=dict)
    force: bool = False


def renew_study(
    now: CountedStudy,
    people: Mapping[Key, Mapping[str, str]],
    earlier: Sequence[CountedStudy],
    rule: Renewing,
) -> CountedStudy:
    """The bars of the next batch, each renewed, kept as it was or withheld (see `renewal`); `earlier` are all batches
    before, oldest first.
    """
    last = earlier[-1] if earlier else CountedStudy([], {})
    before = {row.key: row for row in last.rows}
    rows, details = [], {}
    for row in now.rows:
        old, was = before.get(row.key), last.details.get(row.key, CountedDetail())
        present = dict(people.get(row.key, {}))
        verdict = Renewal.renew if rule.force else renewal(was.people, present, rule.batch_size)
        if verdict is Renewal.keep and old is not None and was.seen:
            rows.append(replace(old, kept_from=old.kept_from or rule.day.isoformat()))
            details[row.key] = was
        elif verdict is Renewal.renew:
            rows.append(row)
            details[row.key] = _renewed(row, now.details[row.key], was, present, earlier, rule)
        else:
            rows.append(replace(row, withheld=True))
            details[row.key] = CountedDetail(people=was.people)
    return CountedStudy(rows, details)


def _renewed(
    row: CountedRow,
    detail: CountedDetail,
    was: CountedDetail,
    present: dict[str, str],
    earlier: Sequence[CountedStudy],
    rule: Renewing,
) -> CountedDetail:
    if not is_shown(row.n, rule.minimum):
        return replace(detail, people=was.people)
    looks = [one.details[row.key] for one in earlier if row.key in one.details]
    days = detail.day_counts()
    wanted = [
        *(date.fromisoformat(cut) for cut in was.cuts),
        *sorted(rule.cuts.get(row.key, ()), reverse=True),
        *month_starts(days),
    ]
    cuts = choose_cuts(
        days, wanted, rule.minimum, [look.day_counts() for look in looks if look.seen], rule.batch_size
    )
    return replace(detail, cuts=[cut.isoformat() for cut in cuts], seen=True, people=present)
