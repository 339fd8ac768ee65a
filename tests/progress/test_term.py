"""The calculator and the command line give the same answer: both are driven with the worked examples of the rules."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel
from typer.testing import CliRunner

from journey.cli.main import app as command_line
from journey.web.filters import day as long_day
from journey.work import House
from tests.support.pages import PageClient

FEBRUARY = {"received": "2026-02-03", "today": "2026-03-16"}
OCTOBER = {"received": "2026-10-01", "today": "2026-11-16"}
SUPPLIED_IN_OCTOBER = {
    "s1_ground": "1a",
    "s1_invited": "2026-10-05",
    "s1_term": "2026-10-26",
    "s1_supplied": "2026-10-19",
}

# The worked examples of the rules: what is asked, days suspended, days used, last day (None while standing still).
WORKED = [
    (FEBRUARY, 0, 41, "2026-03-31"),
    ({"received": "2026-01-10", "today": "2026-03-07"}, 0, 56, "2026-03-09"),
    ({"received": "2026-02-06", "today": "2026-04-02"}, 0, 55, "2026-04-07"),
    ({"received": "2026-03-10", "today": "2026-05-04"}, 0, 55, "2026-05-06"),
    ({**OCTOBER, **SUPPLIED_IN_OCTOBER}, 13, 33, "2026-12-09"),
    ({**OCTOBER, **SUPPLIED_IN_OCTOBER, "mode": "circulaire"}, 14, 32, "2026-12-10"),
    (
        {**FEBRUARY, "s1_ground": "1a", "s1_invited": "2026-02-10", "s1_term": "2026-02-24"},
        14,
        27,
        "2026-04-14",
    ),
    (
        {
            **FEBRUARY,
            "s1_ground": "1a",
            "s1_invited": "2026-02-10",
            "s1_term": "2026-03-10",
            "s1_supplied": "2026-02-24",
            "s2_ground": "2a",
            "s2_from": "2026-02-20",
            "s2_to": "2026-03-06",
        },
        24,
        17,
        "2026-04-24",
    ),
    ({**FEBRUARY, "s1_ground": "1a", "s1_invited": "2026-03-09", "s1_term": "2026-03-23"}, 7, 34, None),
    (
        {
            "received": "2026-02-03",
            "today": "2026-04-01",
            "e1_sent": "2026-03-30",
            "e1_until": "2026-04-21",
        },
        0,
        56,
        "2026-04-21",
    ),
]

# Further facts: each ground, a decision in time and late, warnings, a date no decree covers.
FURTHER = [
    {**FEBRUARY, "s1_ground": "1b", "s1_told": "2026-02-10", "s1_received": "2026-03-02"},
    {**FEBRUARY, "s1_ground": "1b", "s1_told": "2026-02-10"},
    {**FEBRUARY, "s1_ground": "2b", "s1_from": "2026-02-10", "s1_to": "2026-02-20"},
    {**FEBRUARY, "s1_ground": "2c", "s1_from": "2026-02-10"},
    {**FEBRUARY, "s1_ground": "1a", "s1_invited": "2026-02-10"},
    {**FEBRUARY, "sent": "2026-03-10"},
    {**FEBRUARY, "today": "2026-05-01", "sent": "2026-04-22"},
    {**FEBRUARY, "today": "2026-05-01"},
    {**FEBRUARY, "today": "2026-05-01", "e1_sent": "2026-04-10", "e1_until": "2026-06-01"},
    {"received": "2062-02-03", "today": "2026-03-16"},
    {
        "received": "2026-02-06",
        "today": "2030-04-10",
        "s1_ground": "2a",
        "s1_from": "2026-03-01",
        "s1_to": "2028-03-01",
    },
]

OTHERS = [
    ("/termijn/bezwaar?sent=2026-03-23", "Laatste dag voor bezwaar: maandag 4 mei 2026"),
    ("/termijn/bezwaar?sent=2026-02-20", "Laatste dag voor bezwaar: dinsdag 7 april 2026"),
    ("/termijn/voorschot?received=2026-02-03", "Eerste voorschot: uiterlijk dinsdag 3 maart 2026"),
    ("/termijn/jongeren?reported=2026-03-02", "Aanvragen kan vanaf maandag 30 maart 2026"),
    ("/termijn/ww?ends=2026-06-30", "Melden kan vanaf dinsdag 2 juni 2026"),
    ("/termijn/dwangsom?last_day=2026-03-31&notice=2026-04-01&sent=2026-04-17", "Indicatie: € 23 dwangsom"),
    ("/termijn/dwangsom?last_day=2026-03-31&notice=2026-04-01", "Indicatie: hoogstens € 1.442 dwangsom"),
    ("/termijn/dwangsom?last_day=2026-03-31&notice=2026-04-01&sent=2026-04-10", "Er is geen dwangsom"),
    ("/termijn/dwangsom?last_day=2026-03-31&notice=2026-03-31", "De ingebrekestelling telt niet"),
    ("/termijn/betrouwbaarheid?n=389&population=2300", "Betrouwbaarheid: 96,95 %"),
    ("/termijn/betrouwbaarheid?n=19&population=19", "Betrouwbaarheid: 100,00 %"),
]


def house_of(calculator: PageClient) -> House:
    return calculator.app.state.house  # type: ignore[attr-defined,no-any-return]


def asked(calculator: PageClient, question: dict[str, str]) -> str:
    """The words on the answering page, without tags."""
    answer = calculator.get(f"/termijn?{urlencode(question)}")
    assert answer.status_code == 200, words(answer.text)
    return words(answer.text)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def command_on(calculator: PageClient, address: str) -> str:
    found = re.search(r"<code>(.*?)</code>", calculator.get(address).text)
    assert found, "no command on the page"
    return unescape(found[1])


def run(command: str, *more: str) -> str:
    program, *args = shlex.split(command)
    assert program == "journey"
    result = CliRunner().invoke(command_line, [*args, *more])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize(("question", "suspended", "used", "last_day"), WORKED)
def test_the_worked_examples(
    calculator: PageClient, question: dict[str, str], suspended: int, used: int, last_day: str | None
) -> None:
    text = asked(calculator, question)
    headline = (
        f"Laatste dag: {long_day(date.fromisoformat(last_day))}"
        if last_day
        else "De klok staat stil: er is nu geen laatste dag"
    )
    assert headline in text
    assert f"Gebruikt {used} dagen van 56 Over {56 - used} " in text
    assert f"Stilgestaan {suspended} dagen" in text


@pytest.mark.parametrize("question", [*(row[0] for row in WORKED), *FURTHER])
def test_the_command_on_the_page_gives_the_same_answer(
    calculator: PageClient, question: dict[str, str]
) -> None:
    text = asked(calculator, question)
    command = command_on(calculator, f"/termijn?{urlencode(question)}")
    for sentence in run(command).splitlines():
        assert sentence.removeprefix("Let op: ") in text
    last_day = json.loads(run(command, "--json"))["last_day"]
    assert (
        (f"Laatste dag: {long_day(date.fromisoformat(last_day))}" in text)
        if last_day
        else "geen laatste dag" in text
    )


@pytest.mark.parametrize(("address", "headline"), OTHERS)
def test_the_other_terms(calculator: PageClient, address: str, headline: str) -> None:
    assert headline in words(calculator.get(address).text)


@pytest.mark.parametrize("address", [row[0] for row in OTHERS])
def test_the_command_for_the_other_terms_gives_the_same_answer(calculator: PageClient, address: str) -> None:
    text = words(calculator.get(address).text)
    for sentence in run(command_on(calculator, address)).splitlines():
        assert sentence in text


def test_both_days_are_named_when_the_ways_of_counting_differ(calculator: PageClient) -> None:
    for mode in ("wet", "circulaire"):
        text = asked(calculator, {**OCTOBER, **SUPPLIED_IN_OCTOBER, "mode": mode})
        assert "Volgens de tekst van de wet: woensdag 9 december 2026." in text
        assert "Volgens de circulaire: donderdag 10 december 2026." in text


def test_one_day_when_the_ways_of_counting_agree(calculator: PageClient) -> None:
    assert "Volgens de circulaire" not in asked(calculator, FEBRUARY)


@pytest.mark.parametrize("question", [row[0] for row in WORKED])
def test_the_address_to_keep_asks_the_same(calculator: PageClient, question: dict[str, str]) -> None:
    address = f"/termijn?{urlencode(question)}&add=&s7_ground="
    kept = re.search(r'<a href="(/termijn\?[^"]*)">Adres van deze berekening', calculator.get(address).text)
    assert kept and "add" not in kept[1] and "s7" not in kept[1]
    assert command_on(calculator, unescape(kept[1])) == command_on(calculator, address)


def test_a_late_case_leads_to_the_penalty_with_its_last_day(calculator: PageClient) -> None:
    html = calculator.get("/termijn?received=2026-02-03&today=2026-05-01").text
    assert 'href="/termijn/dwangsom?last_day=2026-03-31"' in html


def test_a_decided_case_leads_to_objection(calculator: PageClient) -> None:
    html = calculator.get("/termijn?received=2026-02-03&today=2026-05-01&sent=2026-03-23").text
    assert 'href="/termijn/bezwaar?sent=2026-03-23"' in html


@pytest.mark.parametrize(
    ("more", "first_day"),
    [
        ("", "maandag 30 maart 2026"),
        ("&someone_27=yes", "maandag 2 maart 2026"),
        ("&exception=yes", "maandag 2 maart 2026"),
        ("&waived=2026-03-16", "maandag 16 maart 2026"),
    ],
)
def test_young_people_and_the_exceptions(calculator: PageClient, more: str, first_day: str) -> None:
    text = words(calculator.get(f"/termijn/jongeren?reported=2026-03-02{more}").text)
    assert f"Aanvragen kan vanaf {first_day}" in text
    assert ("opdrachtregel" in text) is not bool(more)  # the command line does not know the exceptions


def test_an_advance_on_a_free_day_says_to_pay_before(calculator: PageClient) -> None:
    text = words(calculator.get("/termijn/voorschot?received=2026-03-06").text)
    assert "Vrijdag 3 april 2026 is een vrije dag (Goede Vrijdag)" in text


def test_an_unsure_survey_is_called_indicative(calculator: PageClient) -> None:
    assert "Indicatief." in words(calculator.get("/termijn/betrouwbaarheid?n=38&population=2300").text)


@pytest.mark.parametrize(
    "path", ["", "/bezwaar", "/voorschot", "/jongeren", "/ww", "/dwangsom", "/betrouwbaarheid"]
)
def test_a_first_look_finds_no_fault_and_says_what_it_is_worth(calculator: PageClient, path: str) -> None:
    answer = calculator.get(f"/termijn{path}")
    text = words(answer.text)
    assert answer.status_code == 200
    assert "U kunt er geen rechten aan ontlenen" in text
    assert "bekend voor 2017 tot en met 2019 en 2022 tot en met 2028 (Stcrt. 2016, 58653;" in text


def test_today_is_filled_in(calculator: PageClient) -> None:
    with house_of(calculator).work(write=False) as work:
        today = work.today.isoformat()
    assert f'name="today" type="date" value="{today}"' in calculator.get("/termijn").text


def test_every_staff_page_leads_to_the_calculator(calculator: PageClient) -> None:
    assert 'href="/termijn"' in calculator.get("/").text


def test_nothing_is_stored_or_logged(calculator: PageClient, caplog: pytest.LogCaptureFixture) -> None:
    house = house_of(calculator)
    before = _rows(house)
    with caplog.at_level("DEBUG", logger="journey"):
        calculator.get(f"/termijn?{urlencode(WORKED[7][0])}")
        calculator.get("/termijn?received=2026-02-30")
    assert _rows(house) == before
    assert "2026-02" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "httpx2"
    )
    assert "set-cookie" not in calculator.get("/termijn").headers


def _rows(house: House) -> dict[str, int]:
    with house.work(write=False) as work:
        return {
            name: work.session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
        }


def test_the_pages_ask_for_dates_and_numbers_only(calculator: PageClient) -> None:
    for path in ("", "/bezwaar", "/voorschot", "/jongeren", "/ww", "/dwangsom", "/betrouwbaarheid"):
        html = calculator.get(f"/termijn{path}").text
        types = set(re.findall(r'<input[^>]*type="(\w+)"', html))
        assert types <= {"date", "radio", "checkbox", "text"}
        assert "<textarea" not in html and 'method="post"' not in html


@pytest.mark.parametrize("path", ["", "/bezwaar", "/betrouwbaarheid"])
def test_the_calculator_is_get_only(calculator: PageClient, path: str) -> None:
    assert calculator.post(f"/termijn{path}").status_code == 405
