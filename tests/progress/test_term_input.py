"""Bad input on the calculator: 422, a message at the field and on top, and everything typed still there."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from tests.support.pages import PageClient

CASE = {"received": "2026-02-03", "today": "2026-03-16"}


def page(
    calculator: PageClient, question: dict[str, str] | list[tuple[str, str]], path: str = ""
) -> tuple[int, str]:
    answer = calculator.get(f"/termijn{path}?{urlencode(question)}")
    return answer.status_code, unescape(answer.text)


def value_of(html: str, name: str) -> str | None:
    """The value that the field of that name shows, None when there is no such field."""
    field = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', html)
    if field is None:
        return None
    value = re.search(r'\bvalue="([^"]*)"', field[0])
    return value[1] if value else ""


WRONG = [
    ("", {"received": ""}, "received", "Vul dit in."),
    ("", {"received": "2026-02-30"}, "received", "Deze datum bestaat niet"),
    ("", {"received": "30-02-2026"}, "received", "Deze datum bestaat niet"),
    ("", {"received": "morgen"}, "received", "geen datum"),
    ("", {"received": "0026-02-03"}, "received", "voor 1900"),
    ("", {"received": "9" * 400}, "received", "te lang"),
    ("", {**CASE, "today": "2026-13-01"}, "today", "Deze datum bestaat niet"),
    ("", {**CASE, "sent": "2026-02-02"}, "sent", "vóór de ontvangst"),
    ("", {**CASE, "s1_ground": "1a"}, "s1_invited", "uitnodiging"),
    ("", {**CASE, "s1_ground": "1b"}, "s1_told", "mededeling"),
    ("", {**CASE, "s1_ground": "2a", "s1_to": "2026-03-01"}, "s1_from", "begin"),
    ("", {**CASE, "s1_ground": "1a", "s1_invited": "2026-02-29"}, "s1_invited", "Deze datum bestaat niet"),
    (
        "",
        {**CASE, "s1_ground": "1a", "s1_invited": "2026-02-10", "s1_supplied": "2026-02-09"},
        "s1_supplied",
        "vóór de uitnodiging",
    ),
    (
        "",
        {**CASE, "s1_ground": "2c", "s1_from": "2026-03-02", "s1_to": "2026-03-01"},
        "s1_to",
        "vóór het begin",
    ),
    (
        "",
        {**CASE, "s1_ground": "2a", "s1_from": "2026-03-02", "s1_invited": "2026-03-01"},
        "s1_invited",
        "geen datum",
    ),
    ("", {**CASE, "e1_sent": "2026-03-02"}, "e1_until", "Vul dit in."),
    ("", {**CASE, "e1_sent": "2026-02-01", "e1_until": "2026-05-01"}, "e1_sent", "vóór de ontvangst"),
    ("", {**CASE, "e1_sent": "2026-03-02", "e1_until": "9026-05-01"}, "e1_until", "jaartal"),
    ("/bezwaar", {"sent": "2026-02-30"}, "sent", "Deze datum bestaat niet"),
    ("/bezwaar", {"sent": ""}, "sent", "Vul dit in."),
    ("/bezwaar", {"sent": "9999-12-31"}, "sent", "jaartal"),
    ("/voorschot", {"received": "x"}, "received", "geen datum"),
    ("/jongeren", {"reported": "2026-03-02", "waived": "2026-03-01"}, "waived", "vóór de melding"),
    ("/jongeren", {"reported": "2025-12-20", "waived": "2025-12-27"}, "waived", "pas vanaf"),
    ("/ww", {"ends": ""}, "ends", "Vul dit in."),
    ("/dwangsom", {"last_day": "2026-03-31"}, "notice", "Vul dit in."),
    ("/betrouwbaarheid", {"n": "2300", "population": "389"}, "n", "groter dan de populatie"),
    ("/betrouwbaarheid", {"n": "0", "population": "10"}, "n", "heel getal"),
    ("/betrouwbaarheid", {"n": "1,5", "population": "10"}, "n", "heel getal"),
    ("/betrouwbaarheid", {"n": "٣,٥", "population": "10"}, "n", "heel getal"),
]


@pytest.mark.parametrize(("path", "question", "field", "message"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    calculator: PageClient, path: str, question: dict[str, str], field: str, message: str
) -> None:
    status, html = page(calculator, question, path)
    assert status == 422
    at_field = re.search(rf'id="{field}-error">(.*?)</p>', html, re.DOTALL)
    assert at_field and message in at_field[1]
    assert re.search(rf'data-error-summary.*href="#{field}"', html, re.DOTALL)
    assert 'id="answer"' not in html


@pytest.mark.parametrize(("path", "question", "field", "message"), WRONG)
def test_what_was_typed_is_still_there(
    calculator: PageClient, path: str, question: dict[str, str], field: str, message: str
) -> None:
    html = page(calculator, question, path)[1]
    for name, value in question.items():
        assert value_of(html, name) == value


def test_what_is_no_date_is_shown_in_a_text_field(calculator: PageClient) -> None:
    """A date field of a browser would show it empty."""
    html = page(calculator, {"received": "2026-02-30"})[1]
    assert re.search(r'name="received" type="text" value="2026-02-30"', html)


@pytest.mark.parametrize("typed", ["3-2-2026", "03/02/2026", " 2026-02-03 "])
def test_dates_as_people_type_them(calculator: PageClient, typed: str) -> None:
    status, html = page(calculator, {**CASE, "received": typed})
    assert (status, value_of(html, "received")) == (200, "2026-02-03")
    assert "Laatste dag: dinsdag 31 maart 2026" in html


@pytest.mark.parametrize("ground", ["9z", "", "1A", "<script>alert(1)</script>"])
def test_a_ground_that_does_not_exist_can_be_chosen_again(calculator: PageClient, ground: str) -> None:
    answer = calculator.get(f"/termijn?{urlencode({**CASE, 's1_ground': ground, 's1_from': '2026-02-20'})}")
    assert answer.status_code == 422
    assert '<select class="input input--medium" id="s1_ground"' in answer.text
    assert value_of(answer.text, "s1_from") == "2026-02-20"
    assert "<script>alert" not in answer.text


def test_a_way_of_counting_that_does_not_exist(calculator: PageClient) -> None:
    status, html = page(calculator, {**CASE, "mode": "streng"})
    assert status == 422
    assert "De telwijze streng bestaat niet." in html


def test_what_the_address_holds_besides_is_named_and_not_counted(calculator: PageClient) -> None:
    status, html = page(calculator, {**CASE, "recieved": "2026-01-01", "s1_invted": "x", "s1_": "y"})
    assert status == 200
    assert "Het telt niet mee: recieved, s1_invted, s1_." in html
    assert "Laatste dag: dinsdag 31 maart 2026" in html


def test_a_name_that_stands_there_twice_counts_once(calculator: PageClient) -> None:
    html = page(
        calculator, [("received", "2026-01-01"), ("received", "2026-02-03"), ("today", "2026-03-16")]
    )[1]
    assert "Laatste dag: dinsdag 31 maart 2026" in html


def many(n: int) -> dict[str, str]:
    rows = {}
    for place in range(1, n + 1):
        rows |= {f"s{place}_ground": "2a", f"s{place}_from": "2026-02-10", f"s{place}_to": "2026-02-11"}
    return {**CASE, **rows}


def test_twenty_suspensions_are_counted(calculator: PageClient) -> None:
    status, html = page(calculator, many(20))
    assert status == 200
    assert "2 dagen stilgestaan" in html


def test_two_hundred_suspensions_are_too_many(calculator: PageClient) -> None:
    status, html = page(calculator, many(200))
    assert status == 422
    assert "U gaf 200 opschortingen. De rekenhulp telt er hoogstens 20" in html
    assert value_of(html, "s20_from") == "2026-02-10"
    assert value_of(html, "s21_from") is None


def test_one_more_than_twenty_is_not_added(calculator: PageClient) -> None:
    status, html = page(calculator, {**many(20), "add": "1b"})
    assert (status, value_of(html, "s21_told")) == (422, None)


@pytest.mark.parametrize(
    ("ground", "names"),
    [
        ("1a", ["invited", "term", "supplied"]),
        ("1b", ["told", "received"]),
        ("2a", ["from", "to"]),
        ("2b", ["from", "to"]),
        ("2c", ["from", "to"]),
    ],
)
def test_an_added_suspension_has_the_dates_of_its_ground_only(
    calculator: PageClient, ground: str, names: list[str]
) -> None:
    status, html = page(calculator, {"received": "", "today": "", "add": ground})
    assert status == 200
    assert re.findall(r'name="s1_(\w+)" type="date"', html) == names
    assert value_of(html, "s1_ground") == ground


def test_a_notice_of_delay_is_added(calculator: PageClient) -> None:
    html = page(calculator, {**CASE, "e1_sent": "2026-03-01", "e1_until": "2026-05-01", "add": "extension"})[
        1
    ]
    assert (value_of(html, "e1_until"), value_of(html, "e2_until")) == ("2026-05-01", "")


def test_adding_finds_no_fault_yet_and_keeps_what_was_typed(calculator: PageClient) -> None:
    status, html = page(calculator, {"received": "2026-02-30", "s1_ground": "1a", "add": "2a"})
    assert (status, value_of(html, "received")) == (200, "2026-02-30")
    assert "data-error-summary" not in html


def test_the_answer_stays_while_an_empty_suspension_is_added(calculator: PageClient) -> None:
    assert "Laatste dag: dinsdag 31 maart 2026" in page(calculator, {**CASE, "add": "1a"})[1]


def test_what_cannot_be_added_is_refused(calculator: PageClient) -> None:
    status, html = page(calculator, {**CASE, "add": "3x"})
    assert status == 422
    assert "Deze keuze bestaat niet." in html


def test_a_removed_suspension_is_gone_and_the_others_close_up(calculator: PageClient) -> None:
    rows = {
        "s1_ground": "1b",
        "s1_told": "2026-02-10",
        "s2_ground": "2a",
        "s2_from": "2026-02-20",
        "s2_to": "2026-02-21",
    }
    html = page(calculator, {**CASE, **rows, "remove": "s1"})[1]
    assert (value_of(html, "s1_ground"), value_of(html, "s1_from"), value_of(html, "s2_from")) == (
        "2a",
        "2026-02-20",
        None,
    )


def test_removing_what_is_not_there_hides_no_fault(calculator: PageClient) -> None:
    assert page(calculator, {"received": "", "remove": "s9"})[0] == 422


def test_empty_rows_of_an_address_are_left_out(calculator: PageClient) -> None:
    status, html = page(calculator, {**CASE, "s5_ground": "", "s5_from": "", "e2_sent": ""})
    assert (status, value_of(html, "s1_from")) == (200, None)


@pytest.mark.parametrize(
    "address",
    [
        "/termijn?received=%FF%FE&today=%0A",
        "/termijn?received=2026-02-03&today=2026-03-16&s1_ground=2a&s1_from=2026-02-10&s1_to=2199-12-31",
        "/termijn?received=1900-01-01&today=2199-12-31",
        "/termijn?" + "&".join(f"x{n}=1" for n in range(500)),
        "/termijn?received=" + "%F0%9F%98%80" * 50,
        "/termijn?s9999_ground=1a&s0_ground=1a",
    ],
)
def test_odd_addresses_are_answered(calculator: PageClient, address: str) -> None:
    answer = calculator.get(address)
    assert answer.status_code in (200, 422)
    assert len(answer.text) < 120_000
