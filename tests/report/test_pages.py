"""The pages of managers and researchers: who may, what they say, and that no person is on a manager's page."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import Batch, Participant
from tests.report.cases import fill, rated_people
from tests.report.conftest import SignIn
from tests.support.build import csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

PAGES = ("throughput", "figures", "report")
BASE = "/studies/haarlem-test"


@pytest.fixture
def manager(read_as: SignIn) -> PageClient:
    return read_as("manager")


@pytest.fixture
def researcher(read_as: SignIn) -> PageClient:
    return read_as("lead")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["researcher", "lead", "manager"])
def test_readers_of_figures_may_see_the_page(read_as: SignIn, role: str, page: str) -> None:
    assert read_as(role).get(f"{BASE}/{page}").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "published"])
@pytest.mark.parametrize("role", ["admin", "privacy"])
def test_others_may_not(read_as: SignIn, role: str, page: str) -> None:
    assert read_as(role).get(f"{BASE}/{page}").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_another_study_do_not_exist(read_as: SignIn, page: str) -> None:
    assert read_as("manager", "elders").get(f"{BASE}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["lead", "manager"])
def test_a_study_with_nobody_has_a_page(read_as: SignIn, role: str, page: str) -> None:
    assert read_as(role).get(f"/studies/elders/{page}").status_code == 200


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
def test_no_person_is_on_a_page_of_a_manager(manager: PageClient, filled_app: FastAPI, address: str) -> None:
    html = manager.get(f"{BASE}/{address}").text
    with filled_app.state.house.work(write=False) as work:
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


@pytest.fixture
def publisher(app: FastAPI) -> PageClient:
    """A researcher on a filled study of this test alone."""
    with app.state.house.work() as work:
        fill(work)
    return sign_in(app, "ria@example.org", "researcher")


def numbers_of(app: FastAPI) -> list[int]:
    with app.state.house.work(write=False) as work:
        return sorted(work.session.exec(select(Batch.number)).all())


def test_a_researcher_publishes_when_five_people_changed(app: FastAPI, publisher: PageClient) -> None:
    with app.state.house.work() as work:
        rated_people(work, get_study_by(work, "haarlem-test"), 5)
    assert "Publiceer nu" in publisher.get(f"{BASE}/figures").text
    form = {"csrf_token": csrf_of(publisher)}
    answer = publisher.post(f"{BASE}/figures/publish", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/figures")
    assert numbers_of(app) == [1, 2]


def test_the_button_pressed_too_early_publishes_nothing(app: FastAPI, publisher: PageClient) -> None:
    form = {"csrf_token": csrf_of(publisher)}
    assert publisher.post(f"{BASE}/figures/publish", data=form).status_code == 200
    assert numbers_of(app) == [1]


def test_a_manager_publishes_nothing(manager: PageClient) -> None:
    form = {"csrf_token": csrf_of(manager)}
    assert manager.post(f"{BASE}/figures/publish", data=form).status_code == 403


def test_the_page_names_the_longest_wait(manager: PageClient) -> None:
    html = manager.get(f"{BASE}/throughput").text
    assert "Het langst duurde het tussen ‘Aanvraagformulier indienen’ en ‘Besluit en beschikking’" in html


def test_a_study_of_which_nothing_was_published_has_no_comparison(manager: PageClient) -> None:
    assert manager.get(f"{BASE}/published").status_code == 404
    assert "/published" not in manager.get(f"{BASE}/figures").text


@pytest.mark.parametrize("role", ["researcher", "manager"])
def test_the_comparison_says_that_every_number_is_the_same(read_cohort_as: SignIn, role: str) -> None:
    html = read_cohort_as(role).get("/studies/haarlem-2016/published").text
    assert "Alle 57 gepubliceerde getallen komen overeen." in html
    assert "niet gepubliceerd / 8" in html


def test_the_published_lead_times_are_labelled_as_means_and_a_maximum(read_cohort_as: SignIn) -> None:
    html = read_cohort_as("manager").get("/studies/haarlem-2016/throughput").text
    assert "Haarlem 2016, gemiddelde" in html
    assert "Haarlem 2016, langste" in html


def report_words(reader: PageClient) -> str:
    return re.sub(r"<[^>]+>", " ", reader.get("/studies/haarlem-2016/report").text)


def test_the_report_of_researchers_says_how_many_took_part_and_withdrew(read_cohort_as: SignIn) -> None:
    page = read_cohort_as("researcher").get("/studies/haarlem-2016/report?audience=research").text
    assert re.search(r"Deden mee\s+19\s+Trokken zich terug\s+1\s", re.sub(r"<[^>]+>", " ", page))


def test_three_young_people_do_not_follow_from_how_many_took_part(read_cohort_as: SignIn) -> None:
    """19 took part and 16 are adults: the difference is a group that is hidden everywhere else."""
    words = report_words(read_cohort_as("manager"))
    assert re.search(r"Deden mee\s+16\s+Gaven een oordeel\s+16\s", words)
    assert "Routes met te weinig deelnemers zijn niet meegeteld" in words
    assert not re.search(r"\b19\b (mensen|deelnemers)|Trokken zich terug", words)


def test_one_sheet_of_paper_has_the_sentence_and_no_person(manager: PageClient, filled_app: FastAPI) -> None:
    html = manager.get(f"{BASE}/throughput/sheet").text
    assert "Het langst duurde het" in html
    assert "/participants" not in html


def test_a_choice_of_month_counts_only_its_applications(read_as: SignIn) -> None:
    manager = read_as("manager")
    assert "Aanvragen van oktober 2026." in manager.get(f"{BASE}/throughput?month=2026-10").text
    assert "Nog geen enkele reis" in manager.get(f"{BASE}/throughput?month=2020-01").text


@pytest.mark.parametrize("query", ["month=2026-13", "municipality=x", "municipality=999", "bypass=maybe"])
def test_what_cannot_be_chosen_stops_no_page(read_as: SignIn, query: str) -> None:
    assert read_as("manager").get(f"{BASE}/throughput?{query}").status_code == 200


def test_smaller_choices_do_not_narrow_published_lead_times(read_as: SignIn) -> None:
    page = f"{BASE}/throughput?population=participants"
    manager = read_as("manager")
    html = manager.get(f"{page}&month=2026-10").text
    assert "Van deelnemers tonen we alleen de vrijgegeven cijfers" in html
    assert html.count("<td") == manager.get(page).text.count("<td")
