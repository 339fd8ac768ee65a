"""Links and letter codes: only hashes kept, the former ones stop working, one kind page for all that do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.consent.service import withdraw_participant
from journey.models import Link, Message, Participant, Study
from journey.outbox.sms import segments
from journey.portal.letters import ALPHABET, read_code, shown_code
from journey.portal.queries import find_person
from journey.portal.service import create_link, link_text, send_link
from journey.rules.errors import Conflict
from journey.settings import Settings
from journey.work import House
from tests.portal.arrange import ratings, visitor
from tests.support.build import build_participant, build_study, token_headers
from tests.support.pages import PageClient


def test_a_link_works_for_fourteen_days_and_no_longer(house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work))
        new = create_link(work, person)
        token = new.link.rpartition("/")[2]
        assert new.expires_at == work.now + timedelta(days=14)
        work.now += timedelta(days=14, seconds=-1)
        assert find_person(work, token) is not None
        work.now += timedelta(seconds=1)
        assert find_person(work, token) is None


def test_only_hashes_are_kept(house: House) -> None:
    with house.work() as work:
        new = create_link(work, build_participant(work, build_study(work)))
        row = str(work.session.exec(select(Link)).one())
    assert new.link.rpartition("/")[2] not in row
    assert new.letter_code not in row


def test_a_new_link_takes_the_place_of_the_former(house: House, client: PageClient) -> None:
    first = visitor(house)
    with house.work() as work:
        create_link(work, work.session.exec(select(Participant)).one())
    assert client.get(first.path).status_code == 404
    assert client.post("/code", data={"code": first.letter_code}).status_code == 422


def test_who_withdrew_gets_no_link(house: House) -> None:
    with house.work() as work:
        person = build_participant(work, build_study(work))
        withdraw_participant(work, person, "stop")
        with pytest.raises(Conflict):
            create_link(work, person)


def closed_doors(house: House) -> list[str]:
    """An unknown, an expired and a revoked link, and one of somebody who stopped."""
    expired, revoked, stopped = (visitor(house) for _ in range(3))
    with house.work() as work:
        rows = list(work.session.exec(select(Link).order_by(Link.id)).all())  # type: ignore[arg-type]
        rows[0].expires_at = work.now
        rows[1].revoked_at = work.now
        person = work.session.exec(select(Participant).where(Participant.code == stopped.code)).one()
        withdraw_participant(work, person, "stop")
    return ["/p/wrong", expired.path, revoked.path, stopped.path]


def test_all_doors_that_are_closed_look_the_same(house: House, client: PageClient) -> None:
    answers = [client.get(path) for path in closed_doors(house)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "023 200 0000" in answers[0].text


def test_behind_a_closed_door_nothing_can_be_done(house: House, client: PageClient) -> None:
    for path in closed_doors(house):
        for part in ("/ratings", "/call", "/stop"):
            assert client.get(path + part).status_code == 404
            answer = client.post(path + part, data={"step": "cv", "subject": "step", "value": "positive"})
            assert answer.status_code == 404
    assert ratings(house) == []


@pytest.mark.parametrize("token", ["x" * 5000, "%00", "%F0%9F%98%80", "..%2f..", "' OR 1=1"])
def test_strange_tokens_get_the_kind_page(house: House, client: PageClient, token: str) -> None:
    assert client.get(f"/p/{token}").status_code == 404


def test_pages_are_not_cached_and_tell_no_other_site(house: House, client: PageClient) -> None:
    answer = client.get(visitor(house).path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in answer.headers


# --- the message ------------------------------------------------------------------------------------


def sent(house: House, **changes: object) -> tuple[str, Message | None]:
    with house.work() as work:
        person = build_participant(work, build_study(work), **changes)
        made = send_link(work, person)
        row = made.message
        return house.vault.open(row.body, f"message:{row.dedup_key}:body") if row else "", row


def test_the_message_says_who_why_and_how_to_stop(house: House) -> None:
    body, _ = sent(house)
    assert body.startswith("Onderzoek Haarlem: hier is de link waar u om vroeg: http://127.0.0.1:8000/p/")
    assert body.endswith("Vragen? Bel 023 200 0000. Stoppen? Stuur STOP.")
    assert "bijstand" not in body.lower() and "uitkering" not in body.lower()


@pytest.mark.parametrize("language", ["nl", "en", "ar"])
def test_the_message_is_one_part_in_every_language(house: House, language: str) -> None:
    body, _ = sent(house, language=language)
    assert segments(body) == 1
    assert ("you asked for" in body) is (language == "en")


@pytest.mark.parametrize(
    "host", ["https://a.nl", "https://journey.onderzoek.gemeente-sudwest-fryslan.example"]
)
def test_the_message_fits_with_long_names_and_addresses(house: House, host: str) -> None:
    with house.work() as work:
        study = build_study(work, municipality="Súdwest-Fryslân")
        person = build_participant(work, study)
        work.settings = Settings(database_url=house.settings.database_url, base_url=host)
        body = link_text(work, person, f"{host}/p/{'x' * 22}")
    assert segments(body) == 1
    assert "STOP" in body


def test_without_a_mobile_number_a_link_is_made_but_not_sent(house: House) -> None:
    assert sent(house, phone="0232000000", channel="call")[1] is None


# --- codes for letters ------------------------------------------------------------------------------


def test_a_letter_code_has_eight_characters_nobody_confuses(house: House) -> None:
    code = visitor(house).letter_code
    assert len(code) == 8 and set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL5S2Z8BQU")


@pytest.mark.parametrize("style", [str.lower, shown_code, lambda code: f" {code[:3]}-{code[3:]} ", str.upper])
def test_a_code_may_be_typed_in_any_way(house: House, client: PageClient, style: object) -> None:
    one = visitor(house)
    answer = client.post("/code", data={"code": style(one.letter_code)}, follow_redirects=False)  # type: ignore[operator]
    assert answer.status_code == 303
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(("typed", "meant"), [("OCDE FGHJ", "DCDEFGHJ"), ("UCDE6GH1", "VCDEGGH7")])
def test_look_alikes_are_taken_for_what_was_printed(typed: str, meant: str) -> None:
    assert read_code(typed) == meant


def test_a_code_leads_to_a_link_of_its_own_and_can_be_typed_again(house: House, client: PageClient) -> None:
    one = visitor(house)
    addresses = {
        client.post("/code", data={"code": one.letter_code}, follow_redirects=False).headers["location"]
        for _ in range(2)
    }
    assert len(addresses) == 2 and one.path not in addresses
    with house.work(write=False) as work:
        expiries = sorted(row.expires_at for row in work.session.exec(select(Link)).all())
    assert expiries[0] < expiries[-1] - timedelta(days=12)


@pytest.mark.parametrize("code", ["", "ACDE", "ACDEFGHJ", "!" * 8, "A" * 5000, "😀😀😀😀😀😀😀😀"])
def test_a_wrong_code_gets_a_kind_sentence_and_stays_on_the_page(client: PageClient, code: str) -> None:
    answer = client.post("/code", data={"code": code})
    assert answer.status_code == 422
    assert f'value="{code[:40]}' in answer.text or not code


# --- over the API -----------------------------------------------------------------------------------


def test_the_api_gives_link_code_and_end(app: FastAPI, client: PageClient, house: House) -> None:
    one = visitor(house)
    answer = client.post(f"/api/v1/participants/{one.code}/link", headers=token_headers(house, "researcher"))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"link", "letter_code", "expires_at"}
    assert client.get(body["link"]).status_code == 200
    assert client.get(one.path).status_code == 404


def test_the_api_gives_the_same_link_again_for_the_same_key(client: PageClient, house: House) -> None:
    one = visitor(house)
    headers = {**token_headers(house, "researcher"), "Idempotency-Key": "k1"}
    answers = [client.post(f"/api/v1/participants/{one.code}/link", headers=headers).json() for _ in range(2)]
    assert answers[0] == answers[1]


def test_the_api_refuses_after_a_withdrawal(client: PageClient, house: House) -> None:
    one = visitor(house)
    with house.work() as work:
        withdraw_participant(work, work.session.exec(select(Participant)).one(), "stop")
    answer = client.post(f"/api/v1/participants/{one.code}/link", headers=token_headers(house, "researcher"))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 403), ("integrator", 403), ("admin", 403), (None, 401)]
)
def test_the_api_is_for_researchers(client: PageClient, house: House, role: str | None, status: int) -> None:
    one = visitor(house)
    headers = token_headers(house, role) if role else {}
    assert client.post(f"/api/v1/participants/{one.code}/link", headers=headers).status_code == status


def test_the_api_knows_no_people_of_other_studies(client: PageClient, house: House) -> None:
    one = visitor(house)
    with house.work() as work:
        build_study(work, "zandvoort-test", municipality="Zandvoort")
    headers = token_headers(house, "researcher", "zandvoort-test")
    assert client.post(f"/api/v1/participants/{one.code}/link", headers=headers).status_code == 404
    with house.work(write=False) as work:
        assert work.session.exec(select(Study).where(Study.code == "haarlem-test")).one()
