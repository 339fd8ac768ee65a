"""The rules of the weekly call, written down a second time from their text and held against diary and database.

Nothing here imports the product's rules: only its tables are read. A breach is a sentence in `breaches`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from journey.models import (
    Attempt,
    Call,
    CallBack,
    ClosingInterview,
    Contact,
    Message,
    Participant,
    Withdrawal,
)
from tests.simulation.people import AMSTERDAM, Dial, Life, local, monday, part_of

HOURS = {
    **{day: (time(9), time(20, 30)) for day in range(4)},
    4: (time(9), time(18)),
    5: (time(10), time(16)),
}
# Rules 4, for the weeks the simulation can lie in: 2026 in spring and 2026 in autumn.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in ((4, 3), (4, 6), (4, 27), (5, 5), (5, 14), (5, 15), (5, 25), (12, 25), (12, 26))
)
QUARTER = timedelta(minutes=15)
GROUPS = {
    "interview": "I",
    "partial": "P",
    "not_now": "R",
    "stop": "R",
    "not_by_phone": "R",
    "language": "O",
    "temporarily_unable": "O",
    "deceased": "O",
    "wrong_number": "U",
    "technical": "U",
}


def may_call(moment: datetime) -> bool:
    """Rule 37: the hours in which people are called without an appointment."""
    at = local(moment)
    hours = HOURS.get(at.weekday())
    return hours is not None and at.date() not in HOLIDAYS and hours[0] <= at.time() < hours[1]


def due_by(asked: datetime) -> datetime:
    """Rule 41: 17:00 of the same working day; asked after that, of the next."""
    at = local(asked)
    day = at.date() if at.time() < time(17) else at.date() + timedelta(days=1)
    while day.weekday() >= 5 or day in HOLIDAYS:
        day += timedelta(days=1)
    return datetime.combine(day, time(17), AMSTERDAM)


@dataclass
class Standing:
    """Where the diary says somebody stands at the start of a day (rule 38)."""

    by_phone: bool
    missed: int = 0
    paused: bool = False
    letter: bool = False
    rest_until: date | None = None

    def end_week(self, dials: Sequence[Dial], reacted_at: datetime | None) -> None:
        if not dials or any(one.spoken for one in dials):
            return
        self.missed += 1
        if self.missed == 2:
            self.by_phone = False
        if self.missed >= 3 and not (reacted_at and reacted_at > dials[-1].at):
            self.paused = self.letter = True

    def dial(self, one: Dial) -> None:
        if not one.spoken:
            return
        if self.missed >= 2:
            self.by_phone = True
        self.missed = 0
        if one.outcome in ("not_now", "temporarily_unable"):
            rested = local(one.at).date() + timedelta(days=7)
            self.rest_until = min(rested, one.meets) if one.meets else rested
        if one.outcome == "not_by_phone":
            self.by_phone, self.paused, self.letter = False, True, False

    def event(self, what: str) -> None:
        if what == "asked":
            self.paused, self.letter, self.rest_until = False, False, None
        if what == "reacted" and self.letter:
            self.paused = self.letter = False
        if what.startswith("prefers:"):
            self.by_phone = what == "prefers:call"
            if self.by_phone:
                self.paused = self.letter = False


def standing(life: Life, today: date) -> Standing:
    """Lives the diary again, week by week."""
    now = Standing(life.channel == "call")
    happened: list[tuple[datetime, Dial | str]] = [*((one.at, one) for one in life.dials), *life.events]
    week: date | None = None
    dials: list[Dial] = []
    reacted_at = None
    for at, what in sorted(happened, key=lambda one: one[0]):
        if week is not None and monday(local(at).date()) > week:
            now.end_week(dials, reacted_at)
            dials = []
        week = monday(local(at).date())
        if isinstance(what, Dial):
            dials.append(what)
            now.dial(what)
        else:
            now.event(what)
            reacted_at = at if what in ("asked", "reacted") else reacted_at
    if week is not None and monday(today) > week:
        now.end_week(dials, reacted_at)
    return now


class Checker:
    """Looks on; `breaches` holds what went against a rule."""

    def __init__(self, lives: dict[str, Life]) -> None:
        self.lives = lives
        self.breaches: list[str] = []
        self.checked = Counter[str]()
        self._seen_calls: set[int] = set()

    def expect(self, rule: str, holds: bool, told: str) -> None:
        self.checked[rule] += 1
        if not holds:
            self.breaches.append(f"{rule}: {told}")

    # --- at each dial -------------------------------------------------------------------------------

    def check_dial(self, life: Life, moment: datetime) -> None:
        """Before the dial is recorded: may this person be dialled now?"""
        who = f"{life.code} at {local(moment):%a %d %b %H:%M}"
        self.expect("dialled after a stop", life.followed, who)
        if life.covers(moment):
            return
        self.expect("outside the hours", may_call(moment), who)
        if life.waits_for_a_dial or (life.agreed and life.agreed[0] <= moment):
            return  # what was promised is owed, also when it is late
        counted = [one for one in life.dials if one.week == monday(local(moment).date()) and not one.agreed]
        today = [one for one in counted if local(one.at).date() == local(moment).date()]
        self.expect("more than two a day", len(today) < 2, who)
        self.expect("more than six a round", len(counted) < 6, who)
        near = [one for one in counted if moment - one.at < timedelta(hours=3)]
        self.expect("less than three hours apart", not near, who)
        failed = [one for one in counted if not one.spoken]
        if failed:
            apart = abs(_minutes(moment) - _minutes(failed[-1].at))
            self.expect(
                "near the time that failed", apart >= 120, f"{who}, failed {local(failed[-1].at):%H:%M}"
            )
        rest = standing(life, local(moment).date()).rest_until
        self.expect(
            "called while resting", rest is None or rest <= local(moment).date(), f"{who} until {rest}"
        )

    # --- the list -----------------------------------------------------------------------------------

    def check_order(self, due: Sequence[Any], moment: datetime) -> None:
        """Rule 37: appointment now; asked; new step; not reached; day 42; longest silent."""
        places = [self._place(self.lives[one.participant], moment) for one in due if one.now]
        told = [
            f"{one.participant}:{place}" for one, place in zip((d for d in due if d.now), places, strict=True)
        ]
        for i in range(len(places) - 1):
            self.expect(
                "order of the list",
                places[i] <= places[i + 1],
                f"{local(moment):%a %d %b %H:%M} {told[i]} before {told[i + 1]}",
            )

    def _place(self, life: Life, moment: datetime) -> tuple[float, ...]:
        today = local(moment).date()
        if life.agreed and life.agreed[0] <= moment + QUARTER:
            start, end = life.agreed
            return (1, 0, (end or start).timestamp())
        if life.asked_at is not None:
            return (2, 0, life.asked_at.timestamp())
        parts = life.good_times.get("parts")
        fit = 1 if not parts else 0 if part_of(moment) in parts else 2
        spoken = life.last_spoken
        new = [day for told, day, _ in life.steps if spoken is None or told > spoken]
        recent = [(today - day).days for day in new if 0 <= (today - day).days <= 3]
        if recent:
            return (3, fit, min(recent))
        before = [one for one in life.dials if one.week < monday(today)]
        silent = local(spoken).date().toordinal() if spoken else 0
        if before and not any(one.spoken for one in before if one.week == before[-1].week):
            return (4, fit, silent)
        if life.received_on and not life.decided and (day := (today - life.received_on).days) >= 42:
            return (5, fit, -min(day, 56))
        return (6, fit, silent)

    # --- after the workers --------------------------------------------------------------------------

    def check_prompts(self, session: Session, now: datetime) -> None:
        """Rule 38: who should have a prompt has one, nobody else got one, and never two."""
        today = local(now).date()
        rows: dict[int, list[Any]] = defaultdict(list)
        statement = select(
            col(Call.id), col(Call.participant_id), col(Call.week), col(Call.state), col(Call.kind)
        )
        for row in session.exec(statement).all():
            rows[row[1]].append(row)
        for life in self.lives.values():
            if life.enrolled_at is not None:
                self._check_prompts_of(life, rows[life.key], today)

    def _check_prompts_of(self, life: Life, rows: list[Any], today: date) -> None:
        who = f"{life.code} on {today:%a %d %b}"
        weeks = Counter(row[2] for row in rows)
        self.expect("two prompts in a week", max(weeks.values(), default=0) <= 1, who)
        open_rows = [row for row in rows if row[3] == "open"]
        self.expect("two open prompts", len(open_rows) <= 1, who)
        fresh = [row for row in rows if row[0] not in self._seen_calls]
        self._seen_calls |= {row[0] for row in fresh}
        if not life.followed:
            self.expect("open after the end", not open_rows, who)
            return
        self.expect("left open from an earlier week", all(row[2] == monday(today) for row in open_rows), who)
        should, why = self._should_be_called(life, today)
        has = monday(today) in weeks
        self.expect("no prompt", has or not should, f"{who} {why}")
        asked = [at for at, what in life.events if what == "asked"]
        first_week = life.enrolled_at is not None and monday(local(life.enrolled_at).date()) == monday(today)
        expected = (
            should or first_week or (asked and monday(local(asked[-1]).date()) >= fresh[0][2])
            if fresh
            else True
        )
        self.expect("prompt out of turn", bool(expected), f"{who} {why}")
        if life.waits_for_a_dial or (life.agreed and local(life.agreed[0]).date() == today):
            self.expect("promise without an open round", bool(open_rows), f"{who} {why} {life.agreed}")
        if life.ended_at is not None and open_rows:
            self.expect("no closing interview", open_rows[0][4] == "closing", who)

    def _should_be_called(self, life: Life, today: date) -> tuple[bool, str]:
        now = standing(life, today)
        reasons = {
            "by phone": now.by_phone,
            "once more": now.missed == 2,
            "asked": life.asked_at is not None,
            "agreed": life.agreed is not None,
            "ended": life.ended_at is not None,
        }
        rests = now.rest_until is not None and now.rest_until > today
        why = f"{[name for name, holds in reasons.items() if holds]} {now}"
        return any(reasons.values()) and not rests and not now.paused, why

    # --- at the end of a day ------------------------------------------------------------------------

    def check_day(self, session: Session, letters: Iterable[str], today: date) -> None:
        """The database against the diary: nothing lost, nothing twice, stop is stop, nobody closed by a timer."""
        by_person: dict[int, list[tuple[datetime, str, bool]]] = defaultdict(list)
        statement = select(
            col(Call.participant_id), col(Attempt.at), col(Attempt.outcome), col(Attempt.by_appointment)
        )
        for key, at, outcome, agreed in session.exec(statement.join(Call).order_by(col(Attempt.id))).all():
            by_person[key].append((at, outcome, agreed))
        people = {one.id: one for one in session.exec(select(Participant)).all()}
        contacts = set(session.exec(select(col(Contact.participant_id))).all())
        opened = set(session.exec(select(col(Call.participant_id)).where(Call.state == "open")).all())
        unsent = self._unsent(session)
        withdrawn = set(session.exec(select(col(Withdrawal.participant_id))).all())
        closed = set(session.exec(select(col(ClosingInterview.participant_id))).all())
        due = set(letters)
        for life in self.lives.values():
            if life.enrolled_at is None:
                continue
            person, who = people[life.key], f"{life.code} on {today:%a %d %b}"
            kept = [(one.at, one.outcome, one.agreed) for one in life.dials]
            self.expect(
                "attempts lost or twice",
                by_person[life.key] == kept,
                f"{who} {by_person[life.key][-2:]} {kept[-2:]}",
            )
            self.expect("stop", (life.gone_at is not None) == (life.key in withdrawn), who)
            if not life.followed:
                left = life.key in contacts or life.key in opened or life.key in unsent
                self.expect("something left after the end", not left, who)
                self.expect(
                    "state after the end", person.state == ("stopped" if life.gone_at else "closed"), who
                )
                continue
            self.expect(
                "closed by a timer",
                person.state == "active" and life.key not in closed,
                f"{who} {person.state}",
            )
            now = standing(life, today)
            self.expect("paused", person.calls_paused == now.paused, f"{who} {person.calls_paused} {now}")
            self.expect(
                "channel", (person.channel == "call") == now.by_phone, f"{who} {person.channel} {now}"
            )
            if now.letter:
                self.expect("no letter task", life.code in due, f"{who} {now}")

    def _unsent(self, session: Session) -> set[int | None]:
        """People with a message that would still go out; to confirm a stop and to thank at the end is right."""
        statement = select(col(Message.participant_id), col(Message.occasion)).where(
            col(Message.state).in_(("ready", "failed", "sending", "uncertain")),
            Message.occasion != "stop_confirmed",
        )
        closed = {life.key for life in self.lives.values() if life.closed_at}
        rows = session.exec(statement).all()
        return {key for key, occasion in rows if not (occasion == "thanks" and key in closed)}

    def check_rounds(self, session: Session) -> None:
        """Closed rounds: missed is dialled and never spoken; six attempts lie in three parts of the day."""
        spoken: dict[tuple[int, date], list[Dial]] = defaultdict(list)
        for life in self.lives.values():
            for one in life.dials:
                spoken[life.key, one.week].append(one)
        for call in session.exec(select(Call)).all():
            dials = spoken[call.participant_id, call.week]
            in_vain = bool(dials) and not any(one.spoken for one in dials)
            who = f"person {call.participant_id} week {call.week} {call.state} {[d.outcome for d in dials]}"
            if call.state == "missed":
                self.expect("missed without a dial in vain", in_vain, who)
            if call.state == "done":
                self.expect("done without a talk", any(one.spoken for one in dials), who)
            counted = [one for one in dials if not one.agreed]
            if (
                len(counted) >= 6
                and not any(one.promised for one in counted)
                and not any(d.spoken for d in counted)
            ):
                parts = {part_of(one.at) for one in counted}
                self.expect("six attempts spread", len(parts) == 3 and "evening" in parts, f"{who} {parts}")

    def check_rates(self, rounds: Sequence[Any]) -> None:
        """Rule 39, recounted by hand: the last outcome of the most telling group of each round."""
        for one in rounds:
            finals = []
            for life in self.lives.values():
                dials = [dial.outcome for dial in life.dials if dial.week == one.week]
                if dials:
                    groups = [GROUPS.get(outcome, "NC") for outcome in dials]
                    finals.append(min(groups, key=["I", "P", "R", "O", "NC", "U"].index))
            n = len(finals)
            count = Counter(finals)
            mine = (
                (
                    count["I"] / n,
                    (count["I"] + count["P"]) / n,
                    (n - count["NC"] - count["U"]) / n,
                    count["R"] / n,
                )
                if n
                else (None,) * 4
            )
            theirs = (one.rates.rr1, one.rates.rr2, one.rates.con1, one.rates.ref1)
            same = one.rates.n == n and all(
                a == b or (a is not None and b is not None and abs(a - b) < 1e-9)
                for a, b in zip(mine, theirs, strict=True)
            )
            self.expect("rates", same, f"{one.week} {n} {mine} {one.rates}")

    def check_promises(self, session: Session, months: Sequence[Any], now: datetime) -> None:
        """Rule 41: kept is dialled before 17:00 of the same working day."""
        stored = Counter(session.exec(select(col(CallBack.participant_id))).all())
        mine: dict[date, Counter[str]] = defaultdict(Counter)
        for life in self.lives.values():
            promises = life.promises
            self.expect(
                "promises", stored[life.key] == len(promises), f"{life.code} {stored[life.key]} {promises}"
            )
            for asked in promises:
                first = min((one.at for one in life.dials if one.at >= asked), default=None)
                due = due_by(asked)
                state = ("kept" if first <= due else "late") if first else "open" if now <= due else "late"
                if state == "kept" or not (life.gone_at and life.gone_at <= due):
                    mine[local(asked).date().replace(day=1)][state] += 1
        theirs = {
            one.month: Counter({"kept": one.kept, "late": one.late, "open": one.open}) for one in months
        }
        self.expect(
            "promises per month", {m: +c for m, c in theirs.items()} == dict(mine), f"{theirs} {dict(mine)}"
        )


def _minutes(moment: datetime) -> int:
    at = local(moment)
    return at.hour * 60 + at.minute
