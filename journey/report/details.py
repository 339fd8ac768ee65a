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
from journey.report.behind import Behind, Everybody, bar
from journey.report.figures import OPINIONS, CountedRow, Key
from journey.rules.disclosure import Renewal, is_shown, renewal
from journey.rules.disclosure_parts import Splitting, choose_cuts, choose_groups, spans
from journey.rules.ratings import Channel, Subject, Value

Mark = Callable[[int, list[Any]], str]
NOBODY: dict[str, Any] = {"spoken": [], "people": {}}
SCALE = (Value.negative, Value.neutral, Value.positive)


@dataclass(frozen=True)
class CountedDetail:
    """The opinions of one bar: per channel and per day (ISO) three counts, negative to positive. `cuts` are the days on
    which a new period begins, `groups` the channels that are one part (None: not split); `lag` is the sum of known
    recall lags in days and of how many. `spoken` are who gave
    them. `seen`: managers saw this; then `people` maps everybody asked to a mark.
    """

    channels: dict[str, list[int]] = field(default_factory=dict)
    days: dict[str, list[int]] = field(default_factory=dict)
    cuts: list[str] = field(default_factory=list)
    groups: list[list[str]] | None = None
    lag: tuple[int, int] = (0, 0)
    spoken: list[str] = field(default_factory=list)
    seen: bool = False
    people: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        kept = {name: value for name, value in data.items() if name != "key"}
        return cls(**{**kept, "lag": tuple(data["lag"])})

    def by_day(self) -> dict[date, list[int]]:
        return {date.fromisoformat(day): cells for day, cells in self.days.items()}

    def speakers(self) -> dict[str, str]:
        return speakers(self.people, self.spoken)

    def leaves_few(self, now: Self, splitting: Splitting) -> bool:
        """Whether a part managers saw apart holds only a few people by now (see `Splitting.became_few`)."""
        periods = spans(date.fromisoformat(cut) for cut in self.cuts) if self.cuts else []
        return any(splitting.became_few(span.holds, now.by_day()) for span in periods) or any(
            splitting.became_few(group.__contains__, now.channels) for group in self.groups or ()
        )


@dataclass(frozen=True)
class CountedStudy:
    """All bars of a study at one moment, before hiding; `details` has one for every row."""

    rows: list[CountedRow]
    details: dict[Key, CountedDetail]

    def detail(self, key: Key) -> CountedDetail:
        """Empty for a row of a batch from before there were details."""
        return self.details.get(key, CountedDetail())

    def stored(self) -> list[dict[str, Any]]:
        """What pages show: `Batch.breakdowns["rows"]`."""
        nobody = ((key, replace(detail, **NOBODY)) for key, detail in self.details.items())
        return [
            {"key": list(key), **{name: kept for name, kept in asdict(detail).items() if name not in NOBODY}}
            for key, detail in nobody
        ]

    def everybody(self) -> Everybody:
        """Who is behind the bars that managers saw."""
        return {
            bar(key): Behind(detail.people, detail.spoken)
            for key, detail in self.details.items()
            if detail.seen
        }

    @classmethod
    def of_batch(cls, batch: Batch) -> Self:
        """As a page needs it, without people; batches from before there were details have none."""
        details = {_key(row): CountedDetail.from_json(row) for row in batch.breakdowns.get("rows", ())}
        return cls([CountedRow.from_json(row) for row in batch.figures], details)

    @classmethod
    def with_people(cls, batch: Batch, everybody: Everybody) -> Self:
        """As the next batch needs it."""
        found = cls.of_batch(batch)
        for key, detail in found.details.items():
            if behind := everybody.get(bar(key)):
                found.details[key] = replace(detail, spoken=list(behind.spoken), people=dict(behind.people))
        return found


def _key(stored: Mapping[str, Any]) -> Key:
    route, step, subject = stored["key"]
    return route, step, subject


def day_of(answer: Answer) -> date:
    """The day of the step; the day of the answer when the step has no known day."""
    return answer.answered_on - timedelta(days=answer.recall_lag or 0)


def speakers(people: Mapping[str, str], spoken: Iterable[str]) -> dict[str, str]:
    """Of these people those who gave an opinion."""
    return {person: people[person] for person in spoken if person in people}


