"""Languages are offered in production only after a named person approved their texts as they are now (rules, 43)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.app import create_app
from journey.models import AuditEntry, Consent, ConsentText, LanguageApproval
from journey.rules.errors import Conflict, Invalid, NotFound
from journey.settings import Settings
from journey.texts.approval import (
    approve_language,
    find_offered_consent,
    get_state,
    is_draft,
    list_offered_consents,
    list_sentences,
    offered,
    texts_hash,
    withdraw_approval,
)
from journey.web.spoken import mark_of
from journey.work import House
from tests.portal.arrange import visitor
from tests.support.build import CONSENT, build_study, csrf_of, sign_in
from tests.support.pages import PageClient

ALL = ["nl", "en", "ar", "tr", "ti", "fa", "pl"]
OGG = b"OggS\x00\x02" + b"\x00" * 60
PAGE = "/admin/languages/tr"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, env="development", uploads=str(tmp_path / "uploads"))


@pytest.fixture
def production(settings: Settings) -> Iterator[House]:
    house = House.open(settings.model_copy(update={"env": "production"}))
    with house.work() as work:
        build_study(work)
        work.session.add(ConsentText(version="9", language="nl", body="Doet u mee?"))
        work.session.add(ConsentText(version="9", language="tr", body="Katılır mısınız?"))
    yield house
    house.database.close()


def approve(house: House, code: str = "tr", name: str = "Elif Demir") -> None:
    with house.work() as work:
        approve_language(work, code, name, texts_hash(work, code))


def test_elsewhere_than_in_production_everything_is_offered_as_a_draft(house: House) -> None:
    with house.work(write=False) as work:
        assert list(offered(work)) == ALL
        assert [code for code in ALL if is_draft(work, code)] == ALL[1:]


def test_production_offers_dutch_and_what_was_approved(production: House) -> None:
    with production.work(write=False) as work:
        assert list(offered(work)) == ["nl"]
    approve(production)
    with production.work(write=False) as work:
        assert list(offered(work)) == ["nl", "tr"]
        assert not is_draft(work, "tr")


def test_another_text_ends_the_approval_and_the_list_says_so(production: House) -> None:
    approve(production)
    with production.work() as work:
        work.session.add(ConsentText(version="10", language="nl", body="Een nieuwe vraag."))
    with production.work(write=False) as work:
        state = get_state(work, "tr")
        assert (state.approved, state.lapsed, state.approved_by) == (False, True, "Elif Demir")
        assert list(offered(work)) == ["nl"]


def test_an_approval_can_be_taken_back(production: House) -> None:
    approve(production)
    with production.work() as work:
        withdraw_approval(work, "tr")
        assert list(offered(work)) == ["nl"]
    with production.work(write=False) as work:
        assert len(work.session.exec(select(LanguageApproval)).all()) == 1
        acts = [row.action for row in work.session.exec(select(AuditEntry)).all()]
        assert acts.count("language.approve") == acts.count("language.withdraw") == 1


def test_consent_is_read_aloud_in_approved_languages_only(production: House) -> None:
    with production.work(write=False) as work:
        assert [text.language for text in list_offered_consents(work, "9")] == ["nl"]
    approve(production)
    with production.work(write=False) as work:
        found = find_offered_consent(work, "9", "tr")
        assert found is not None and found.body == "Katılır mısınız?"
        other = find_offered_consent(work, "9", "ar")
        assert other is not None and other.language == "nl"


def test_what_was_not_read_cannot_be_approved(house: House) -> None:
    with house.work() as work, pytest.raises(Conflict):
        approve_language(work, "tr", "Elif Demir", "of another day")


def test_somebody_must_have_a_name(house: House) -> None:
    with house.work() as work, pytest.raises(Invalid):
        approve_language(work, "tr", "  ", texts_hash(work, "tr"))


def test_dutch_needs_nobody_and_an_unknown_language_is_not_there(house: House) -> None:
    with house.work() as work:
        with pytest.raises(Invalid):
            approve_language(work, "nl", "Jan", "")
        with pytest.raises(NotFound):
            approve_language(work, "de", "Jan", "")


def test_words_of_a_route_stand_beside_their_translation(production: House) -> None:
    with production.work(write=False) as work:
        said = {one.dutch: one.said for one in list_sentences(work, "tr") if one.part == "route"}
    assert said["Uw DigiD."] == "DigiD'niz."


@pytest.mark.parametrize("role", ["researcher", "lead", "manager", "privacy"])
def test_only_an_administrator_sees_the_languages(app: FastAPI, house: House, role: str) -> None:
    with house.work() as work:
        build_study(work)
    other = sign_in(app, "other@example.org", role, "haarlem-test")
    assert other.get("/admin/languages").status_code == 403
    assert other.get(PAGE).status_code == 403


def test_an_administrator_reads_and_approves_in_the_name_of_a_person(app: FastAPI, house: House) -> None:
    admin = sign_in(app, "ad@example.org", "admin", None)
    text = admin.get(PAGE).text
    assert "Beni arayın" in text and "Bel mij" in text
    with house.work(write=False) as work:
        seen = texts_hash(work, "tr")
    form = {"csrf_token": csrf_of(admin), "seen": seen}
    assert admin.post(PAGE, data={**form, "name": ""}).status_code == 422
    assert admin.post(PAGE, data={**form, "name": "Elif Demir"}, follow_redirects=False).status_code == 303
    assert "Goedgekeurd door Elif Demir" in admin.get("/admin/languages").text


def test_a_recording_is_kept_served_and_named_on_the_page(app: FastAPI, house: House) -> None:
    path = visitor(house, language="tr").path
    admin = sign_in(app, "ad@example.org", "admin", None)
    mark = mark_of("Beni arayın")
    assert "data-recorded" not in admin.get(path).text
    answer = record(admin, mark, OGG)
    assert answer.status_code == 303
    page = admin.get(path).text
    address = page.split('data-recorded="')[1].split('"')[0]
    assert admin.get(address).text == f"{mark}.ogg"
    played = admin.get(f"/recordings/tr/{mark}.ogg")
    assert played.content == OGG and played.headers["content-type"] == "audio/ogg"
    assert "max-age" in played.headers["cache-control"]


def test_another_recording_replaces_it_and_it_can_be_taken_away(app: FastAPI) -> None:
    admin = sign_in(app, "ad@example.org", "admin", None)
    mark = mark_of("Beni arayın")
    record(admin, mark, OGG)
    record(admin, mark, b"ID3" + b"\x00" * 60)
    assert admin.get("/recordings/tr").text == f"{mark}.mp3"
    admin.post(f"{PAGE}/recordings", data={"csrf_token": csrf_of(admin), "mark": mark, "delete": "yes"})
    assert admin.get("/recordings/tr").text == ""
    assert admin.get(f"/recordings/tr/{mark}.mp3").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload=alert(1)>", "Beni arayın"),
        (b"", "Beni arayın"),
        (b"OggS" + b"\x00" * 900_000, "Beni arayın"),
        (OGG, "Planlanan gün: %(day)s."),
    ],
)
def test_what_is_no_recording_of_a_fixed_sentence_is_refused(
    app: FastAPI, content: bytes, words: str
) -> None:
    admin = sign_in(app, "ad@example.org", "admin", None)
    assert record(admin, mark_of(words), content).status_code == 422
    assert admin.get("/recordings/tr").text == ""


def test_a_recording_of_words_we_do_not_have_is_refused(app: FastAPI) -> None:
    admin = sign_in(app, "ad@example.org", "admin", None)
    assert record(admin, mark_of("Bu cümle yok."), OGG).status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fjourney.db", "x.ogg", "12345678.exe"])
def test_nothing_else_is_served(client: PageClient, name: str) -> None:
    assert client.get(f"/recordings/tr/{name}").status_code == 404
    assert client.get("/recordings/xx").status_code == 404


def test_production_shows_an_unapproved_language_in_dutch(production: House) -> None:
    path = visitor(production, language="tr").path
    app = create_app(production.settings)
    with PageClient(app, base_url=production.settings.base_url) as client:
        assert '<html lang="nl"' in client.get(path).text
        assert '<html lang="nl"' in client.get(f"{path}?lang=tr").text
        approve(production)
        assert '<html lang="tr"' in client.get(path).text
    app.state.house.database.close()


def record(admin: PageClient, mark: str, content: bytes):  # type: ignore[no-untyped-def]
    return admin.post(
        f"{PAGE}/recordings",
        data={"csrf_token": csrf_of(admin), "mark": mark},
        files={"file": ("a", content)},
        follow_redirects=False,
    )


def test_consent_says_in_which_language_it_was_really_read(production: House) -> None:
    """Theirs is not read to anybody before it was approved."""
    person = {"language": "tr", "consent": replace(CONSENT, text_version="9")}
    visitor(production, **person)
    approve(production)
    visitor(production, **person, phone="0612345679")
    with production.work(write=False) as work:
        rows = work.session.exec(select(Consent).order_by(Consent.id)).all()  # type: ignore[arg-type]
    assert [row.language for row in rows] == ["nl", "tr"]
