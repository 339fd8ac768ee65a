"""The codebook of a study: shared themes and its own, and how often each was given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Participant, QuoteTheme
from journey.models import Theme as AddedTheme
from journey.rating.queries import count_incentives
from journey.rating.service import NewClosing, choose_incentive, record_closing_interview
from journey.rating.themes import add_theme, count_themes, list_themes, record_theme
from journey.resources import folder
from journey.rules.errors import Conflict, Invalid
from journey.seeding.cohort import read_cohort
from journey.seeding.load import load_folder
from journey.work import House, Work
from tests.support.build import build_participant, build_study, csrf_of, get_study_by, sign_in, token_headers
from tests.support.pages import PageClient

STUDY = "haarlem-test"


@pytest.fixture
def work(house: House) -> Iterator[Work]:
    with house.work() as work:
        study = build_study(work, STUDY)
        for name, phone in (("Ada", "0612345678"), ("Bea", "0612345679")):
            build_participant(work, study, call_name=name, phone=phone)
        yield work


def people(work: Work) -> list[Participant]:
    return list(work.session.exec(select(Participant).order_by(Participant.code)).all())


def counted(work: Work) -> dict[str, tuple[int, int]]:
    counts = count_themes(work, get_study_by(work, STUDY))
    return {one.theme.code: (one.times, one.people) for one in counts if one.times}


def test_a_theme_counts_times_and_people(work: Work) -> None:
    ada, bea = people(work)
    record_theme(work, ada, "cv", "step", "simple")
    record_theme(work, ada, "werkplein", "staff", "simple")
    record_theme(work, bea, "cv", "step", "simple")
    record_theme(work, bea, "cv", "step", "fast")
    assert counted(work) == {"simple": (3, 2), "fast": (1, 1)}
    assert count_themes(work, get_study_by(work, STUDY))[0].steps == {"cv": 2, "werkplein": 1}


def test_a_withdrawal_from_a_step_sets_themes_aside_with_their_words(work: Work) -> None:
    ada, _bea = people(work)
    record_theme(work, ada, "werk-nl", "step", "simple")
    record_theme(work, ada, "werkplein", "step", "crowded")
    withdraw_participant(work, ada, "from_step", "werkplein")
    assert counted(work) == {"simple": (1, 1)}


def test_an_erasure_removes_themes(work: Work) -> None:
    ada, _bea = people(work)
    record_theme(work, ada, "cv", "step", "simple")
    withdraw_participant(work, ada, "erase")
    assert work.session.exec(select(QuoteTheme)).all() == []


def test_an_own_theme_belongs_to_its_study(work: Work) -> None:
    other = build_study(work, "elders")
    study = get_study_by(work, STUDY)
    added = add_theme(work, study, "  Wachtkamer  te vol ", "bad")
    assert (added.code, added.name) == ("own-wachtkamer-te-vol", "Wachtkamer te vol")
    assert list_themes(work, study)[-1].own
    assert added.code not in {theme.code for theme in list_themes(work, other)}


def test_names_that_give_the_same_code_stay_apart(work: Work) -> None:
    study = get_study_by(work, STUDY)
    codes = [add_theme(work, study, name, "bad").code for name in ("فوضى", "انتظار")]
    assert codes == ["own-theme", "own-theme-2"]


@pytest.mark.parametrize(
    ("name", "tone", "error"),
    [("", "bad", Invalid), ("x" * 121, "bad", Invalid), ("Nieuw", "?", Invalid), ("SNEL", "good", Conflict)],
)
def test_what_is_no_theme(work: Work, name: str, tone: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        add_theme(work, get_study_by(work, STUDY), name, tone)


def test_the_themes_of_2016_are_loaded_with_their_quotes(house: House) -> None:
    cohort = read_cohort(folder("seeds") / "haarlem-2016")
    final: dict[tuple[str, str, str], set[str]] = {}
    for code, ratings in cohort.ratings.items():
        for row in ratings:
            final.setdefault((code, row.step, row.subject), set()).update(row.themes)
    expected = sum(len(codes) for codes in final.values())
    with house.work() as work:
        load_folder(work, folder("seeds") / "haarlem-2016")
        assert len(work.session.exec(select(QuoteTheme)).all()) == expected > 10


# --- The page ------------------------------------------------------------------------------------------


@pytest.fixture
def lead(app: FastAPI, house: House) -> PageClient:
    with house.work() as work:
        build_study(work, STUDY)
    return sign_in(app, "lead@example.org", "lead", STUDY)


def add(client: PageClient, **fields: str) -> int:
    data = {"csrf_token": csrf_of(client), **fields}
    return client.post(f"/studies/{STUDY}/themes", data=data, follow_redirects=False).status_code


def test_a_lead_adds_a_theme(lead: PageClient) -> None:
    assert add(lead, name="Wachtkamer te vol", tone="bad") == 303
    assert "Wachtkamer te vol" in lead.get(f"/studies/{STUDY}/themes").text


def test_a_theme_without_a_name_is_refused_on_the_page(lead: PageClient, house: House) -> None:
    assert add(lead, name="", tone="bad") == 422
    with house.work() as work:
        assert work.session.exec(select(AddedTheme)).all() == []


def test_a_researcher_reads_the_codebook_and_does_not_change_it(app: FastAPI, lead: PageClient) -> None:
    desk = sign_in(app, "r@example.org", "researcher", STUDY)
    assert "Een thema toevoegen" not in desk.get(f"/studies/{STUDY}/themes").text
    assert add(desk, name="Nieuw", tone="good") == 403


def test_others_see_no_codebook(app: FastAPI, lead: PageClient, house: House) -> None:
    with house.work() as work:
        build_study(work, "elders")
    assert sign_in(app, "m@example.org", "manager").get(f"/studies/{STUDY}/themes").status_code == 403
    outsider = sign_in(app, "x@example.org", "lead", "elders")
    assert outsider.get(f"/studies/{STUDY}/themes").status_code == 404


# --- The thank-you of the closing interview ----------------------------------------------------------------


def test_what_became_of_the_thank_you_is_counted_once_a_person(work: Work) -> None:
    ada, bea = people(work)
    record_closing_interview(work, ada, NewClosing(incentive="offered"))
    record_closing_interview(work, ada, NewClosing(incentive="accepted"))
    record_closing_interview(work, bea, NewClosing())
    counts = count_incentives(work, get_study_by(work, STUDY))
    assert counts == {"offered": 0, "accepted": 1, "declined": 0}


def test_an_unknown_answer_to_the_thank_you_is_refused(work: Work) -> None:
    with pytest.raises(Invalid):
        record_closing_interview(work, people(work)[0], NewClosing(incentive="twice"))


def test_a_thank_you_is_a_few_words(work: Work) -> None:
    study = get_study_by(work, STUDY)
    choose_incentive(work, study, " een  bon ")
    assert study.incentive == "een bon"
    with pytest.raises(Invalid):
        choose_incentive(work, study, "x" * 81)


@pytest.mark.parametrize(("given", "status"), [("declined", 201), ("", 400), ("maybe", 400)])
def test_the_thank_you_over_the_api(client: PageClient, house: House, given: str, status: int) -> None:
    with house.work() as work:
        build_participant(work, build_study(work, STUDY))
    body = {"grade": 7, "statements": {}, "incentive": given}
    answer = client.post(
        "/api/v1/participants/H-001/closing-interview",
        json=body,
        headers=token_headers(house, "researcher", STUDY),
    )
    assert answer.status_code == status


def test_researchers_see_the_thank_yous_with_the_live_figures(app: FastAPI, house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work, STUDY))
        record_closing_interview(work, person, NewClosing(incentive="accepted"))
    page = sign_in(app, "r@example.org", "researcher", STUDY).get(f"/studies/{STUDY}/figures").text
    assert "1 keer aangenomen" in page
    manager = sign_in(app, "m@example.org", "manager", STUDY).get(f"/studies/{STUDY}/figures").text
    assert "aangenomen" not in manager
