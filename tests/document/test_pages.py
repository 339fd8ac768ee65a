"""The report on screen: each reader their own, as files too, recorded with one button, with texts to write."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Participant
from tests.report.cases import fill, rated_people
from tests.support.build import build_study, csrf_of, get_study_by, sign_in
from tests.support.pages import PageClient

COHORT = "/studies/haarlem-2016/report"
BASE = "/studies/haarlem-test/report"
SignIn = Callable[..., PageClient]


@pytest.fixture
def filled(app: FastAPI) -> FastAPI:
    with app.state.house.work() as work:
        fill(work)
    return app


@pytest.fixture
def researcher(filled: FastAPI) -> PageClient:
    return sign_in(filled, "ria@example.org", "researcher")


@pytest.fixture
def manager(filled: FastAPI) -> PageClient:
    return sign_in(filled, "max@example.org", "manager")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def post(client: PageClient, address: str, **typed: str) -> tuple[int, str, str]:
    answer = client.post(address, data={"csrf_token": csrf_of(client), **typed}, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", ""), answer.text


@pytest.mark.parametrize("role", ["researcher", "lead", "manager"])
def test_everybody_who_reads_figures_reads_the_report(read_cohort_as: SignIn, role: str) -> None:
    page = words(read_cohort_as(role).get(COHORT).text)
    assert "gemiddeld een 6,1" in page
    assert "De helft (8 van de 16) heeft geen uitgesproken mening over deze stap." in page


@pytest.mark.parametrize("role", ["admin", "privacy"])
def test_nobody_else_does(read_cohort_as: SignIn, role: str) -> None:
    assert read_cohort_as(role).get(COHORT).status_code == 403


def test_a_researcher_sees_what_a_manager_gets(read_cohort_as: SignIn) -> None:
    live = words(read_cohort_as("researcher").get(COHORT).text)
    seen = words(read_cohort_as("researcher").get(f"{COHORT}?audience=manager").text)
    assert "Dit rapport is voor onderzoekers" in live
    assert "Zo zien managers het rapport." in seen
    assert "Minder dan 10 antwoorden" in seen
    assert "Minder dan 10 antwoorden" not in live


def test_a_manager_cannot_ask_for_the_live_one(read_cohort_as: SignIn) -> None:
    assert read_cohort_as("manager").get(f"{COHORT}?audience=research").status_code == 404
    assert read_cohort_as("manager").get(f"{COHORT}/texts").status_code == 403


@pytest.mark.parametrize(
    ("kind", "begins"), [("pdf", b"%PDF-1"), ("docx", b"PK"), ("html", b"\n<!doctype html>")]
)
def test_it_is_a_file_too(read_cohort_as: SignIn, kind: str, begins: bytes) -> None:
    answer = read_cohort_as("manager").get(f"{COHORT}?format={kind}")
    assert answer.content.lstrip().startswith(begins.lstrip())
    assert answer.headers["content-disposition"].endswith(f'haarlem-2016-2026-11-20.{kind}"')
    assert "no-store" in answer.headers["cache-control"]


def test_the_html_file_asks_nothing_of_the_network(read_cohort_as: SignIn) -> None:
    html = read_cohort_as("manager").get(f"{COHORT}?format=html").text
    assert not re.search(r'(src|href)="(?!#)', html)
    assert "@import" not in html
    assert "url(http" not in html


def test_a_file_of_no_known_kind_is_a_wrong_question(read_cohort_as: SignIn) -> None:
    assert read_cohort_as("manager").get(f"{COHORT}?format=exe").status_code == 400


def test_no_person_is_in_the_report(filled: FastAPI, manager: PageClient, researcher: PageClient) -> None:
    with filled.state.house.work(write=False) as work:
        codes = work.session.exec(select(Participant.code)).all()
    for client in (manager, researcher):
        html = client.get(f"{BASE}?format=html").text
        assert [code for code in codes if code in html] == []
        assert "zaak-geheim" not in html


def test_the_button_records_and_the_list_leads_to_it(manager: PageClient) -> None:
    assert post(manager, f"{BASE}/record") == (303, f"{BASE}/1", "")
    assert post(manager, f"{BASE}/record")[1] == f"{BASE}/1"
    assert f'href="{BASE}/1"' in manager.get(BASE).text
    recorded = words(manager.get(f"{BASE}/1").text)
    assert "Vastgelegd rapport nummer 1, van vrijdag 20 november 2026." in recorded
    assert manager.get(f"{BASE}?on=2026-11-21").url.path == f"{BASE}/1"
    assert manager.get(f"{BASE}/1?format=pdf").content.startswith(b"%PDF-1")


def test_a_researcher_records_either_and_a_manager_finds_only_their_own(
    researcher: PageClient, manager: PageClient
) -> None:
    assert post(researcher, f"{BASE}/record", audience="research")[1] == f"{BASE}/1"
    assert post(researcher, f"{BASE}/record", audience="manager")[1] == f"{BASE}/2"
    assert manager.get(f"{BASE}/1").status_code == 404
    assert manager.get(f"{BASE}/2").status_code == 200
    assert manager.get(f"{BASE}?on=2020-01-01").status_code == 404


def test_the_report_of_another_study_does_not_exist(filled: FastAPI, manager: PageClient) -> None:
    with filled.state.house.work() as work:
        build_study(work, "elders")
    post(manager, f"{BASE}/record")
    outsider = sign_in(filled, "out@example.org", "manager", "elders")
    assert outsider.get(BASE).status_code == 404
    assert outsider.get("/studies/elders/report/1").status_code == 404
    assert post(outsider, f"{BASE}/record")[0] == 404


def test_a_text_is_written_and_read(researcher: PageClient, manager: PageClient) -> None:
    address = f"{BASE}/texts/conclusions"
    assert "Conclusies" in researcher.get(f"{BASE}/texts").text
    assert post(researcher, address, body="Mensen vinden <b>het cv</b> goed.", seen="0")[0] == 303
    assert "Mensen vinden &lt;b&gt;het cv&lt;/b&gt; goed." in manager.get(BASE).text
    assert "Geschreven op" in researcher.get(f"{BASE}/texts").text


def test_two_people_who_write_at_once_both_keep_their_words(researcher: PageClient) -> None:
    address = f"{BASE}/texts/conclusions"
    post(researcher, address, body="Van Ria.", seen="0")
    status, _place, html = post(researcher, address, body="Van Bo.", seen="0")
    assert status == 422
    assert "Iemand anders heeft deze tekst intussen veranderd." in html
    assert "Van Ria." in html
    assert "Van Bo.</textarea>" in html
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen is not None
    assert post(researcher, address, body="Van Bo.", seen=seen[1])[0] == 303


def test_a_text_that_is_too_long_comes_back(researcher: PageClient) -> None:
    status, _place, html = post(researcher, f"{BASE}/texts/summary", body="a" * 20001, seen="0")
    assert status == 422
    assert "hoogstens 20000 tekens" in html


def test_managers_write_nothing(manager: PageClient) -> None:
    assert post(manager, f"{BASE}/texts/conclusions", body="Dit.", seen="0")[0] == 403


@pytest.mark.parametrize("audience", ["manager", "research"])
@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_a_study_with_nobody_has_a_report(app: FastAPI, audience: str, kind: str) -> None:
    with app.state.house.work() as work:
        build_study(work)
    client = sign_in(app, "ria@example.org", "researcher")
    assert client.get(f"{BASE}?audience={audience}&format={kind}").status_code == 200
    page = words(client.get(f"{BASE}?audience={audience}").text)
    said = {"manager": "Er zijn nog geen cijfers vrijgegeven", "research": "Op deze route gaf nog niemand"}
    assert said[audience] in page


def test_a_study_with_one_person_speaks_of_one(app: FastAPI) -> None:
    with app.state.house.work() as work:
        rated_people(work, build_study(work), 1, value="positive")
    page = words(sign_in(app, "ria@example.org", "researcher").get(BASE).text)
    assert "Eén persoon deed mee." in page
    assert "De enige deelnemer die antwoordde, is positief over deze stap." in page


def test_a_study_in_which_everybody_withdrew_says_so(app: FastAPI) -> None:
    with app.state.house.work() as work:
        study = build_study(work)
        for person in rated_people(work, study, 3):
            withdraw_participant(work, person, "erase")
    page = words(sign_in(app, "ria@example.org", "researcher").get(BASE).text)
    assert "Trokken zich terug 3" in page
    assert "Op deze route gaf nog niemand een oordeel." in page


def test_a_text_of_a_study_is_of_that_study(filled: FastAPI, researcher: PageClient) -> None:
    with filled.state.house.work() as work:
        build_study(work, "elders")
        assert get_study_by(work, "elders").id
    post(researcher, f"{BASE}/texts/summary", body="Alleen hier.", seen="0")
    assert "Alleen hier." not in researcher.get("/studies/elders/report").text
