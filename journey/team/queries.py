"""What the lead of a study watches this week: rounds per researcher, who was not reached, who wants somebody else.

Codes, never names of participants. Who had everything removed is in nothing; who stopped keeps the rounds before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from journey.call.rounds import AT_ONCE, BriefHistory, list_histories
from journey.clock import local_day
from journey.models import AfterCall, Attempt, Call, Participant, Study, User, stored_id
from journey.participant.handover import list_cards, list_receivers
from journey.rules.balance import OpenCase, lightest, loads_of, suggest_moves
from journey.rules.cadence import NOT_REACHED, round_of
from journey.rules.calltimes import DayPart, day_part
from journey.rules.roles import RESEARCHER
from journey.work import Work

HELPED = ("family", "interpreter")


@dataclass(frozen=True)
class Crew:
    """The people of a study with their rounds, read once for the whole page.

    `researchers` may receive people and do so: a lead without own people is not counted on for calls. `names` are those
    of all users.
    """

    people: dict[int, Participant]
    histories: Mapping[int, BriefHistory]
    researchers: tuple[int, ...]
    names: dict[int, str]

    def name(self, researcher: int | None) -> str:
        return self.names.get(researcher or 0, "")


@dataclass(frozen=True)
class Week:
    """The rounds of this week of one researcher, None for people of nobody; planned = done + missed + open."""

    researcher: int | None
    name: str
    people: int
    done: int
    missed: int
    open: int
    load: float
    receives: bool

    @property
    def planned(self) -> int:
        return self.done + self.missed + self.open


@dataclass(frozen=True)
class NotReached:
    """Somebody who was dialled in vain since the last talk; `since` is that talk, or the enrolment when `never`."""

    code: str
    researcher: str
    outcome: str
    attempts: int
    parts: tuple[DayPart, ...]
    since: date
    never: bool


@dataclass(frozen=True)
class Wish:
    code: str
    researcher: str


@dataclass(frozen=True)
class SuggestedMove:
    code: str
    giver: str
    receiver: str
    receiver_id: int
    trusts: bool


@dataclass(frozen=True)
class Balance:
    """Who should get the next participant, and what would even out the load."""

    next_name: str
    moves: tuple[SuggestedMove, ...]


def read_people(work: Work, study: Study) -> dict[int, Participant]:
    """Everyone who took part and was not erased, by number, in the order of codes."""
    rows = work.session.exec(
        select(Participant)
        .where(Participant.study_id == study.id, Participant.state != "erased")
        .order_by(Participant.code)
    ).all()
    return {stored_id(person): person for person in rows}


def read_crew(work: Work, study: Study) -> Crew:
    people = read_people(work, study)
    users = {stored_id(user): user for user in work.session.exec(select(User)).all()}
    holders = {person.researcher_id for person in people.values() if person.state == "active"}
    receivers = [one.id for one in list_receivers(work, stored_id(study), [])]
    calling = tuple(one for one in receivers if users[one].role == RESEARCHER or one in holders)
    names = {key: user.name for key, user in users.items()}
    return Crew(people, list_histories(work, people), calling, names)


def list_weeks(work: Work, crew: Crew) -> list[Week]:
    """A line per researcher who may receive or has people, and one for people of nobody."""
    week = round_of(work.today)
    states: dict[int | None, list[str]] = defaultdict(list)
    followed: dict[int | None, int] = defaultdict(int)
    for key, person in crew.people.items():
        followed[person.researcher_id] += person.state == "active"
        states[person.researcher_id] += [
            call.state for call in crew.histories[key].calls if call.week == week
        ]
    loads = loads_of([one for one in followed if one], open_cases(work, crew))
    own = [one for one in followed if followed[one] or states[one]]
    order = sorted({*crew.researchers, *own}, key=lambda one: (one is None, crew.name(one), one or 0))
    return [
        Week(
            researcher=one,
            name=crew.name(one),
            people=followed[one],
            done=states[one].count("done"),
            missed=states[one].count("missed"),
            open=states[one].count("open"),
            load=loads.get(one, 0.0) if one else 0.0,
            receives=one in crew.researchers,
        )
        for one in order
    ]


def list_not_reached(work: Work, crew: Crew) -> list[NotReached]:
    """Of people who are followed: the longest silent first."""
    found = []
    for key, person in crew.people.items():
        history = crew.histories[key]
        last = history.last_reached()
        vain = [one for call in history.calls for one in history.of(call) if last is None or one.at > last.at]
        if person.state != "active" or not vain:
            continue
        parts = {day_part(one.at) for one in vain}
        found.append(
            NotReached(
                code=person.code,
                researcher=crew.name(person.researcher_id),
                outcome=vain[-1].outcome,
                attempts=len(vain),
                parts=tuple(part for part in DayPart if part in parts),
                since=local_day(last.at) if last else person.enrolled_on,
                never=last is None,
            )
        )
    return sorted(found, key=lambda one: (one.since, one.code))


def list_wishes(crew: Crew) -> list[Wish]:
    """Who would rather be called by somebody else."""
    return [
        Wish(person.code, crew.name(person.researcher_id))
        for person in crew.people.values()
        if person.wants_other and person.state in ("active", "closed")
    ]


def suggest_balance(work: Work, crew: Crew) -> Balance:
    cases = open_cases(work, crew)
    loads = loads_of(crew.researchers, cases)
    moves = suggest_moves(crew.researchers, cases)
    return Balance(
        next_name=crew.name(lightest(loads)),
        moves=tuple(
            SuggestedMove(
                move.person, crew.name(move.giver), crew.name(move.receiver), move.receiver, move.trusts
            )
            for move in moves
        ),
    )


def open_cases(work: Work, crew: Crew) -> list[OpenCase]:
    """Open rounds of people with a researcher. Help with the language is what the last card after a call says; without
    a card, everyone whose language is not Dutch.
    """
    cards, came = (
        _last_cards(work, crew),
        list_cards(work, {key: person.researcher_id for key, person in crew.people.items()}),
    )
    found = []
    for key, person in crew.people.items():
        card = cards.get(key)
        helped = card.language_help if card else ""
        for call in crew.histories[key].calls:
            if call.state == "open" and person.researcher_id is not None and person.state == "active":
                needs_help = helped in HELPED if helped else person.language != "nl"
                trusts = card is not None and card.trust == "high"
                found.append(
                    OpenCase(person.code, person.researcher_id, call.kind, needs_help, trusts, key in came)
                )
    return found


def list_reached(work: Work, study: Study, week: date) -> set[int]:
    """People who were spoken to in the round of that week."""
    statement = (
        select(Call.participant_id)
        .join(Attempt, col(Attempt.call_id) == Call.id)
        .join(Participant, col(Participant.id) == Call.participant_id)
        .where(Participant.study_id == study.id, Call.week == week, col(Attempt.outcome).not_in(NOT_REACHED))
    )
    return set(work.session.exec(statement).all())


def list_people_of(people: Mapping[int, Participant], researcher: int) -> list[Participant]:
    """Who goes along when everything of a researcher is handed over: everyone still followed."""
    return [one for one in people.values() if one.researcher_id == researcher and one.state == "active"]


def _last_cards(work: Work, crew: Crew) -> dict[int, AfterCall]:
    ids: Sequence[int] = list(crew.people)
    found: dict[int, AfterCall] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = work.session.exec(
            select(Call.participant_id, AfterCall)
            .join(AfterCall, col(AfterCall.call_id) == Call.id)
            .where(col(Call.participant_id).in_(ids[start : start + AT_ONCE]))
            .order_by(col(Call.week))
        ).all()
        found.update((person, card) for person, card in rows)
    return found
