"""Load that knows what it was promised: every answer is asked for until it is acknowledged, with one key each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
from sqlmodel import col, select

from journey.models import Rating
from journey.work import House

CALLERS = 6


@dataclass
class Load:
    """`asked` and `acknowledged` hold the mark of each answer; `refusals` counts (status, sentence) of what failed."""

    address: str
    token: str
    people: list[str]
    step: str
    asked: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refusals: Counter[tuple[int, str]] = field(default_factory=Counter)
    _since: int | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, number: int) -> None:
        """One caller: answer after answer until the end; the last one is asked for until it is acknowledged."""
        with httpx2.Client(timeout=30) as client:
            for count in range(1_000_000):
                if self._ending.is_set():
                    return
                mark = f"antwoord {number}-{count}"
                with self._lock:
                    self.asked.append(mark)
                self._insist(client, self.people[(number + count) % len(self.people)], mark)

    def _insist(self, client: httpx2.Client, code: str, mark: str) -> None:
        body = {"step": self.step, "subject": "step", "value": "positive", "channel": "call", "quote": mark}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": mark}
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                answer = client.post(
                    f"{self.address}/api/v1/participants/{code}/ratings", json=body, headers=headers
                )
            except httpx2.HTTPError as lost:
                self._note(0, type(lost).__name__)
            else:
                if answer.status_code == 201:
                    with self._lock:
                        self.acknowledged.append(mark)
                    return
                self._note(answer.status_code, _sentence(answer))
            time.sleep(0.1)

    def _note(self, status: int, sentence: str) -> None:
        with self._lock:
            self.refusals[status, sentence] += 1

    def is_flowing(self, more: int = 10) -> bool:
        """Whether some more answers were acknowledged since it was asked for the first time."""
        with self._lock:
            if self._since is None:
                self._since = len(self.acknowledged)
            if len(self.acknowledged) < self._since + more:
                return False
            self._since = None
            return True

    @property
    def statuses(self) -> set[int]:
        return {status for status, _ in self.refusals}


def _sentence(answer: httpx2.Response) -> str:
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return str(answer.json().get("detail", ""))
    return ""


@contextmanager
def loading(load: Load) -> Iterator[Load]:
    """Callers at work for as long as the block lasts; at its end each has what it asked for."""
    callers = [threading.Thread(target=load.call, args=(number,), daemon=True) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield load
    finally:
        load._ending.set()
        for caller in callers:
            caller.join(timeout=150)


def check_kept(house: House, load: Load) -> None:
    """What was acknowledged is there, nothing is there twice, nothing came from nowhere, every refusal said why."""
    with house.work(write=False) as work:
        found = Counter(
            work.session.exec(select(Rating.quote).where(col(Rating.quote).startswith("antwoord"))).all()
        )
    assert len(load.acknowledged) > 20, f"too little was acknowledged: {len(load.acknowledged)}"
    assert set(load.acknowledged) - set(found) == set(), "acknowledged, but gone"
    assert [mark for mark, times in found.items() if times > 1] == [], "there twice"
    assert set(found) - set(load.asked) == set(), "nobody asked for this"
    assert sorted(load.asked) == sorted(load.acknowledged), "never acknowledged, even after recovery"
    wordless = {status for status, sentence in load.refusals if status and not sentence}
    assert wordless == set(), f"refused without a sentence: {wordless}"
    assert load.statuses <= {0, 503}, f"refused as {load.statuses}: a fault of ours that passes is 503"
