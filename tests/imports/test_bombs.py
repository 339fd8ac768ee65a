"""No file of a user can stop the server: each is refused with a sentence, and others are answered meanwhile."""

from __future__ import annotations

import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI

from journey.imports import apart
from journey.imports.apart import Busy
from journey.imports.reading import read_sheet
from journey.rules.errors import Invalid
from journey.work import House
from tests.imports.bombs import BOMBS, corners
from tests.support.build import build_study, csrf_of, sign_in

GROWTH: int = 400_000  # kilobytes: a file of 20 MB stands in memory a few times


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_it_stops_nobody(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        cells = sum(len(row.cells) for row in read_sheet(content).rows)
    except Invalid as refusal:
        assert refusal.field == "file"
    else:
        assert cells < 10, "it was read as if it were a table"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH


def test_while_one_is_read_others_are_answered(app: FastAPI, house: House) -> None:
    with house.work() as work:
        build_study(work)
    desk = sign_in(app, "ria@example.org", "lead")
    files = {"file": ("boek.xlsx", corners("XFD1048576"))}
    data = {"content": "participants", "csrf_token": csrf_of(desk)}
    with ThreadPoolExecutor(1) as other:
        sent = other.submit(desk.post, "/studies/haarlem-test/import", data=data, files=files)
        assert desk.get("/health/live").status_code == 200
        answer = sent.result()
    assert answer.status_code == 422
    assert "Meer dan 100.000 rijen" in answer.text


def test_who_comes_third_hears_that_others_are_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.01)
    for _turn in range(apart.AT_ONCE):
        apart._turns.acquire()
    try:
        with pytest.raises(Busy):
            read_sheet(corners("B2"))
    finally:
        for _turn in range(apart.AT_ONCE):
            apart._turns.release()


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.001)
    with pytest.raises(Invalid, match="niet te lezen"):
        read_sheet(corners("B2"))


def test_a_table_of_a_hundred_thousand_rows_is_read() -> None:
    sheet = read_sheet(b"a;b;c\n" + b"1;Ren\xc3\xa9e;2026-03-31\n" * 100_000)
    assert (len(sheet.rows), sheet.rows[-1].cells) == (100_000, ("1", "Renée", "2026-03-31"))
