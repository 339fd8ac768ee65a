"""Managers see published batches, groups of ten and more, and nothing that can be subtracted from these."""

from __future__ import annotations

import pytest

from journey.auth.scope import get_study
from journey.report.service import publish_batch
from journey.survey.service import record_response
from tests.survey.conftest import Surveys, build_survey


def publish(surveys: Surveys, *studies: str) -> None:
    with surveys.house.work() as work:
        for code in studies:
            assert publish_batch(work, get_study(work, code)) is not None


@pytest.fixture
def published(of_2022: Surveys) -> Surveys:
    publish(of_2022, "participatiewet-2022", "minima-2022")
    return of_2022


def test_before_publishing_managers_see_nothing(of_2022: Surveys) -> None:
    found = of_2022.get("minima-2022/items", "manager")
    assert found["batch"] is None and not any(row["shown"] for row in found["rows"])
    assert of_2022.get("minima-2022/response", "manager")["valid"] is None


def test_what_is_published_is_what_was_counted(published: Surveys) -> None:
    live, seen = published.rows("participatiewet-2022"), published.rows("participatiewet-2022", "manager")
    shown = {key: row for key, row in seen.items() if row["shown"]}
    assert len(shown) > 200
    assert all({**row, "kept_from": None} == {**live[key], "kept_from": None} for key, row in shown.items())
    assert published.get("participatiewet-2022/response", "manager")["by_mode"] == {"paper": 211, "web": 178}


@pytest.mark.parametrize(
    ("item", "unit"),
    [
        ("leergeld_grade", "haaksbergen"),
        ("leergeld_grade", "all"),
        ("income_supplement_grade", "borne"),
    ],
)
def test_small_groups_are_hidden(published: Surveys, item: str, unit: str) -> None:
    row = published.rows("minima-2022", "manager")[item, unit]
    assert (row["shown"], row["n"], row["value"], row["missing"]) == (False, None, None, None)
    assert "Minder dan 10" in row["reason"]


def test_nothing_small_follows_from_what_is_shown(published: Surveys) -> None:
    """The total minus every shown unit is nobody or ten at least."""
    for study in ("participatiewet-2022", "minima-2022"):
        live, seen = published.rows(study), published.rows(study, "manager")
        for (item, unit), row in seen.items():
            if unit != "all" or not row["shown"]:
                continue
            rest = row["n"] - sum(
                seen[item, one]["n"]
                for one in ("hengelo", "haaksbergen", "borne")
                if (item, one) in seen and seen[item, one]["shown"]
            )
            assert rest == 0 or rest >= 10, (study, item, rest, live[item, "all"]["n"])


def test_weights_say_nothing_of_a_hidden_unit(published: Surveys) -> None:
    rows = published.rows("minima-2022", "manager", "?weight=population")
    assert rows["income_supplement_grade", "all"]["shown"]
    assert rows["income_supplement_grade", "all"]["weighted"] is None
    assert rows["overall", "all"]["weighted"] is not None


def one_more(surveys: Surveys, study: str, unit: str, times: int, grade: int = 1) -> None:
    with surveys.house.work() as work:
        for _ in range(times):
            record_response(work, get_study(work, study), unit, "web", {"overall": grade})


def test_few_new_answers_do_not_move_what_managers_see(published: Surveys) -> None:
    before = published.get("participatiewet-2022/items", "manager")
    one_more(published, "participatiewet-2022", "borne", 4)
    with published.house.work() as work:
        assert publish_batch(work, get_study(work, "participatiewet-2022")) is None
    assert published.get("participatiewet-2022/items", "manager") == before


def test_an_item_moves_in_every_unit_or_in_none(published: Surveys) -> None:
    """Ten of Hengelo carry one of Borne with them: the total less the others would be that one."""
    before = published.rows("participatiewet-2022", "manager")
    one_more(published, "participatiewet-2022", "hengelo", 10)
    one_more(published, "participatiewet-2022", "borne", 1)
    publish(published, "participatiewet-2022")
    after = published.rows("participatiewet-2022", "manager")
    for unit in ("all", "hengelo", "borne"):
        assert after["overall", unit]["n"] == before["overall", unit]["n"]
        assert after["overall", unit]["kept_from"]
    one_more(published, "participatiewet-2022", "borne", 4)
    publish(published, "participatiewet-2022")
    assert published.rows("participatiewet-2022", "manager")["overall", "borne"]["n"] == 66


@pytest.mark.parametrize("n", [0, 1, 9, 10])
def test_a_unit_shows_from_ten_answers_on(surveys: Surveys, n: int) -> None:
    with surveys.house.work() as work:
        study = build_survey(work, "kort")
        for place in range(20 + n):
            record_response(work, study, "noord" if place < 20 else "zuid", "web", {"desk_grade": 8})
        publish_batch(work, study, force=True)
    rows = surveys.rows("kort", "manager")
    assert rows["desk_grade", "noord"]["shown"]
    assert rows.get(("desk_grade", "zuid"), {"shown": False})["shown"] is (n == 10)
    assert rows["desk_grade", "all"]["shown"] is (n in (0, 10))


@pytest.mark.parametrize("without", [1, 9, 10])
def test_who_has_no_unit_is_not_given_away_by_the_total(surveys: Surveys, without: int) -> None:
    with surveys.house.work() as work:
        study = build_survey(work, "kort")
        for place in range(20 + without):
            record_response(work, study, "noord" if place < 20 else "", "web", {"desk_grade": 8})
        publish_batch(work, study, force=True)
    rows = surveys.rows("kort", "manager")
    assert rows["desk_grade", "all"]["shown"] is (without == 10)
    assert {unit for _item, unit in rows} <= {"all", "noord", "zuid"}


@pytest.mark.parametrize("role", ["admin", "privacy", "integrator"])
def test_other_roles_see_nothing(of_2022: Surveys, role: str) -> None:
    for address in ("items", "response"):
        answer = of_2022.client.get(f"/api/v1/studies/minima-2022/{address}", headers=of_2022._as(role))
        assert answer.status_code == 403
    assert (
        of_2022.post("studies/minima-2022/responses", {"mode": "web", "answers": {}}, role).status_code == 403
    )
