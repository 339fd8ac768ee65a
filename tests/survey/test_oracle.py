"""The surveys of 2022 give the numbers that were printed, from the file to the answer of the API."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from journey.survey.published import Published, find_published
from tests.survey.conftest import STRATA, Surveys

EXPECTED = tomllib.loads((Path(__file__).parent / "expected-2022.toml").read_text(encoding="utf-8"))
Rows = dict[tuple[str, str], dict[str, Any]]


def printed(value: float, digits: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def test_all_rows_have_the_expected_n_and_value(of_2022: Surveys) -> None:
    checked, wrong = 0, []
    for name, expected in EXPECTED.items():
        rows = of_2022.rows(name)
        for one in expected:
            row = rows[one["item"], "all" if one["unit"] == "hhb" else one["unit"]]
            values = {key: one[key] for key in one.keys() - {"item", "unit", "n"}}
            got = {"value": row["value"]} if "value" in values else row["options"]
            off = [key for key, value in values.items() if abs(got[key] - value) > 0.0001]
            if off or row["n"] != one["n"]:
                wrong.append((name, one, row))
            checked += 1
    assert (checked, wrong) == (410, [])


def printed_numbers(published: Published, rows: Rows) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """Every number that was printed, and whether ours is printed the same."""
    for item, unit, option, number in published.printed():
        row = rows[item, unit]
        ours = row["options"][option] if option else row["value"]
        digits = 1 if row["kind"] == "grade10" else 0
        yield (
            (item, unit, option),
            printed(ours, digits) == Decimal(str(number)).quantize(Decimal(1).scaleb(-digits)),
        )
    for spread in published.spreads:
        row = rows[spread.item, spread.unit]
        share = (
            row["insufficient"]
            if spread.answers == ("insufficient",)
            else 100 * sum(row["counts"][answer] for answer in spread.answers) / row["n"]
        )
        yield (spread.item, spread.unit, ";".join(spread.answers)), printed(share, 0) == spread.percent


def test_596_of_the_611_printed_numbers_are_ours_and_the_others_are_explained(of_2022: Surveys) -> None:
    total = same = 0
    for name in STRATA:
        published = find_published(name)
        assert published is not None
        found = list(printed_numbers(published, of_2022.rows(name)))
        response = {unit["unit"]: unit for unit in of_2022.get(f"{name}/response")["units"]}
        for unit, modes in published.modes.items():
            found += [((unit, mode, ""), response[unit]["by_mode"][mode] == n) for mode, n in modes.items()]
        assert {key for key, ok in found if not ok} == set(published.impossible)
        total, same = total + len(found), same + sum(ok for _key, ok in found)
    assert (total, same) == (611, 596)


@pytest.mark.parametrize(
    ("study", "unit", "valid", "response", "reliability", "indicative"),
    [
        ("participatiewet-2022", "all", 389, 16.91, 96.95, False),
        ("participatiewet-2022", "hengelo", 274, 16.12, 92.92, False),
        ("participatiewet-2022", "haaksbergen", 54, 17.42, 58.05, True),
        ("participatiewet-2022", "borne", 61, 21.03, 61.97, True),
        ("minima-2022", "all", 248, 9.21, 90.15, False),
    ],
)
def test_response_and_reliability(
    of_2022: Surveys,
    study: str,
    unit: str,
    valid: int,
    response: float,
    reliability: float,
    indicative: bool,
) -> None:
    found = of_2022.get(f"{study}/response")
    row = found if unit == "all" else next(one for one in found["units"] if one["unit"] == unit)
    assert (row["valid"], row["response"], row["reliability"]) == (valid, response, reliability)
    assert row["indicative"] is indicative


def test_how_answers_came_and_who_has_no_unit(of_2022: Surveys) -> None:
    assert of_2022.get("participatiewet-2022/response")["by_mode"] == {"paper": 211, "web": 178}
    assert of_2022.get("minima-2022/response")["without_unit"] == 72


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        ("staff_change", "lager"),
        ("staff_prejudice", "geen aantoonbaar verschil"),
        ("pay_advance", "geen aantoonbaar verschil"),
        ("pay_short", "geen aantoonbaar verschil"),
        ("overall", None),  # a mean without a spread on the other side
        ("staff_help", None),  # no reference printed
    ],
)
def test_verdicts_against_the_reference_group(of_2022: Surveys, item: str, verdict: str | None) -> None:
    row = of_2022.rows("participatiewet-2022")[item, "all"]
    assert row["verdict"] == verdict


def test_weighted_by_population_beside_unweighted(of_2022: Surveys) -> None:
    row = of_2022.rows("participatiewet-2022", ask="?weight=population")["overall", "all"]
    assert (row["value"], row["unweighted"]) == (7.592, 7.6067)
    assert of_2022.rows("participatiewet-2022")["overall", "all"]["unweighted"] is None


def test_details_of_single_items(of_2022: Surveys) -> None:
    rows = of_2022.rows("participatiewet-2022")
    overall = rows["overall", "all"]
    assert (overall["n"], overall["insufficient_count"], printed(overall["insufficient"], 0)) == (389, 43, 11)
    assert (rows["pay_problem", "all"]["n"], rows["pay_problem", "all"]["missing"]) == (106, 5)
    assert sum(rows["good", "all"]["options"].values()) == pytest.approx(173.7, abs=0.05)
    assert rows["overall", "all"]["earlier"] == {"2018": 7.4}
    assert rows["overall", "hengelo"]["earlier"] == {"2018": 7.5, "2015": 7.5, "2011": 7.4, "2010": 7.5}
