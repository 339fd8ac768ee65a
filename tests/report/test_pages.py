"""The pages of managers and researchers: who may, what they say, and that no person is on a manager's page."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Batch, Participant
from journey.report.service import publish_batch
from journey.work import House
from tests.report.cases import close, lived, rated_people
from tests.support.build import build_participant, build_study, csrf_of, get_study_by, sign_in, token_headers
from tests.support.pages import PageClient

PAGES = ("throughput", "figures", "report")
BASE = "/studies/haarlem-test"


@pytest.fixture
def filled(app: FastAPI) -> House:
    """Twelve adults and three young people with answers and dates, published, and one journey without a person."""
    house: House = app.state.house
    with house.work() as work:
        study = build_study(work)
        people = rated_people(work, study, 12, "cv", "positive")
        people += rated_people(work, study, 3, "cv", "negative", route="jongeren")
        for person in people:
            lived(work, study, steps={"werkplein": 60}, received=50, sent=20, person=person)
            close(work, person, "6.5", {"friendly": "agree"})
        lived(work, study, steps={"werkplein": 90}, received=80, reference="zaak-geheim")
        lived(work, study, received=80, person=build_participant(work, study))
        publish_batch(work, study)
    return house


@pytest.fixture
def manager(app: FastAPI, filled: House) -> PageClient:
    return sign_in(app, "mia@example.org", "manager")


@pytest.fixture
def researcher(app: FastAPI, filled: House) -> PageClient:
    return sign_in(app, "ria@example.org", "lead")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["researcher", "lead", "manager"])
def test_readers_of_figures_may_see_the_page(app: FastAPI, filled: House, role: str, page: str) -> None:
    assert sign_in(app, "x@example.org", role).get(f"{BASE}/{page}").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "published"])
@pytest.mark.parametrize("role", ["admin", "privacy"])
def test_others_may_not(app: FastAPI, filled: House, role: str, page: str) -> None:
    assert sign_in(app, "x@example.org", role).get(f"{BASE}/{page}").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_another_study_do_not_exist(app: FastAPI, filled: House, page: str) -> None:
    with filled.work() as work:
        build_study(work, "elders")
    outsider = sign_in(app, "o@example.org", "manager", study="elders")
    assert outsider.get(f"{BASE}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_study_with_nobody_has_a_page(app: FastAPI, page: str) -> None:
    with app.state.house.work() as work:
        build_study(work)
    for role in ("lead", "manager"):
        assert sign_in(app, f"{role}@example.org", role).get(f"{BASE}/{page}").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        *PAGES,
        "throughput?population=participants",
        "throughput?route=jongeren",
        "throughput?population=participants&route=jongeren",
        "figures?route=jongeren",
    ],
)
def test_no_person_is_on_a_page_of_a_manager(manager: PageClient, filled: House, address: str) -> None:
    html = manager.get(f"{BASE}/{address}").text
    with filled.work() as work:
        codes = work.session.exec(select(Participant.code)).all()
    assert codes
    assert [code for code in codes if code in html] == []
    assert "zaak-geheim" not in html
    assert "/participants" not in html


def test_a_manager_reads_why_young_people_are_not_shown(manager: PageClient) -> None:
    html = manager.get(f"{BASE}/figures?route=jongeren").text
    assert "Minder dan 10 antwoorden: niet getoond" in html
    assert "N = 3" not in html


def test_a_manager_reads_of_when_the_figures_are(manager: PageClient) -> None:
    assert (
        "Vrijgegeven cijfers nummer 1, stand van vrijdag 20 november 2026."
        in manager.get(f"{BASE}/figures").text
    )


def test_a_researcher_sees_small_groups_live(researcher: PageClient) -> None:
    assert "N = 3" in researcher.get(f"{BASE}/figures?route=jongeren").text


def test_a_researcher_sees_the_cases_past_the_limit_by_pseudonym(researcher: PageClient) -> None:
    assert re.search(r'href="/participants/H-\d+"', researcher.get(f"{BASE}/throughput").text)


def test_the_grade_has_a_decimal_comma(manager: PageClient) -> None:
    assert "6,5" in manager.get(f"{BASE}/figures").text


def test_a_route_that_is_not_of_the_study_is_a_wrong_question(manager: PageClient) -> None:
    assert manager.get(f"{BASE}/figures?route=bbz").status_code == 400
    assert manager.get(f"{BASE}/throughput?population=some").status_code == 400


def test_the_button_says_how_many_people_are_missing(researcher: PageClient) -> None:
    html = researcher.get(f"{BASE}/figures").text
    assert "Vrijgeven kan nog niet: nog 5 mensen te weinig veranderd." in html
    assert "Publiceer nu" not in html


def test_a_researcher_publishes_when_five_people_changed(researcher: PageClient, filled: House) -> None:
    with filled.work() as work:
        rated_people(work, get_study_by(work, "haarlem-test"), 5)
    assert "Publiceer nu" in researcher.get(f"{BASE}/figures").text
    form = {"csrf_token": csrf_of(researcher)}
    answer = researcher.post(f"{BASE}/figures/publish", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/figures")
    with filled.work() as work:
        assert sorted(work.session.exec(select(Batch.number)).all()) == [1, 2]


def test_the_button_pressed_too_early_publishes_nothing(researcher: PageClient, filled: House) -> None:
    form = {"csrf_token": csrf_of(researcher)}
    assert researcher.post(f"{BASE}/figures/publish", data=form).status_code == 200
    with filled.work() as work:
        assert work.session.exec(select(Batch.number)).all() == [1]


def test_a_manager_publishes_nothing(manager: PageClient) -> None:
    form = {"csrf_token": csrf_of(manager)}
    assert manager.post(f"{BASE}/figures/publish", data=form).status_code == 403


def test_the_page_names_the_longest_wait(manager: PageClient) -> None:
    html = manager.get(f"{BASE}/throughput").text
    assert "Het langst wachten mensen tussen ‘Aanvraagformulier indienen’ en ‘Besluit en beschikking’" in html


def test_a_study_of_which_nothing_was_published_has_no_comparison(manager: PageClient) -> None:
    assert manager.get(f"{BASE}/published").status_code == 404
    assert "/published" not in manager.get(f"{BASE}/figures").text


@pytest.mark.parametrize("role", ["researcher", "manager"])
def test_the_comparison_says_that_every_number_is_the_same(cohort: House, role: str) -> None:
    html = cohort_page(cohort, role, "published")
    assert "Alle 57 gepubliceerde getallen komen overeen." in html
    assert "niet gepubliceerd / 8" in html


def test_the_published_lead_times_are_labelled_as_means_and_a_maximum(cohort: House) -> None:
    html = cohort_page(cohort, "manager", "throughput")
    assert "Haarlem 2016, gemiddelde" in html
    assert "Haarlem 2016, langste" in html


def test_the_report_says_how_many_took_part_and_withdrew(cohort: House) -> None:
    words = re.sub(r"<[^>]+>", " ", cohort_page(cohort, "manager", "report"))
    assert re.search(r"Deden mee\s+19\s+Trokken zich terug\s+1\s", words)


def cohort_page(cohort: House, role: str, page: str) -> str:
    """One page of the study of 2016, by a reader of that role."""
    from journey.app import create_app

    app = create_app(cohort.settings)
    client = sign_in(app, f"{role}-{page}@example.org", role)
    html = client.get(f"/studies/haarlem-2016/{page}").text
    app.state.house.database.close()
    return html


# --- API ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("researcher", "figures", 200),
        ("manager", "closing", 200),
        ("integrator", "figures", 403),
        ("integrator", "closing", 403),
        ("integrator", "lead-times", 200),
        ("integrator", "lead-times?population=participants", 403),
        ("manager", "lead-times?population=participants", 200),
        ("admin", "lead-times", 403),
        ("manager", "figures?route=bbz", 400),
        ("manager", "lead-times?population=some", 400),
    ],
)
def test_who_may_read_what_over_the_api(
    client: PageClient, filled: House, role: str, address: str, status: int
) -> None:
    answer = client.get(f"/api/v1/studies/haarlem-test/{address}", headers=token_headers(filled, role))
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_wrong_route_is_named_as_field(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "researcher")
    answer = client.get("/api/v1/studies/haarlem-test/figures?route=bbz", headers=headers)
    assert [error["field"] for error in answer.json()["errors"]] == ["route"]


@pytest.mark.parametrize("address", ["figures", "closing", "lead-times"])
def test_another_study_is_not_found_over_the_api(client: PageClient, filled: House, address: str) -> None:
    with filled.work() as work:
        build_study(work, "elders")
    headers = token_headers(filled, "manager", "elders")
    assert client.get(f"/api/v1/studies/haarlem-test/{address}", headers=headers).status_code == 404


def test_without_a_token_nothing_is_read(client: PageClient, filled: House) -> None:
    assert client.get("/api/v1/studies/haarlem-test/figures").status_code == 401


def test_hidden_counts_are_null_over_the_api(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "manager")
    rows = client.get("/api/v1/studies/haarlem-test/figures?route=jongeren", headers=headers).json()["rows"]
    row = next(row for row in rows if row["step"] == "cv")
    assert (row["shown"], row["footnotes"]) == (False, [])
    counts = ("asked", "n", "negative", "neutral", "positive", "not_applicable", "no_answer")
    assert {row[name] for name in counts} == {None}


def test_the_lead_times_have_the_fields_of_the_contract(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "integrator")
    answer = client.get("/api/v1/studies/haarlem-test/lead-times?population=all", headers=headers).json()
    assert set(answer) == {"gate", "application", "application_net", "total", "pairs"}
    base = {"n", "open", "mean", "median", "p90", "max", "shown", "reason", "curve"}
    assert set(answer["gate"]) == base
    assert set(answer["application"]) == base | {"within_limit", "share_within_limit"}
    assert set(answer["pairs"][0]) == base | {"from", "to", "norm_days"}
    assert set(answer["total"]["curve"][0]) == {"day", "waiting", "low", "high"}


def test_the_closing_interviews_have_the_fields_of_the_contract(client: PageClient, filled: House) -> None:
    headers = token_headers(filled, "manager")
    answer = client.get("/api/v1/studies/haarlem-test/closing", headers=headers).json()
    assert (answer["n"], answer["grade_mean"], answer["shown"]) == (15, 6.5, True)
    friendly = next(row for row in answer["statements"] if row["id"] == "friendly")
    assert friendly == {"id": "friendly", "n": 15, "agree": 15, "neutral": 0, "disagree": 0}
