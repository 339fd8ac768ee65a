"""Random conversations: facts, questions, replies, delays and repeats. Whatever happens, an answer that is stored is
about the question that was open when it was sent, each text gets one answer, and one question is open at a time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from journey.models import Message, Participant, Rating, TextQuestion
from journey.outbox.jobs import send_due
from journey.outbox.service import GATEWAY
from journey.participant.queries import get_journey
from journey.portal.inbound import receive_text
from journey.portal.texted import read_text
from journey.progress.service import record_step
from journey.rating.service import NewRating, record_rating
from journey.settings import Settings
from journey.texts.questions import LASTS, LEFT, keep_talking
from journey.work import House
from tests.support.build import build_participant, build_study
from tests.support.databases import Databases

PHONE = "+31612345678"
BEGIN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
STEPS = ("werk-nl", "cv", "werkplein", "rechten-en-plichten", "participatiegesprek", "workshop")
BODIES = (
    *(
        "1",
        "2",
        "3",
        "goed",
        "slecht",
        "gaat wel",
        "👍👍",
        "3 2",
        "1/2",
        "ja",
        "nee",
        "FOUT",
        "ok",
        "?",
        "geen idee",
    ),
    *("LATER", "PAUZE", "dank u", "3 want ze waren aardig", "niet goed, lang wachten", "1 hoor", "hallo"),
)
ACTS = st.one_of(
    st.tuples(st.just("fact"), st.sampled_from(STEPS)),
    st.tuples(st.just("reply"), st.sampled_from(BODIES)),
    st.tuples(st.just("reply"), st.sampled_from(BODIES)),
    st.tuples(st.just("repeat"), st.just("")),
    st.tuples(st.just("send"), st.just("")),
    st.tuples(st.just("send"), st.just("")),
    st.tuples(st.just("bell"), st.just("")),
    st.tuples(st.just("phone"), st.sampled_from(STEPS)),
    st.tuples(
        st.just("wait"), st.sampled_from(["minute", "hour", "day", "three days", "two weeks", "three weeks"])
    ),
)
WAITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "three days": timedelta(days=3, minutes=5),
    "two weeks": timedelta(days=14, minutes=5),
    "three weeks": timedelta(days=21),
}


class Model:
    """What a reader of the outbox alone can know: which questions arrived, and which of them was answered."""

    def __init__(self, house: House, person: int) -> None:
        self.house, self.person, self.now, self.sent = house, person, BEGIN, 0
        self.last: tuple[str, str] | None = None
        self.said: Counter[str] = Counter()

    def act(self, kind: str, what: str) -> None:
        getattr(self, f"_{kind}")(what)
        self.now += timedelta(seconds=7)
        self._check()

    def _fact(self, step: str) -> None:
        with self.house.work(now=self.now) as work:
            journey = get_journey(work, work.session.get_one(Participant, self.person))
            record_step(work, journey, step, work.today, source="call")

    def _phone(self, step: str) -> None:
        with self.house.work(now=self.now) as work:
            person = work.session.get_one(Participant, self.person)
            record_rating(work, person, NewRating(step, "step", "neutral", "call"))

    def _send(self, _what: str) -> None:
        send_due(self.house, self.now)

    def _bell(self, _what: str) -> None:
        with self.house.work(now=self.now) as work:
            keep_talking(work)

    def _wait(self, what: str) -> None:
        self.now += WAITS[what]

    def _repeat(self, _what: str) -> None:
        if self.last is not None:
            before = self._ratings(), self._answers()
            assert self._receive(*self.last) == "again"
            assert (self._ratings(), self._answers()) == before

    def _reply(self, body: str) -> None:
        self.sent += 1
        open_before, ratings, answers = self._open(), self._ratings(), self._answers()
        confirmed = self._confirmed()
        self.last = (body, f"SM{self.sent}")
        self._receive(*self.last)
        new = self._ratings()[len(ratings) :]
        assert len(new) <= 1
        self.said[body] += 1  # a phone that says the same for ever is not answered for ever
        assert self._answers() == answers + 1 or (self.said[body] > 3 and self._answers() == answers)
        for step, subject, value in new:
            if read_text(body).kind == "yes":
                assert (step, subject, value) == confirmed
            else:
                assert [(step, subject)] == open_before and value == read_text(body).value

    def _receive(self, body: str, sid: str) -> str:
        with self.house.work(GATEWAY, now=self.now) as work:
            return receive_text(work, PHONE, body, sid)

    def _check(self) -> None:
        assert len(self._open()) <= 1
        with self.house.work(now=self.now, write=False) as work:
            rows = work.session.exec(
                select(Message).where(col(Message.occasion).in_(("step_to_rate", "staff_to_rate")))
            ).all()
            ready = [row for row in rows if row.state == "ready"]
            assert len(ready) <= 1
            moments = [row.tried_at for row in rows if row.state == "sent" and row.tried_at]
            days = [moment.date() for moment in moments]
            assert all(days.count(day) <= 2 for day in days)

    # What arrived at the phone and was not answered since.
    def _open(self) -> list[tuple[str, str]]:
        with self.house.work(now=self.now, write=False) as work:
            rows = work.session.exec(
                select(TextQuestion, Message).join(Message, col(Message.id) == TextQuestion.message_id)
            ).all()
            return [
                (question.step, question.subject)
                for question, message in rows
                if question.state == "asked"
                and (message.state in LEFT or message.occasion == "answer")
                and (message.tried_at is None or message.tried_at > self.now - LASTS)
            ]

    def _confirmed(self) -> tuple[str, str, str] | None:
        with self.house.work(now=self.now, write=False) as work:
            row = work.session.exec(
                select(TextQuestion).where(col(TextQuestion.correction_until) > self.now)
            ).first()
            return (row.step, row.subject, row.correction) if row else None

    def _ratings(self) -> list[tuple[str, str, str]]:
        with self.house.work(now=self.now, write=False) as work:
            rows = work.session.exec(
                select(Rating).where(Rating.channel == "sms").order_by(col(Rating.id))
            ).all()
            return [(row.step, row.subject, row.value) for row in rows]

    def _answers(self) -> int:
        with self.house.work(now=self.now, write=False) as work:
            rows = select(Message.id).where(col(Message.occasion).in_(("answer", "link")))
            return len(work.session.exec(rows).all())


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ACTS, min_size=5, max_size=25))
def test_every_stored_answer_is_about_the_question_that_was_open(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str]]
) -> None:
    with databases.fresh(tmp_path_factory.mktemp("talk")) as url:
        house = House.open(Settings(database_url=url))
        with house.work(now=BEGIN) as work:
            person = build_participant(work, build_study(work), channel="sms")
        model = Model(house, person.id or 0)
        model.act("fact", "workshop")
        model.act("send", "")
        for kind, what in acts:
            model.act(kind, what)
        house.database.close()
