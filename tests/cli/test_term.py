"""`journey term …` from the outside: the JSON of the contract, sentences for people, one sentence when it is wrong."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from journey.cli.term import term_app

CASE = ["decision", "--received", "2026-02-03", "--today", "2026-03-16"]


def run(*args: str) -> Result:
    return CliRunner().invoke(term_app, list(args))


def answer(*args: str) -> dict[str, object]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_running_clock() -> None:
    found = answer(*CASE)
    assert found.pop("explanation")
    assert found == {
        "received": "2026-02-03",
        "today": "2026-03-16",
        "mode": "wet",
        "clock": "running",
        "days_used": 41,
        "days_left": 15,
        "suspended_days": 0,
        "raw_last_day": "2026-03-31",
        "last_day": "2026-03-31",
        "days_to_last_day": 15,
        "days_late": 0,
        "last_day_if_unused": None,
        "last_day_other_mode": None,
        "warnings": [],
    }


def test_a_stopped_clock_has_no_last_day() -> None:
    found = answer(*CASE, "--suspension", "ground=1a,invited=2026-03-09,term=2026-03-23")
    assert (found["clock"], found["suspended_days"], found["last_day_if_unused"]) == (
        "stopped",
        7,
        "2026-04-14",
    )
    assert (found["raw_last_day"], found["last_day"], found["days_to_last_day"]) == (None, None, None)


def test_suspensions_may_be_given_more_than_once() -> None:
    found = answer(
        *CASE,
        "--suspension",
        "ground=1a,invited=2026-02-10,term=2026-03-10,supplied=2026-02-24",
        "--suspension",
        "ground=2a,from=2026-02-20,to=2026-03-06",
    )
    assert (found["suspended_days"], found["last_day"]) == (24, "2026-04-24")


def test_the_mode_of_the_circular() -> None:
    found = answer(
        *["decision", "--received", "2026-10-01", "--today", "2026-11-16", "--mode", "circulaire"],
        *["--suspension", "ground=1a,invited=2026-10-05,term=2026-10-26,supplied=2026-10-19"],
    )
    assert (found["mode"], found["last_day"], found["last_day_other_mode"]) == (
        "circulaire",
        "2026-12-10",
        "2026-12-09",
    )


def test_an_extension_and_a_decision() -> None:
    extension = ["--extension", "sent=2026-03-30,until=2026-04-21"]
    case = ["decision", "--received", "2026-02-03", "--today", "2026-05-01", *extension]
    found = answer(*case, "--sent", "2026-04-22")
    assert (found["clock"], found["last_day"], found["days_late"]) == ("decided", "2026-04-21", 1)


def test_a_warning_is_no_error() -> None:
    found = answer(*CASE, "--suspension", "ground=1a,invited=2026-02-10")
    assert found["last_day"] == "2026-03-31"
    assert len(found["warnings"]) == 1  # type: ignore[arg-type]


def test_a_moment_is_read_as_its_local_date() -> None:
    found = answer("decision", "--received", "2026-03-02T23:30Z", "--today", "2026-03-16")
    assert found["received"] == "2026-03-03"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["objection", "--sent", "2026-03-23"], {"last_day": "2026-05-04"}),
        (
            ["advance", "--received", "2026-02-03"],
            {"due": ["2026-03-03", "2026-03-31", "2026-04-28"], "percentage": 95.0},
        ),
        (["youth", "--reported", "2026-03-02"], {"earliest_application": "2026-03-30"}),
        (["ww", "--ends", "2026-06-30"], {"report_from": "2026-06-02"}),
        (
            ["penalty", "--last-day", "2026-03-31", "--notice", "2026-04-01", "--sent", "2026-04-17"],
            {
                "valid_notice": True,
                "first_day": "2026-04-16",
                "last_day": "2026-04-16",
                "days": 1,
                "amount_eur": 23,
            },
        ),
        (
            ["penalty", "--last-day", "2026-03-31", "--notice", "2026-03-31"],
            {"valid_notice": False, "first_day": None, "last_day": None, "days": 0, "amount_eur": 0},
        ),
    ],
)
def test_the_other_terms(args: list[str], expected: dict[str, object]) -> None:
    assert answer(*args) == expected


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (CASE, "laatste dag dinsdag 31 maart 2026"),
        ([*CASE, "--suspension", "ground=1a,invited=2026-02-10"], "Let op: De uitnodiging van 10 februari"),
        (["objection", "--sent", "2026-03-23"], "maandag 4 mei 2026"),
        (["advance", "--received", "2026-02-03"], "95 %"),
        (["youth", "--reported", "2026-03-02"], "maandag 30 maart 2026"),
        (["ww", "--ends", "2026-06-30"], "dinsdag 2 juni 2026"),
        (["penalty", "--last-day", "2026-03-31", "--notice", "2026-04-01"], "samen € 1.442"),
        (
            ["penalty", "--last-day", "2026-03-31", "--notice", "2026-04-01", "--sent", "2026-04-10"],
            "geen dwangsom",
        ),
        (["penalty", "--last-day", "2026-03-31", "--notice", "2026-03-31"], "telt niet"),
    ],
)
def test_without_json_people_read_sentences(args: list[str], words: str) -> None:
    assert words in run(*args).stdout


def spec(text: str) -> list[str]:
    return [*CASE, "--suspension", text]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["decision", "--received", "2026-02-30", "--today", "2026-03-16"], "2026-02-30"),
        (["decision", "--received", "03-02-2026", "--today", "2026-03-16"], "jjjj-mm-dd"),
        (["decision", "--received", "20260203", "--today", "2026-03-16"], "jjjj-mm-dd"),
        (["decision", "--received", "2026-03-02T23:30", "--today", "2026-03-16"], "jjjj-mm-dd"),
        (["decision", "--received", "0026-02-03", "--today", "2026-03-16"], "jaartal"),
        (["decision", "--today", "2026-03-16"], "--received"),
        (["decision", "--received", "2026-02-03"], "--today"),
        (["decision", "--received"], "--received"),
        ([*CASE, "--nonsense", "1"], "--nonsense"),
        ([*CASE, "extra"], "extra"),
        (["nonsense"], "nonsense"),
        ([*CASE, "--mode", "streng"], "streng"),
        ([*CASE, "--sent", "2026-02-02"], "vóór de ontvangst"),
        ([*CASE, "--extension", "sent=2026-03-30"], "until"),
        ([*CASE, "--extension", "until=2026-03-30"], "sent"),
        ([*CASE, "--extension", "sent=2026-03-30,until=2026-04-31"], "2026-04-31"),
        (spec(""), "onbekend"),
        (spec("invited=2026-02-10,term=2026-02-24"), "grond"),
        (spec("ground=1a,invted=2026-02-10"), "invted"),
        (spec("ground=9z,invited=2026-02-10"), "9z"),
        (spec("ground=1a"), "uitnodiging"),
        (spec("ground=1a,invited="), "invited"),
        (spec("ground=1a,invited"), "invited"),
        (spec("ground=1a,invited=2026-02-10,invited=2026-02-11"), "twee keer"),
        (spec("ground=1a,invited=2026-02-10,term=2026-02-29"), "2026-02-29"),
        (spec("ground=2a,invited=2026-02-10"), "2a"),
        (spec("ground=1a,invited=2026-02-10,supplied=2026-02-09"), "vóór de uitnodiging"),
        (spec("ground=2a,from=2026-02-10,to=2026-02-09"), "vóór het begin"),
        (["objection"], "--sent"),
        (["objection", "--sent", "morgen"], "morgen"),
        (["advance", "--received", "2026-13-01"], "2026-13-01"),
        (["penalty", "--last-day", "2026-03-31"], "--notice"),
    ],
)
def test_bad_input_is_exit_2_and_one_sentence_on_stderr(args: list[str], words: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
