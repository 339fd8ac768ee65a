"""The wall between who delivers case data and who takes part: whatever is delivered, the answer is the same for an
application of a participant and for any other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from journey.participant.queries import get_journey
from journey.progress.service import record_application, record_step
from journey.rating.service import NewRating, record_rating
from journey.work import House
from tests.access.world import visitor
from tests.support.build import build_participant, build_study, token_headers

STUDY = "haarlem-test"
# Equally long, so that the length of an answer may be compared too.
PERSON, NOBODY, NEW = "zaak-1001", "zaak-1002", "zaak-1003"
CV = {"step": "cv", "happened_on": "2026-02-03"}
WORKSHOP = {"step": "workshop", "happened_on": "2026-02-20"}
APPLICATION = {"received_on": "2026-02-10", "source": "import"}
INVITED = {"ground": "1a", "invited_on": "2026-02-17", "term": "2026-03-03"}
DECISION = {"sent_on": "2026-03-09", "outcome": "granted"}
BODIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a step": {"facts": [CV]},
    "a step on another day": {"facts": [{**CV, "happened_on": "2026-02-05"}]},
    "a step that did not happen": {"facts": [{"step": "cv", "state": "skipped"}]},
    "a step of no route": {"facts": [{**CV, "step": "verzonnen"}]},
    "a day to come": {"facts": [{**CV, "happened_on": "2027-01-01"}]},
    "two steps": {"facts": [CV, WORKSHOP]},
    "the application": {"application": APPLICATION},
    "another receipt": {"application": {**APPLICATION, "received_on": "2026-02-12"}},
    "a suspension": {"suspensions": [INVITED]},
    "no suspension": {"suspensions": []},
    "the decision": {"decision": DECISION},
    "a decision that cannot be": {"decision": {**DECISION, "sent_on": "2025-12-01"}},
    "an extension before the receipt that only the person told": {
        "extension": {"sent_on": "2026-01-20", "until": "2026-06-01"}
    },
    "another route": {"route": "jongeren"},
    "another municipality": {"municipality": "Zandvoort"},
    "the report at UWV": {"reported_on": "2026-02-01"},
    "a departure": {"departure": {"left_on": "2026-03-10", "reason": "moved"}},
    "a field too many": {"participant": "H-001"},
}


@pytest.fixture
def today() -> date:
    return date(2026, 3, 16)


class Deliverer:
    """A case system with its token."""

    def __init__(self, app: FastAPI) -> None:
        self.client: TestClient = visitor(app)
        self.headers = token_headers(app.state.house, "integrator", STUDY)

    def deliver(self, reference: str, **more: Any) -> tuple[int, str, dict[str, str]]:
        """Status, words and headers of the answer; the reference is taken out."""
        body = {"reference": reference, "route": "27plus", **more}
        answer = self.client.post(f"/api/v1/studies/{STUDY}/journeys", json=body, headers=self.headers)
        said = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, answer.text.replace(reference, "…"), said

    def ask(self, **question: str) -> Any:
        address = f"/api/v1/studies/{STUDY}/lead-times"
        return self.client.get(address, params=question, headers=self.headers)


@pytest.fixture
def deliverer(app: FastAPI) -> Deliverer:
    """Both applications were delivered before; one of them is of somebody who takes part and said much about it."""
    house: House = app.state.house
    with house.work() as work:
        study = build_study(work, STUDY)
        person = build_participant(work, study)
        journey = get_journey(work, person)
        journey.reference = PERSON
        work.session.add(journey)
        record_step(work, journey, "cv", date(2026, 2, 4), source="call")
        record_application(work, journey, date(2026, 2, 11), source="letter")
        record_rating(work, person, NewRating("cv", "step", "negative", "call", "citroengeel"))
    deliverer = Deliverer(app)
    for reference in (PERSON, NOBODY):
        deliverer.deliver(reference, facts=[CV])
    return deliverer


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_application_of_a_participant_is_answered_like_any_other(
    deliverer: Deliverer, body: dict[str, Any]
) -> None:
    assert deliverer.deliver(PERSON, **body) == deliverer.deliver(NOBODY, **body)


def test_it_takes_about_as_much_work(deliverer: Deliverer, app: FastAPI) -> None:
    counts = []
    for reference in (PERSON, NOBODY):
        with counting(app) as seen:
            deliverer.deliver(reference, facts=[CV, WORKSHOP], application=APPLICATION, decision=DECISION)
        counts.append(len(seen))
    assert abs(counts[0] - counts[1]) <= max(counts) / 3


class counting:
    """The statements that go to the database while it lasts."""

    def __init__(self, app: FastAPI) -> None:
        self.engine = app.state.house.database.engine
        self.seen: list[str] = []

    def _look(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.seen.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self.engine, "before_cursor_execute", self._look)
        return self.seen

    def __exit__(self, *_fault: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._look)


def test_lead_times_hear_nothing_of_what_the_person_said(deliverer: Deliverer, app: FastAPI) -> None:
    """The person's own dates are not the ones that were delivered, and the answer says nothing of ratings."""
    before = deliverer.ask().json()
    with app.state.house.work() as work:
        person = build_participant(work, get_study(work), phone="0687654321")
        record_rating(work, person, NewRating("cv", "step", "positive", "call"))
    after = deliverer.ask()
    assert after.json().keys() == before.keys()
    assert [word for word in ("rating", "participant", "citroengeel") if word in after.text] == []


def get_study(work: Any) -> Any:
    from tests.support.build import get_study_by

    return get_study_by(work, STUDY)


def test_lead_times_of_participants_are_not_for_who_delivers(deliverer: Deliverer) -> None:
    assert deliverer.ask(population="participants").status_code == 403


def test_who_delivers_cannot_ask_for_a_person_by_code(deliverer: Deliverer, app: FastAPI) -> None:
    """Known or not, the answer is the same: the refusal comes before anything is looked up."""
    answers = {
        (answer.status_code, answer.text)
        for code in ("H-001", "H-999")
        for answer in [deliverer.client.get(f"/api/v1/participants/{code}", headers=deliverer.headers)]
    }
    assert [status for status, _text in answers] == [403]
