"""Somebody needs help: one named colleague hears of it, with a yes, apart from the research, and until it is closed."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.call.help import choose_helper, close_signal, list_own_signals, send_help_signal
from journey.consent.service import withdraw_participant
from journey.models import AuditEntry, Call, HelpSignal, Participant, Study, User
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.work import House, Work
from tests.support.build import build_participant, build_user, csrf_of, sign_in
from tests.support.pages import PageClient

WORDS = "De huur is drie maanden niet betaald."


@pytest.fixture
def today() -> date:
    return date(2026, 3, 17)


@pytest.fixture
def person(house: House) -> str:
    """Somebody in a study whose lead Fatma is named."""
    with house.work() as work:
        build_participant(work, study(work), call_name="Ada")
    build_user(house, "fatma@example.org", "lead", "haarlem-test")
    with house.work() as work:
        choose_helper(work, study(work), user(work, "fatma").id)
    return "H-001"


@pytest.fixture
def desk(app: FastAPI, person: str) -> PageClient:
    return sign_in(app, "r@example.org", "researcher", "haarlem-test")


@pytest.fixture
def fatma(app: FastAPI, person: str) -> PageClient:
    client = PageClient(app, base_url=app.state.house.settings.base_url)
    client.post("/sign-in", data={"email": "fatma@example.org", "password": "correct horse battery"})
    return client


def study(work: Work) -> Study:
    return work.session.exec(select(Study).where(Study.code == "haarlem-test")).one()


def user(work: Work, name: str) -> User:
    return work.session.exec(select(User).where(User.email == f"{name}@example.org")).one()


def somebody(work: Work) -> Participant:
    return work.session.exec(select(Participant)).one()


def call_id(house: House) -> int:
    with house.work() as work:
        return work.session.exec(select(Call.id)).one() or 0


def ask(desk: PageClient, house: House, **fields: str) -> int:
    data = {"csrf_token": csrf_of(desk), "words": WORDS, "agreed": "yes"} | fields
    answer = desk.post(f"/calls/{call_id(house)}/help", data=data, follow_redirects=False)
    return answer.status_code


def post(client: PageClient, address: str) -> int:
    answer = client.post(address, data={"csrf_token": csrf_of(client)}, follow_redirects=False)
    return answer.status_code


def test_the_screen_names_the_person_who_will_hear_it(desk: PageClient, house: House) -> None:
    page = desk.get(f"/calls/{call_id(house)}").text
    assert "Ik geef uw naam en nummer door aan Fatma, vindt u dat goed?" in page


def test_without_a_named_person_there_is_no_button(desk: PageClient, house: House) -> None:
    with house.work() as work:
        choose_helper(work, study(work), None)
    assert "Heeft hulp nodig" not in desk.get(f"/calls/{call_id(house)}").text
    assert ask(desk, house) == 422


def test_who_left_is_named_no_longer(desk: PageClient, house: House) -> None:
    with house.work() as work:
        gone = user(work, "fatma")
        gone.active = False
        work.session.add(gone)
    assert "Heeft hulp nodig" not in desk.get(f"/calls/{call_id(house)}").text


def test_the_addressee_reads_name_number_and_words(desk: PageClient, fatma: PageClient, house: House) -> None:
    assert ask(desk, house) == 303
    page = fatma.get("/help-signals").text
    for said in ("Ada", "06 12345678", WORDS):
        assert said in page


def test_without_a_yes_nothing_is_passed_on_and_the_words_stay(desk: PageClient, house: House) -> None:
    data = {"csrf_token": csrf_of(desk), "words": WORDS}
    answer = desk.post(f"/calls/{call_id(house)}/help", data=data)
    assert answer.status_code == 422
    assert WORDS in answer.text
    with house.work() as work:
        assert work.session.exec(select(HelpSignal)).all() == []


def test_nobody_else_reads_it(app: FastAPI, desk: PageClient, fatma: PageClient, house: House) -> None:
    ask(desk, house)
    colleague = sign_in(app, "c@example.org", "lead", "haarlem-test")
    for other in (desk, colleague):
        assert WORDS not in other.get("/help-signals").text
        assert post(other, "/help-signals/1/close") == 404
    assert WORDS not in desk.get(f"/calls/{call_id(house)}").text
    assert sign_in(app, "m@example.org", "manager").get("/help-signals").status_code == 403


def test_it_is_sealed_in_the_database_and_not_in_the_log(desk: PageClient, house: House) -> None:
    ask(desk, house)
    with house.work() as work:
        content = work.session.exec(select(HelpSignal.content)).one()
        assert "huur" not in content
        assert "Ada" not in content
        lines = work.session.exec(select(AuditEntry)).all()
        assert ("help.send", "H-001") in {(line.action, line.object) for line in lines}
        assert all("huur" not in line.object for line in lines)


def test_reading_it_is_logged(desk: PageClient, fatma: PageClient, house: House) -> None:
    ask(desk, house)
    fatma.get("/help-signals")
    with house.work() as work:
        assert work.session.exec(select(AuditEntry.object).where(AuditEntry.action == "help.view")).all() == [
            "H-001"
        ]


def test_closing_wipes_what_was_passed_on(desk: PageClient, fatma: PageClient, house: House) -> None:
    ask(desk, house)
    assert post(fatma, "/help-signals/1/seen") == 303
    assert "Gezien op" in desk.get(f"/calls/{call_id(house)}").text
    assert post(fatma, "/help-signals/1/close") == 303
    with house.work() as work:
        signal = work.session.exec(select(HelpSignal)).one()
        assert (signal.content, signal.closed_at is not None) == ("", True)
    assert WORDS not in fatma.get("/help-signals").text


@pytest.mark.parametrize("level", ["stop", "erase"])
def test_a_withdrawal_deletes_it(desk: PageClient, house: House, level: str) -> None:
    ask(desk, house)
    with house.work() as work:
        withdraw_participant(work, somebody(work), level)
        assert work.session.exec(select(HelpSignal)).all() == []


REFUSED: list[tuple[str, bool, type[Exception]]] = [
    ("", True, Invalid),
    (WORDS, False, Invalid),
    ("x" * 1001, True, Invalid),
]


@pytest.mark.parametrize(("words", "agreed", "error"), REFUSED)
def test_what_cannot_be_passed_on(
    house: House, person: str, words: str, agreed: bool, error: type[Exception]
) -> None:
    with house.work() as work, pytest.raises(error):
        send_help_signal(work, somebody(work), words, agreed=agreed)


def test_nothing_is_passed_on_about_who_stopped(house: House, person: str) -> None:
    with house.work() as work:
        withdraw_participant(work, somebody(work), "stop")
        with pytest.raises(Conflict):
            send_help_signal(work, somebody(work), WORDS, agreed=True)


def test_a_system_has_no_signals_of_its_own(house: House, person: str) -> None:
    with house.work() as work:
        send_help_signal(work, somebody(work), WORDS, agreed=True)
        assert list_own_signals(work) == []
        with pytest.raises(NotFound):
            close_signal(work, 1)


# --- The setting ---------------------------------------------------------------------------------------


def setting(client: PageClient, **fields: str) -> int:
    answer = client.post(
        "/studies/haarlem-test/help",
        data={"csrf_token": csrf_of(client), **fields},
        follow_redirects=False,
    )
    return answer.status_code


def test_a_lead_names_a_colleague_and_the_thank_you(
    fatma: PageClient, desk: PageClient, house: House
) -> None:
    with house.work() as work:
        chosen = user(work, "r").id
    assert setting(fatma, helper=str(chosen), incentive="Een bon van 15 euro") == 303
    with house.work() as work:
        assert (study(work).help_contact_id, study(work).incentive) == (chosen, "Een bon van 15 euro")
    assert "Een bon van 15 euro" in fatma.get("/studies/haarlem-test/help").text


def test_only_who_reaches_the_study_can_be_named(app: FastAPI, fatma: PageClient, house: House) -> None:
    sign_in(app, "m@example.org", "manager", "haarlem-test")
    with house.work() as work:
        manager = user(work, "m").id
    assert setting(fatma, helper=str(manager)) == 422


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("researcher", 403), ("manager", 403)])
def test_who_may_set_it(app: FastAPI, person: str, role: str, status: int) -> None:
    assert sign_in(app, "x@example.org", role).get("/studies/haarlem-test/help").status_code == status
