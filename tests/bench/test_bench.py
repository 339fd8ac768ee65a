"""The bench runs, counts what it was promised, and its report says what was measured; never how fast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import rate, soak
from tests.bench.figure import Figure, Options


def test_a_figure_compares_each_run_with_the_limit_of_that_run() -> None:
    figure = Figure("rate", "a second", [10, 40, 20], [10, 20, 20], "hello", aim=1.0, better="more")
    assert (figure.median, figure.ratios, figure.ratio, figure.met) == (20, [1, 2, 1], 1, True)


@pytest.mark.parametrize(("value", "met"), [(0.9, True), (0.91, False)])
def test_an_aim_is_met_up_to_and_including_it(value: float, met: bool) -> None:
    assert Figure("start", "s", [value], aim=0.9).met is met


def test_the_report_names_every_figure_what_failed_and_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def good(options: Options) -> Iterator[Figure]:
        yield Figure("start to first page", "s", [0.8, 1.2, 1.0], aim=0.9, database="sqlite")

    def bad(options: Options) -> Iterator[Figure]:
        raise RuntimeError("the server does not answer")
        yield

    monkeypatch.setattr(bench, "known", lambda: {"start": good, "rate": bad})
    assert not bench.run(Options(), [], tmp_path)
    said = (tmp_path / "bench.md").read_text()
    assert "| start to first page | sqlite | 1 s (0.8-1.2) |  |  | ≤ 0.9 s | **not met** |" in said
    assert "the server does not answer" in said
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found["machine"]["cores"] and found["figures"]["start"][0]["met"] is False


def test_growing_memory_is_called_growing() -> None:
    samples = [soak.Sample(30.0 * n, 100 + n, 120, 1, 10, 5, 0) for n in range(30)]
    an_hour, middle = soak.slope(samples)
    assert (round(an_hour), round(middle)) == (120, 120)


def test_the_load_gives_every_answer_that_is_open_and_finds_it_back(
    database_url: str, live_server: str
) -> None:
    tokens = rate.people(database_url, 2)
    found = rate.pairs(int(live_server.rpartition(":")[2]), "journey", tokens, at_once=2)
    assert len(found["submitted"]) == 2 * rate.QUESTIONS == len(found["kept"])
    rate.check_kept("ours", database_url, [tuple(one) for one in found["kept"]])
    with pytest.raises(AssertionError, match="acknowledged 5"):
        rate.check_kept("ours", database_url, [tuple(one) for one in found["kept"][1:]])