def count_details(rows: Sequence[CountedRow], answers: Iterable[Answer]) -> dict[Key, CountedDetail]:
    """A detail for every row; only opinions are in it, as in N."""
    channels: dict[Key, dict[str, list[int]]] = defaultdict(dict)
    days: dict[Key, dict[str, list[int]]] = defaultdict(dict)
    lags: dict[Key, list[int]] = defaultdict(list)
    spoken: dict[Key, list[str]] = defaultdict(list)
    for answer in answers:
        if answer.value not in OPINIONS:
            continue
        key, place = (answer.route, answer.step, answer.subject), SCALE.index(Value(answer.value))
        channels[key].setdefault(answer.channel, [0, 0, 0])[place] += 1
        days[key].setdefault(day_of(answer).isoformat(), [0, 0, 0])[place] += 1
        spoken[key].append(str(answer.participant_id))
        lags[key] += [] if answer.recall_lag is None else [answer.recall_lag]
    return {
        row.key: CountedDetail(
            channels=channels[row.key],
            days=dict(sorted(days[row.key].items())),
            lag=(sum(lags[row.key]), len(lags[row.key])),
            spoken=spoken[row.key],
        )
        for row in rows
    }


def people_by_row(answers: Iterable[Answer], mark: Mark) -> dict[Key, dict[str, str]]:
    """Per bar: person -> mark of everything of that person that the bar and its details show."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    kept = list(answers)
    skipped = {
        (one.participant_id, one.step)
        for one in kept
        if one.subject == Subject.step and one.value == Value.not_applicable
    }
    for one in kept:
        what = [one.route, one.step, one.subject, one.value, one.channel, day_of(one)]
        if one.value not in OPINIONS:
            # Why somebody is not in N of the staff contact depends on the answer about the step.
            what.append((one.participant_id, one.step) in skipped)
        found[one.route, one.step, one.subject][str(one.participant_id)] = mark(one.participant_id, what)
    return dict(found)


def month_starts(days: Iterable[date]) -> list[date]:
    """The first days of the months these days are in, without the earliest: the cuts between months."""
    return sorted({day.replace(day=1) for day in days})[1:]


@dataclass(frozen=True)
class Renewing:
    """What decides over the figures of a new batch; `day` is the day of the last one, and `cuts` are, per bar, the days
    from which something was improved.
    """

    splitting: Splitting
    day: date
    cuts: Mapping[Key, Sequence[date]] = field(default_factory=dict)
    force: bool = False

    def decide(
        self, looks: Sequence[CountedDetail], now: CountedDetail, present: Mapping[str, str]
    ) -> Renewal:
        """Over one bar; `looks` are what managers saw of it before, oldest first."""
        if self.force:
            return Renewal.renew
        size = self.splitting.batch_size
        # Five people can be one opinion and four who had none: both count by themselves.
        decided = {
            renewal([look.people for look in looks], present, size),
            renewal([look.speakers() for look in looks], speakers(present, now.spoken), size),
        }
        if Renewal.withhold in decided or any(look.leaves_few(now, self.splitting) for look in looks):
            return Renewal.withhold
        return Renewal.keep if Renewal.keep in decided else Renewal.renew

    def split(
        self, key: Key, now: CountedDetail, looks: Sequence[CountedDetail], present: Mapping[str, str]
    ) -> CountedDetail:
        """The details of a bar that is shown, with the parts into which it may be split."""
        shown = [[date.fromisoformat(cut) for cut in look.cuts] for look in looks]
        wanted = [
            *(cut for cuts in reversed(shown) for cut in cuts),
            *sorted(self.cuts.get(key, ()), reverse=True),
            *month_starts(now.by_day()),
        ]
        cuts = choose_cuts(now.by_day(), wanted, self.splitting, [look.by_day() for look in looks], shown)
        order = {channel.value: now.channels.get(channel, [0, 0, 0]) for channel in Channel}
        before = [look.channels for look in looks]
        groups = choose_groups(order, self.splitting, before, [look.groups or () for look in looks])
        return replace(
            now,
            cuts=[cut.isoformat() for cut in cuts],
            groups=None if groups is None else [list(group) for group in groups],
            seen=True,
            people=dict(present),
        )


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
        looks = [one.detail(row.key) for one in earlier if one.detail(row.key).seen]
        present = dict(people.get(row.key, {}))
        detail, was = now.details[row.key], last.detail(row.key)
        decided = rule.decide(looks, detail, present)
        if decided is Renewal.keep and was.seen:
            old = before[row.key]
            rows.append(replace(old, kept_from=old.kept_from or rule.day.isoformat()))
            details[row.key] = was
        elif decided is not Renewal.renew:
            rows.append(replace(row, withheld=True))
            details[row.key] = CountedDetail()
        else:
            rows.append(row)
            shown = is_shown(row.n, rule.splitting.minimum)
            details[row.key] = rule.split(row.key, detail, looks, present) if shown else detail
    return CountedStudy(rows, details)
