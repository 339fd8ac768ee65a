"""Who do we miss: approached, enrolled, reached this round and answered, by language, channel and route."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from journey.models import Approach, Journey, Participant, RouteVersion, Study, stored_id
from journey.recruitment.queries import list_answered, list_approaches
from journey.rules.cadence import round_of
from journey.team.queries import list_reached
from journey.work import Work

UNKNOWN = ""


@dataclass(frozen=True)
class Group:
    """`key` is a language, channel or route, empty when nobody noted it; `approached` is None where nobody asks it."""

    key: str
    approached: int | None
    enrolled: int
    reached: int
    answered: int


@dataclass(frozen=True)
class Missing:
    languages: tuple[Group, ...]
    channels: tuple[Group, ...]
    routes: tuple[Group, ...]


def count_missing(work: Work, study: Study, people: Mapping[int, Participant]) -> Missing:
    """Approached are those asked at a meeting and those who were enrolled without one, as in the response."""
    approaches = list(list_approaches(work, study))
    routes = _routes(work, study)
    reached, answered = list_reached(work, study, round_of(work.today)), list_answered(work, study)

    def groups(of_person: Callable[[Participant], str], noted: Counter[str] | None) -> tuple[Group, ...]:
        enrolled = Counter(of_person(one) for one in people.values())
        spoken = Counter(of_person(one) for key, one in people.items() if key in reached)
        told = Counter(of_person(one) for key, one in people.items() if key in answered)
        keys = sorted({*enrolled, *(noted or ())}, key=lambda one: (one == UNKNOWN, -enrolled[one], one))
        return tuple(
            Group(key, None if noted is None else noted[key], enrolled[key], spoken[key], told[key])
            for key in keys
        )

    def language(person: Participant) -> str:
        return person.language

    def route(person: Participant) -> str:
        return routes.get(stored_id(person), UNKNOWN)

    def channel(person: Participant) -> str:
        return person.channel

    return Missing(
        languages=groups(language, _asked(people, approaches, language, lambda one: one.language)),
        channels=groups(channel, None),
        routes=groups(route, _asked(people, approaches, route, lambda one: one.route)),
    )


def _asked(
    people: Mapping[int, Participant],
    approaches: Iterable[Approach],
    of_person: Callable[[Participant], str],
    noted: Callable[[Approach], str],
) -> Counter[str]:
    """By what is known of the participant, else by what was noted when asking."""
    asked, linked = Counter[str](), set[int]()
    for one in approaches:
        person = people.get(one.participant_id or 0)
        if person is not None:
            linked.add(stored_id(person))
        asked[of_person(person) if person else noted(one)] += 1
    asked.update(of_person(person) for key, person in people.items() if key not in linked)
    return asked


def _routes(work: Work, study: Study) -> dict[int, str]:
    rows = work.session.exec(
        select(Participant.id, RouteVersion.code)
        .join(Journey, col(Journey.id) == Participant.journey_id)
        .join(RouteVersion, col(RouteVersion.id) == Journey.route_version_id)
        .where(Participant.study_id == study.id)
    ).all()
    return {person or 0: code for person, code in rows}
