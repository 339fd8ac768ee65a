"""Answers come in whole or not at all, each fault with its place."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from journey.auth.scope import get_study
from journey.imports.service import ImportRefused, Source, import_file, preview
from journey.models import OpenAnswer, ResponseCount, SurveyResponse
from journey.rules.errors import Invalid
from journey.study.service import close_study
from journey.survey.queries import read_counted
from journey.survey.service import recount
from tests.survey.conftest import Surveys, build_survey

NEW = {
    "code": "kort-2026",
    "name": "Kort",
    "municipality": "Haarlem",
    "kind": "survey",
    "questionnaire": "kort",
    "starts_on": "2026-01-05",
    "strata": [{"code": "noord", "name": "Noord", "population": 3, "approached": 2}],
}


@pytest.fixture
def kort(surveys: Surveys) -> Surveys:
    answer = surveys.post("studies", NEW, "admin")
    assert answer.status_code == 201 and answer.json()["kind"] == "survey", answer.text
    return surveys


def answers(**given: Any) -> dict[str, Any]:
    return {"stratum": "noord", "mode": "web", "answers": {"desk_grade": 8, **given}}


def test_an_answer_counts_at_once(kort: Surveys) -> None:
    answer = kort.post("studies/kort-2026/responses", answers(helped="agree", better="Meer balies."))
    assert answer.status_code == 201 and len(answer.json()["response"]) == 32
    rows = kort.rows("kort-2026")
    assert (rows["desk_grade", "noord"]["n"], rows["desk_grade", "all"]["value"]) == (1, 8.0)
    assert rows["desk_grade", "all"]["interval"] is None  # of one person nothing follows
    assert rows["answered", "all"]["missing_by_reason"] == {"no_answer": 1}
    with kort.house.work() as work:
        assert "balies" not in work.session.exec(select(OpenAnswer.body)).one()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"nobody": "x"}, "answers.nobody"),
        ({"helped": "very"}, "answers.helped"),
        ({"desk_grade": 11}, "answers.desk_grade"),
        ({"desk_grade": 7.5}, "answers.desk_grade"),
        ({"desk_grade": "zeven"}, "answers.desk_grade"),
        ({"answered": ["yes", "no"]}, "answers.answered"),
        ({"better": "mijn bsn is 111222333"}, "answers.better"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_kept(
    kort: Surveys, given: dict[str, Any], field: str
) -> None:
    answer = kort.post("studies/kort-2026/responses", answers(**given))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    with kort.house.work() as work:
        assert work.session.exec(select(SurveyResponse.id)).all() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**answers(), "stratum": "zuid"}, "stratum"),
        ({**answers(), "code": "ABCD"}, "code"),
        ({**answers(), "mode": "fax"}, "mode"),
    ],
)
def test_a_unit_code_or_mode_that_is_not_there(kort: Surveys, body: dict[str, Any], field: str) -> None:
    answer = kort.post("studies/kort-2026/responses", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_two_answers_to_one_item_are_refused(kort: Surveys) -> None:
    body = '{"mode": "web", "answers": {"desk_grade": 3, "desk_grade": 9}}'
    answer = kort.client.post(
        "/api/v1/studies/kort-2026/responses",
        content=body,
        headers={**kort._as("researcher"), "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "answers.desk_grade")


def test_more_answers_than_people_asked_are_refused(kort: Surveys) -> None:
    for _ in range(2):
        assert kort.post("studies/kort-2026/responses", answers()).status_code == 201
    answer = kort.post("studies/kort-2026/responses", answers())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "stratum")
    assert kort.get("kort-2026/response")["valid"] == 2


def test_a_closed_survey_takes_no_answers(kort: Surveys) -> None:
    with kort.house.work() as work:
        close_study(work, get_study(work, "kort-2026"))
    assert kort.post("studies/kort-2026/responses", answers()).status_code == 409


def test_a_blank_return_is_counted_apart(kort: Surveys) -> None:
    blank = {"stratum": "noord", "mode": "paper", "answers": {"desk_grade": "unreadable"}}
    assert kort.post("studies/kort-2026/responses", blank).status_code == 201
    found = kort.get("kort-2026/response")
    assert (found["valid"], found["blank"], found["reliability"]) == (0, 1, None)
    assert kort.rows("kort-2026")["desk_grade", "all"]["missing_by_reason"] == {"unreadable": 1}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"strata": []}, "strata"),
        ({"questionnaire": "weg"}, "questionnaire"),
        ({"questionnaire": None}, "questionnaire"),
        ({"strata": [{"code": "a", "name": "A"}]}, "strata.0.population"),
        ({"strata": [{"code": "a", "population": 0}]}, "strata.0.population"),
        ({"strata": [{"code": "a", "population": 5, "approached": 6}]}, "strata.0.approached"),
        ({"strata": [{"code": "a", "population": 5}, {"code": "a", "population": 5}]}, "strata.1.code"),
        ({"strata": [{"code": "all", "population": 5}]}, "strata.0.code"),
        ({"routes": ["27plus"]}, "routes"),
        ({"kind": "journey"}, "kind"),
        ({"kind": "diary"}, "kind"),
    ],
)
def test_a_survey_that_cannot_be_is_named_by_field(
    surveys: Surveys, change: dict[str, Any], field: str
) -> None:
    answer = surveys.post("studies", {**NEW, **change}, "admin")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


# --- files --------------------------------------------------------------------------------------------


def take(surveys: Surveys, text: str, study: str = "participatiewet-2022") -> None:
    with surveys.house.work() as work:
        import_file(work, study, Source("responses", text.encode()), lambda _done, _total: None)


@pytest.fixture
def empty(surveys: Surveys) -> Surveys:
    with surveys.house.work() as work:
        build_survey(work, "participatiewet-2022")
    return surveys


@pytest.mark.parametrize(
    ("text", "row", "column", "words"),
    [
        ("respondent,gemeente,overall,overall\n1,borne,7,8\n", 1, "D", "twee keer"),
        ("respondent,gemeente,overal\n1,borne,7\n", 1, "C", "geen vraag"),
        ("respondent,gemeente,naam,overall\n1,borne,Ada,7\n", 1, "C", "aanwijzen"),
        ("respondent,gemeente,overall\n1,borne,7\n2,borne,11\n", 3, "C", "heel getal"),
        ("respondent,gemeente,track\n1,borne,soms\n", 2, "C", "now, past_year, no"),
        ("respondent,gemeente,overall\n1,almelo,7\n", 2, "B", "Kies uit"),
        ("respondent,gemeente,mode,overall\n1,borne,duif,7\n", 2, "C", "Kies uit"),
        ("respondent,gemeente,overall\n1,borne,7\n1,borne,8\n", 3, "A", "ook in rij 2"),
        ("respondent,gemeente,good\n1,borne,friendly;friendly\n", 2, "C", "twee keer"),
        (
            "respondent,gemeente,intake_when,pay_short\n1,borne,longer_ago,agree\n",
            2,
            "D",
            "intake_when=within_year",
        ),
    ],
)
def test_a_fault_in_a_file_has_its_row_and_column(
    empty: Surveys, text: str, row: int, column: str, words: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        take(empty, text)
    fault = refused.value.plan.all_faults[0]
    assert (fault.row, fault.letter) == (row, column) and words in fault.sentence
    with empty.house.work() as work:
        assert work.session.exec(select(SurveyResponse.id)).all() == []


def test_the_same_file_is_never_taken_in_twice(empty: Surveys) -> None:
    for _ in range(2):
        take(empty, "respondent;gemeente;mode;overall\n1;Borne;papier;7\n2;;online;8\n")
    found = empty.get("participatiewet-2022/response")
    assert (found["valid"], found["without_unit"], found["by_mode"]) == (2, 1, {"paper": 1, "web": 1})


def test_a_file_with_more_answers_than_people_is_refused_whole(empty: Surveys) -> None:
    rows = "".join(f"{n},borne,7\n" for n in range(291))
    with pytest.raises(ImportRefused, match="refused"):
        take(empty, f"respondent,gemeente,overall\n{rows}")
    assert empty.get("participatiewet-2022/response")["valid"] == 0


def test_a_million_rows_are_refused_before_they_are_read_whole(empty: Surveys) -> None:
    with pytest.raises(Invalid, match="rijen"):
        take(empty, "respondent,gemeente,overall\n" + "1,borne,7\n" * 1_000_000)


def test_a_look_ahead_writes_nothing(empty: Surveys) -> None:
    with empty.house.work() as work:
        study = get_study(work, "participatiewet-2022")
        plan = preview(work, study, Source("responses", b"respondent,gemeente,overall\n1,borne,7\n"))
        assert plan.ok and plan.count("new") == 1
        assert work.session.exec(select(SurveyResponse.id)).all() == []


def test_journeys_do_not_go_into_a_survey_nor_answers_into_a_journey(empty: Surveys) -> None:
    with empty.house.work() as work:
        study = get_study(work, "participatiewet-2022")
        with pytest.raises(Invalid, match="vragenlijstonderzoek"):
            preview(work, study, Source("journeys", b"kenmerk;route\nR-1;27plus\n"))


def test_counted_anew_everything_is_the_same(of_2022: Surveys) -> None:
    with of_2022.house.work() as work:
        study = get_study(work, "minima-2022")
        before = {(cell.unit, cell.mode): cell for cell in read_counted(work, study).cells}
        recount(work, study)
        after = {(cell.unit, cell.mode): cell for cell in read_counted(work, study).cells}
        assert before == after and len(work.session.exec(select(ResponseCount.id)).all()) > 4


def test_a_file_as_a_program_wrote_it(empty: Surveys) -> None:
    """Decimals behind whole grades, Dutch words, the unit under a name of its own and not in the second place."""
    take(
        empty,
        "respondent,mode,overall,wijk,internet,good\n"
        "1,papier,7.0,Borne,ja,friendly; attention\n"
        '2,web,"8,0",hengelo,Nee,\n',
    )
    rows = empty.rows("participatiewet-2022")
    assert (rows["overall", "all"]["value"], rows["overall", "borne"]["n"]) == (7.5, 1)
    assert rows["internet", "all"]["options"] == {"yes": 50.0, "no": 50.0}
    assert rows["good", "borne"]["options"]["attention"] == 100.0
