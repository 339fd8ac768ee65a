"""Between two batches nothing that a manager or a deliverer of case data may read depends on a participant: whatever
one person does, tells or takes back, every page, sheet, report, export and answer of the API stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Participant, Study
from journey.participant.case_links import link_case
from journey.participant.queries import get_journey
from journey.progress.service import record_application, record_decision, record_event, record_step
from journey.report.service import publish_batch
from journey.work import House, Work
from tests.access.table import entries
from tests.report.cases import TODAY, close, days_before, lived, rate, rated_people
from tests.support.build import build_participant, build_study, csrf_of, get_study_by, sign_in, token_headers
from tests.support.pages import PageClient

STUDY = "haarlem-test"
# What is new in every answer, whoever asks: keys of forms, and moments to the second.
FRESH = re.compile(
    r'(name="(?:csrf_token|idempotency_key)" value="|nonce[-=]"?)[^"\']*|\d\d:\d\d(:\d\d)?(\.\d+)?|[0-9a-f]{32,64}'
)
# Their own sessions and exports, and the health of the machine.
OWN = re.compile(r"^/(account|health|sign|openapi|api/v1/openapi|studies/[^/]+/export$)")
# With these every page has something to show, also one that chooses.
QUERIES = ("", "?population=participants", "?route=27plus", "?bypass=yes", "?month=2026-10", "?split=year")

Reader = Callable[[str], tuple[int, str]]


@pytest.fixture
def house(app: FastAPI) -> House:
    found: House = app.state.house
    return found


@pytest.fixture
def today() -> object:
    return TODAY


@pytest.fixture
def people(house: House) -> list[str]:
    """Twelve people with everything, published, and delivered cases."""
    with house.work() as work:
        study = build_study(work)
        for number in range(12):
            lived(
                work,
                study,
                steps={"werkplein": 60 + number, "workshop": 45},
                received=40,
                sent=20 - number % 5,
                reference=f"zaak-{number}",
            )
        found = rated_people(work, study, 12)
        for number, person in enumerate(found):
            lived(
                work,
                study,
                steps={"werkplein": 70 - number},
                received=50,
                sent=30 - number % 3,
                person=person,
            )
            close(work, person, "6.5", {"friendly": "agree"})
        publish_batch(work, study)
        return [person.code for person in found]


def reader_of(client: PageClient, headers: Mapping[str, str]) -> Reader:
    def read(address: str) -> tuple[int, str]:
        answer = client.get(address, headers=dict(headers))
        return answer.status_code, FRESH.sub("", answer.text)

    return read


def everything(app: FastAPI, house: House) -> Callable[[], dict[str, tuple[int, str]]]:
    """Reads all that a manager and an integrator may read, each time anew."""
    manager = sign_in(app, "noa@example.org", "manager", STUDY)
    bearer = PageClient(app, base_url="http://127.0.0.1:8000")
    readers: dict[str, tuple[bool, Reader]] = {
        "manager": (False, reader_of(manager, {})),
        "manager token": (True, reader_of(bearer, token_headers(house, "manager", STUDY))),
        "integrator token": (True, reader_of(bearer, token_headers(house, "integrator", STUDY))),
    }
    form = {"csrf_token": csrf_of(manager), "purpose": "controle", "separator": "comma"}

    def read() -> dict[str, tuple[int, str]]:
        found = {}
        for name, (token, reader) in readers.items():
            role = name.partition(" ")[0]
            for entry in entries(app):
                path = entry.path.replace("{study}", STUDY)
                mine = entry.roles is not None and role in entry.roles and entry.token is token
                if entry.method != "GET" or not mine or "{" in path or OWN.match(path):
                    continue
                for query in (
                    QUERIES if "throughput" in path or "lead-times" in path or "compare" in path else ("",)
                ):
                    found[f"{name} {path}{query}"] = reader(path + query)
        for content, kind in (("journeys", "json"), ("journeys", "xes"), ("figures", "json")):
            answer = manager.post(
                f"/studies/{STUDY}/export", data={**form, "content": content, "format": kind}
            )
            found[f"manager export {content} {kind}"] = answer.status_code, FRESH.sub("", answer.text)
        return found

    return read


def tell(work: Work, person: Participant) -> None:
    journey = get_journey(work, person)
    record_step(work, journey, "workshop", days_before(1), source="call")
    record_step(work, journey, "cv", days_before(9), source="call", state="bypassed", reason="urgent")
    record_event(work, journey, "handover", days_before(2), source="call")
    record_event(work, journey, "form_offered", days_before(33), source="call")


def decide_late(work: Work, person: Participant) -> None:
    record_application(work, get_journey(work, person), days_before(200), source="letter")
    record_decision(work, get_journey(work, person), days_before(3), "rejected", source="letter")


def enrol_one(work: Work, person: Participant) -> None:
    other = build_participant(work, work.session.get_one(Study, person.study_id))
    lived(
        work, work.session.get_one(Study, person.study_id), steps={"werkplein": 118}, received=1, person=other
    )
    rate(work, other, value="negative")


ACTS: dict[str, Callable[[Work, Participant], object]] = {
    "a step, a bypass, a hand-over": tell,
    "a decision after 197 days": decide_late,
    "another answer": lambda work, person: rate(work, person, value="negative"),
    "a new participant": enrol_one,
    "linked to a delivered case": lambda work, person: link_case(work, person, "zaak-3"),
    "stopped": lambda work, person: withdraw_participant(work, person, "stop"),
    "from a step on": lambda work, person: withdraw_participant(work, person, "from_step", "workshop"),
    "erased": lambda work, person: withdraw_participant(work, person, "erase"),
}


def differing(app: FastAPI, house: House, people: list[str]) -> dict[str, list[str]]:
    """By act, the addresses at which it could be seen; four people never make a batch."""
    read = everything(app, house)
    before, found = read(), {}
    assert sum(status == 200 for status, _text in before.values()) > 25
    for number, (name, act) in enumerate(ACTS.items()):
        with house.work() as work:
            act(
                work,
                work.session.exec(select(Participant).where(Participant.code == people[number % 4])).one(),
            )
        with house.work() as work:
            assert publish_batch(work, get_study_by(work, STUDY)) is None
        after = read()
        if places := [place for place in before if before[place] != after[place]]:
            found[name] = places
        before = after
    return found


def test_nothing_between_two_batches_depends_on_one_person(
    app: FastAPI, house: House, people: list[str]
) -> None:
    assert differing(app, house, people) == {}


@pytest.fixture
def mixed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As it was: all applications were the delivered ones and those of participants."""
    from journey.progress import summary

    monkeypatch.setattr(summary, "_of_people", lambda *_journeys: set())
    yield


def test_one_population_of_both_is_noticed(
    mixed: None, app: FastAPI, house: House, people: list[str]
) -> None:
    places = {place for found in differing(app, house, people).values() for place in found}
    assert any("throughput" in place for place in places)
    assert "integrator token /api/v1/studies/haarlem-test/lead-times" in places
