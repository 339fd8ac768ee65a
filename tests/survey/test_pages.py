"""The pages of a survey, as a researcher and as a manager."""

from __future__ import annotations

import pytest

from journey.auth.scope import get_study
from journey.report.service import publish_batch, publish_due
from journey.rules.roles import LEAD, MANAGER, RESEARCHER
from tests.support.build import csrf_of, sign_in
from tests.survey.conftest import STRATA, Surveys

PAGES = (
    "figures",
    "response",
    "published",
    "figures?unit=borne",
    "figures?weight=population&unit=x",
    "report",
)


@pytest.fixture
def published(of_2022: Surveys) -> Surveys:
    with of_2022.house.work() as work:
        for code in STRATA:
            publish_batch(work, get_study(work, code))
    return of_2022


@pytest.mark.parametrize("role", [RESEARCHER, MANAGER])
def test_every_page_shows(published: Surveys, role: str) -> None:
    client = sign_in(published.app, f"{role}@example.nl", role)
    for study in STRATA:
        for page in PAGES:
            assert client.get(f"/studies/{study}/{page}").status_code == 200, page
    assert (
        "Ervaringen" in client.get("/studies").text or "participatiewet-2022" in client.get("/studies").text
    )


def test_a_manager_reads_the_figures(published: Surveys) -> None:
    client = sign_in(published.app, "manager@example.nl", MANAGER)
    page = client.get("/studies/participatiewet-2022/figures").text
    for words in ("7,6", "7,5 – 7,7", "92 %", "Lager dan de referentiegroep", "hoogstens 3.244", "n = 387"):
        assert words in page, words
    assert "Papier en scherm" not in page and "Publiceer nu" not in page
    hidden = client.get("/studies/minima-2022/figures?unit=borne").text
    assert "Minder dan 10 antwoorden" in hidden


def test_a_researcher_sees_paper_beside_screen_and_what_managers_see(published: Surveys) -> None:
    client = sign_in(published.app, "r@example.nl", RESEARCHER)
    page = client.get("/studies/participatiewet-2022/figures").text
    assert "Papier en scherm" in page and "Managers zien nu cijfers nummer 1" in page


def test_published_beside_computed(published: Surveys) -> None:
    client = sign_in(published.app, "r@example.nl", RESEARCHER)
    found = [client.get(f"/studies/{study}/published").text for study in STRATA]
    assert "van de 294" in found[0] or "gepubliceerde getallen zijn gelijk" in found[0]
    assert all("zonder dat wij weten waarom" not in page for page in found)
    assert "Drukfout" in found[1] and "Kan niet" in found[0]


@pytest.mark.parametrize("look", ["read", "phone", "paper"])
def test_a_questionnaire_to_look_at(published: Surveys, look: str) -> None:
    client = sign_in(published.app, "lead@example.nl", LEAD)
    page = client.get(f"/studies/participatiewet-2022/questionnaire?look={look}&language=nl").text
    assert "ga naar vraag 10" in page if look == "paper" else "ga naar" not in page
    assert "wie bij ‘Wanneer was het intakegesprek’ koos" in page if look == "read" else True
    english = client.get(f"/studies/minima-2022/questionnaire?look={look}&language=en").text
    assert "Do you know this scheme" in english


def test_the_questionnaire_is_not_for_managers(published: Surveys) -> None:
    client = sign_in(published.app, "m@example.nl", MANAGER)
    assert client.get("/studies/minima-2022/questionnaire").status_code == 403
    assert client.get("/studies/minima-2022/questionnaire.xlsx").status_code == 403
    assert client.get("/studies/minima-2022/throughput", follow_redirects=False).status_code == 303


def test_a_researcher_publishes_with_the_button_and_the_night_does_so_too(of_2022: Surveys) -> None:
    client = sign_in(of_2022.app, "r@example.nl", RESEARCHER)
    page = client.get("/studies/minima-2022/figures").text
    assert "Managers zien nog niets" in page and "Publiceer nu" in page
    answer = client.post(
        "/studies/minima-2022/figures/publish",
        data={"csrf_token": csrf_of(client)},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    with of_2022.house.work() as work:
        assert [batch.study_id for batch in publish_due(work)] == [get_study(work, "participatiewet-2022").id]
    manager = sign_in(of_2022.app, "m@example.nl", MANAGER)
    for study in STRATA:
        assert "Vrijgegeven cijfers nummer 1" in manager.get(f"/studies/{study}/figures").text
