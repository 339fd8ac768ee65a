"""Studies side by side: like beside like, hidden stays hidden, published tables typed in with their faults named."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from journey.models import Study
from journey.report.compare import side_by_side
from journey.report.reference_groups import NewReference, ReferenceRow, read_rows, record_reference
from journey.report.service import publish_batch
from journey.route.definition import RouteDefinition
from journey.route.queries import list_definitions
from journey.rules.errors import Invalid
from journey.work import Work
from tests.report.cases import lived, rated_people, reader
from tests.support.build import build_study, csrf_of, sign_in
from tests.support.pages import PageClient


@pytest.fixture
def other(work: Work) -> Study:
    return build_study(work, "zandvoort-test", municipality="Zandvoort", name="Zandvoort")


@pytest.fixture
def route(work: Work, study: Study) -> RouteDefinition:
    return list_definitions(work, study)[0]


def bars(work: Work, study: Study, other: Study, step: str = "cv") -> list[tuple[str, int | None]]:
    compared = side_by_side(work, study, [other])
    found = [one for one in compared.questions if (one.step, one.subject) == (step, "step")]
    return [(bar.source.place, bar.row.n if bar.row else None) for bar in found[0].bars]


def test_the_same_step_of_two_studies_stands_together(work: Work, study: Study, other: Study) -> None:
    rated_people(work, study, 3)
    rated_people(work, other, 2)
    assert bars(reader(work, "lead"), study, other) == [("Haarlem", 3), ("Zandvoort", 2)]


def test_a_manager_sees_of_each_study_what_was_published_of_it(
    work: Work, study: Study, other: Study
) -> None:
    rated_people(work, study, 12)
    rated_people(work, other, 9)
    for one in (study, other):
        publish_batch(work, one, force=True)
    assert bars(reader(work, "manager"), study, other) == [("Haarlem", 12), ("Zandvoort", None)]


def test_a_published_table_stands_beside_with_its_warning(work: Work, study: Study) -> None:
    rated_people(work, study, 3, value="positive")
    rows = [ReferenceRow("cv", "step", 16, 1, 8, 7)]
    record_reference(
        work,
        study,
        NewReference(
            "Haarlem 2016", "Rapport", "27plus", rows, 6.1, 18, {"total": (36, "mean")}, "Ander woord."
        ),
    )
    compared = side_by_side(reader(work, "lead"), study, [])
    (question,) = compared.questions
    assert [bar.row.n for bar in question.bars if bar.row] == [3, 16]
    assert question.warnings == ("Haarlem 2016: Ander woord.",)
    assert [(one.mean, one.n) for one in compared.grades][-1] == (6.1, 18)
    assert list(compared.times[-1].printed["total"]) == [36, "mean"]


def test_lead_times_are_cut_by_year_without_losing_a_journey(work: Work, study: Study) -> None:
    lived(work, study, received=400, sent=360, reference="A")
    lived(work, study, received=60, sent=40, reference="B")
    work.session.flush()
    manager = reader(work, "manager")
    whole = side_by_side(manager, study, [])
    years = side_by_side(manager, study, [], "year")
    assert [one.part for one in years.times] == ["2025", "2026"]
    counted = [one.application.n for one in years.times if one.application]
    assert counted == [1, 1]
    assert whole.times[0].application is not None
    assert whole.times[0].application.n == sum(n or 0 for n in counted)


def test_a_pasted_table_is_read(route: RouteDefinition) -> None:
    text = "cv; stap; 16; 1; 8; 7\nWorkshop Naar Werk\tmedewerker\t15\t0\t11\t4\n\nwerkplein;stap;16;1;?;?"
    assert read_rows(text, route) == [
        ReferenceRow("cv", "step", 16, 1, 8, 7),
        ReferenceRow("workshop", "staff", 15, 0, 11, 4),
        ReferenceRow("werkplein", "step", 16, 1, None, None),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cv; stap; 16; 1; 8", "zes vakken nodig, hier staan er 5"),
        ("dansles; stap; 16; 1; 8; 7", "de stap “dansles” is er niet op deze route"),
        ("cv; baas; 16; 1; 8; 7", "stap of medewerker"),
        ("cv; stap; 16; 1; 8; 8", "de antwoorden zijn samen geen 16"),
        ("cv; stap; 5; 6; ?; ?", "de antwoorden zijn samen geen 5"),
        ("cv; stap; 16; -1; 8; 7", "“-1” is geen aantal"),
        ("cv; stap; zestien; 1; 8; 7", "“zestien” is geen aantal"),
        ("cv; stap; 16; 1; 8; 7\ncv; stap; 16; 1; 8; 7", "Regel 2: deze stap staat er al"),
    ],
)
def test_what_is_wrong_in_a_line_is_named(route: RouteDefinition, line: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_rows(line, route)
    assert refused.value.field == "rows"
    assert said in str(refused.value.params["lines"])


class TestPages:
    @pytest.fixture
    def client(self, app: FastAPI) -> PageClient:
        with app.state.house.work() as work:
            build_study(work)
        return sign_in(app, "manager@example.org", "manager", "haarlem-test")

    def test_a_table_is_typed_in_shown_and_taken_away(self, client: PageClient) -> None:
        typed = {
            "name": "Haarlem 2016",
            "source": "I&O Research, 2016",
            "route": "27plus",
            "rows": "cv; stap; 16; 1; 8; 7",
            "application_days": "26",
            "application_kind": "maximum",
            "csrf_token": csrf_of(client),
        }
        client.post("/studies/haarlem-test/compare/new", data=typed)
        page = client.get("/studies/haarlem-test/compare").text
        assert "I&amp;O Research, 2016" in page
        assert "26 dagen (langste)" in " ".join(page.split())
        client.post("/studies/haarlem-test/compare/1/drop", data={"csrf_token": csrf_of(client)})
        assert "Haarlem 2016" not in client.get("/studies/haarlem-test/compare").text

    def test_a_wrong_line_keeps_everything_typed(self, client: PageClient) -> None:
        typed = {"name": "Leiden", "source": "x", "route": "27plus", "rows": "cv; stap; 1; 2; 3; 4"}
        answer = client.post(
            "/studies/haarlem-test/compare/new", data={**typed, "csrf_token": csrf_of(client)}
        )
        assert answer.status_code == 422
        assert "Regel 1: de antwoorden zijn samen geen 1." in answer.text
        assert "cv; stap; 1; 2; 3; 4" in answer.text

    def test_a_study_that_is_not_theirs_chooses_nothing(self, app: FastAPI, client: PageClient) -> None:
        with app.state.house.work() as work:
            build_study(work, "geheim-test", name="Geheim onderzoek")
        page = client.get("/studies/haarlem-test/compare?with=geheim-test").text
        assert "Geheim onderzoek" not in page

    @pytest.mark.parametrize("role", ["admin", "privacy"])
    def test_others_may_not(self, app: FastAPI, client: PageClient, role: str) -> None:
        other = sign_in(app, f"{role}@example.org", role, "haarlem-test")
        assert other.get("/studies/haarlem-test/compare").status_code == 403
