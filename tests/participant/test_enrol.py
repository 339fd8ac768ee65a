"""Enrolling on the phone: nothing before consent, nothing typed is lost, a shared number is no obstacle."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import func, select

from journey.models import Call, Consent, Contact, Journey, Melding, Participant, Replay, Study
from journey.participant.queries import find_contact
from tests.support.desk import OTHER, STUDY, Desk, hidden_value

pytestmark = pytest.mark.both

TYPED = {
    "study": STUDY,
    "participate": "yes",
    "text_version": "2026-3",
    "given_via": "oral",
    "route": "27plus",
    "channel": "call",
    "phone": "06 12345678",
    "call_name": "mevrouw Jansen",
    "language": "nl",
    "days": ["0", "2"],
    "parts": ["morning"],
}


def enrol(desk: Desk, **changes: Any) -> Any:
    typed = {name: value for name, value in {**TYPED, **changes}.items() if value is not None}
    return desk.post("/participants/new", typed)


def stored(desk: Desk) -> list[int]:
    with desk.work() as work:
        return [
            work.session.exec(select(func.count()).select_from(table)).one()
            for table in (Participant, Contact, Consent, Journey, Call)
        ]


def test_the_form_begins_with_the_text_to_read_aloud(desk: Desk) -> None:
    page = desk.get("/participants/new").text
    assert "Wilt u meedoen aan ons onderzoek?" in page
    assert page.index("Wie ziet wat u zegt?") < page.index('name="participate"') < page.index('name="phone"')


def test_the_text_has_a_page_of_its_own_that_carries_what_was_typed(desk: Desk) -> None:
    typed = {**TYPED, "participate": "", "days": ["0", "2"], "call_name": '"Ada" <b>'}
    page = desk.post("/participants/new/read", typed).text
    assert "Wie ziet wat u zegt?" in page and "&lt;b&gt;" in page
    carried = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    assert ("days", "2") in carried and ("phone", "06 12345678") in carried
    back = desk.post("/participants/new/read", {**typed, "back": "yes", "participate": ["", "yes"]})
    assert back.status_code == 200
    assert hidden_value(back.text, "study") == STUDY
    for field in ("participate-1", "days-1", "days-3", "parts-1", "route-1"):
        assert re.search(rf'id="{field}"[^>]* checked', back.text), field
    assert stored(desk) == [0, 0, 0, 0, 0]
    with desk.work() as work:
        assert work.session.exec(select(Replay)).all() == []


def test_the_text_can_be_asked_for_by_address(desk: Desk) -> None:
    assert "Wie ziet wat u zegt?" in desk.get("/participants/new/read").text


def test_no_choice_of_consent_is_ticked_beforehand(desk: Desk) -> None:
    page = desk.get("/participants/new").text
    for name in ("participate", "quotes", "recording"):
        for field in page.split("<input")[1:]:
            if f'name="{name}"' in field.split(">")[0]:
                assert " checked" not in field.split(">")[0]


def test_enrolling_gives_a_code_and_the_next_steps(desk: Desk) -> None:
    answer = enrol(desk)
    assert answer.headers["location"] == "/participants/H-001/enrolled"
    page = desk.get("/participants/H-001/enrolled").text
    assert "H-001" in page
    assert "Nu meteen bellen" in page


def test_everything_that_was_agreed_is_kept(desk: Desk) -> None:
    enrol(desk, quotes="yes", reported_on="2026-03-02", age_band="35-44", language="ar")
    with desk.work() as work:
        person = desk.person(work, "H-001")
        consent = work.session.exec(select(Consent)).one()
        contact = find_contact(work, person)
        melding = work.session.exec(select(Melding)).one()
    assert (consent.text_version, consent.quotes, consent.recording, consent.given_via) == (
        "2026-3",
        True,
        False,
        "oral",
    )
    assert contact is not None
    assert (contact.call_name, contact.phone) == ("mevrouw Jansen", "+31612345678")
    assert contact.good_times == {"days": [0, 2], "parts": ["morning"]}
    assert (person.language, person.age_band, str(melding.reported_on)) == ("ar", "35-44", "2026-03-02")


def test_who_refuses_leaves_no_trace(desk: Desk) -> None:
    answer = enrol(desk, participate="no")
    assert answer.status_code == 200
    assert "Er is niets opgeslagen" in answer.text
    assert stored(desk) == [0, 0, 0, 0, 0]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"participate": None}, "participate"),
    ({"participate": "misschien"}, "participate"),
    ({"text_version": "2025-1"}, "participate"),
    ({"route": None}, "route"),
    ({"route": "bbz"}, "route"),
    ({"channel": "duif"}, "channel"),
    ({"language": "xx"}, "language"),
    ({"given_via": None}, "given_via"),
    ({"phone": ""}, "phone"),
    ({"phone": "12"}, "phone"),
    ({"phone": "097012345678"}, "phone"),
    ({"phone": "mijn nummer is geheim"}, "phone"),
    ({"reported_on": "2062-01-01"}, "reported_on"),
    ({"reported_on": "2026-03-17"}, "reported_on"),
    ({"reported_on": "1999-01-01"}, "reported_on"),
    ({"reported_on": "31-2-2026"}, "reported_on"),
    ({"age_band": "-5"}, "age_band"),
    ({"municipality": "atlantis"}, "municipality"),
    ({"call_name": "x" * 121}, "call_name"),
    ({"channel": "paper", "phone": "", "postal_address": ""}, "postal_address"),
]


def test_what_is_wrong_is_named_at_its_field_and_nothing_is_stored(desk: Desk) -> None:
    for changes, field in WRONG:
        answer = enrol(desk, **changes)
        assert answer.status_code == 422, changes
        assert f'href="#{field}"' in answer.text, changes
        assert f'id="{field}-error"' in answer.text, changes
    assert stored(desk) == [0, 0, 0, 0, 0]


def test_what_was_typed_is_still_there_after_an_error(desk: Desk) -> None:
    page = enrol(desk, phone="12", call_name="mevrouw Jansen-de Wit").text
    assert 'value="mevrouw Jansen-de Wit"' in page
    assert 'value="12"' in page


def test_names_of_every_kind_come_back_as_typed(desk: Desk) -> None:
    for name in ("😀 José", "O'Brien & <b>zoon</b>", "محمد", "a\x00b"):
        code = enrol(desk, call_name=name, shared="yes").headers["location"].split("/")[2]
        with desk.work() as work:
            contact = find_contact(work, desk.person(work, code))
        assert contact is not None
        assert contact.call_name == name.replace("\x00", "")


def test_a_second_person_on_a_number_is_a_warning(desk: Desk) -> None:
    enrol(desk)
    answer = enrol(desk, call_name="meneer Jansen")
    assert answer.status_code == 422
    assert "H-001 heeft hetzelfde nummer" in answer.text
    assert 'value="meneer Jansen"' in answer.text
    assert enrol(desk, call_name="meneer Jansen", shared="yes").headers["location"].endswith("H-002/enrolled")


def test_an_address_is_only_kept_for_letters(desk: Desk) -> None:
    enrol(desk, postal_address="Grote Markt 1")
    enrol(desk, postal_address="Grote Markt 2", channel="paper", phone="")
    with desk.work() as work:
        first = find_contact(work, desk.person(work, "H-001"))
        second = find_contact(work, desk.person(work, "H-002"))
    assert first is not None
    assert second is not None
    assert (first.postal_address, second.postal_address) == (None, "Grote Markt 2")


def test_the_same_form_twice_enrols_once(desk: Desk) -> None:
    key = hidden_value(desk.get("/participants/new").text, "idempotency_key")
    first = enrol(desk, idempotency_key=key)
    second = enrol(desk, idempotency_key=key)
    assert first.headers["location"] == second.headers["location"]
    assert stored(desk)[0] == 1


def test_two_people_at_once_get_two_codes(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: enrol(desk, phone=f"061234567{n}", shared="yes"), range(4)))
    codes = {answer.headers["location"] for answer in answers}
    assert codes == {f"/participants/H-00{n}/enrolled" for n in range(1, 5)}


def test_with_several_studies_the_study_is_chosen_first(desk: Desk) -> None:
    with desk.work() as work:
        from journey.auth.service import admit_user
        from journey.models import User

        admit_user(work, work.session.exec(select(User)).one(), [OTHER])
    page = desk.get("/participants/new").text
    assert "Voor welk onderzoek?" in page
    assert "Iemand aanmelden" in desk.get(f"/participants/new?study={OTHER}").text


def test_another_study_does_not_exist(desk: Desk) -> None:
    assert desk.get(f"/participants/new?study={OTHER}").status_code == 404
    assert enrol(desk, study=OTHER).status_code == 404


def test_a_closed_study_takes_nobody(desk: Desk) -> None:
    with desk.work() as work:
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        study.closed_at = work.now
        work.session.add(study)
    assert enrol(desk).status_code == 422
    assert stored(desk)[0] == 0


def test_without_a_text_to_read_nobody_is_enrolled_on_the_screen(desk: Desk) -> None:
    with desk.work() as work:
        study = work.session.exec(select(Study).where(Study.code == STUDY)).one()
        study.consent_version = "2099-1"
        work.session.add(study)
    page = desk.get("/participants/new").text
    assert "Er is nog geen toestemmingstekst" in page
    assert '<form class="form"' not in page
    assert enrol(desk).status_code == 422
    assert stored(desk)[0] == 0
