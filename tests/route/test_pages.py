"""Routes on the screen: the versions as read, and handing in a new one."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import RouteVersion
from journey.resources import folder
from tests.support.build import csrf_of, sign_in
from tests.support.desk import MONDAY, STUDY, Desk, build_desk

TOML = (folder("seeds") / "routes" / "27plus.toml").read_text(encoding="utf-8")
NEXT = TOML.replace("version = 2", "version = 3").replace("Cv uploaden", "Cv op werk.nl zetten")


@pytest.fixture
def today() -> date:
    return MONDAY


@pytest.fixture
def admin(app: FastAPI) -> Desk:
    return build_desk(app, "admin", None)


def versions(admin: Desk) -> list[tuple[str, int]]:
    with admin.house.work(write=False) as work:
        rows = work.session.exec(select(RouteVersion)).all()
        return sorted((row.code, row.version) for row in rows)


def test_a_version_is_shown_as_it_was_read(admin: Desk) -> None:
    page = admin.get("/admin/routes").text
    assert "27 jaar en ouder, versie 2" in page
    route = admin.get("/admin/routes/1").text
    assert "Bijeenkomst Rechten en Plichten" in route


def test_pasted_text_becomes_the_next_version(admin: Desk) -> None:
    answer = admin.post("/admin/routes", {"toml": NEXT.replace("\n", "\r\n")})
    assert answer.status_code == 303
    assert "Cv op werk.nl zetten" in admin.get(answer.headers["location"]).text
    assert versions(admin) == [("27plus", 2), ("27plus", 3), ("jongeren", 1)]


def test_a_file_can_be_handed_in(admin: Desk) -> None:
    answer = admin.client.post(
        "/admin/routes",
        data={"csrf_token": csrf_of(admin.client)},
        files={"file": ("27plus.toml", NEXT.encode(), "application/toml")},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def test_a_mistake_is_named_by_line_and_field_and_the_text_stays(admin: Desk) -> None:
    line = NEXT.splitlines().index('phase = "first_contact"') + 1
    wrong = NEXT.replace('phase = "first_contact"', 'phase = "begin"', 1)
    answer = admin.post("/admin/routes", {"toml": wrong})
    assert answer.status_code == 422
    assert f"regel {line}, veld phase" in answer.text
    assert "phase = &#34;begin&#34;" in answer.text


def test_a_mistake_in_a_file_names_the_file_and_shows_its_text(admin: Desk) -> None:
    answer = admin.client.post(
        "/admin/routes",
        data={"csrf_token": csrf_of(admin.client)},
        files={"file": ("mijn route.toml", NEXT.replace("id =", "idee =", 1).encode(), "text/plain")},
    )
    assert answer.status_code == 422
    assert "mijn route.toml, regel" in answer.text
    assert "idee = " in answer.text


def test_what_is_no_route_is_refused(admin: Desk) -> None:
    for text in ("", "   ", "dit is geen toml", "[[steps]]", "x" * 200_001, "a = 1\x00", '"😀" = 1'):
        assert admin.post("/admin/routes", {"toml": text}).status_code == 422, text[:20]
    picture = admin.client.post(
        "/admin/routes",
        data={"csrf_token": csrf_of(admin.client)},
        files={"file": ("foto.jpg", b"\xff\xd8\xff\xe0" * 50, "image/jpeg")},
    )
    assert picture.status_code == 422
    assert "is geen tekst in UTF-8" in picture.text
    assert versions(admin) == [("27plus", 2), ("jongeren", 1)]


def test_the_same_version_with_other_content_is_refused(admin: Desk) -> None:
    answer = admin.post("/admin/routes", {"toml": NEXT.replace("version = 3", "version = 2")})
    assert answer.status_code == 422
    assert "Verhoog het versienummer" in answer.text


def test_people_under_way_keep_their_version(admin: Desk) -> None:
    before = admin.enrol()
    admin.post("/admin/routes", {"toml": NEXT})
    after = admin.enrol(phone="0612345679")
    lead = sign_in(admin.app, "lead@example.nl", "lead")
    assert "Cv uploaden" in lead.get(f"/participants/{before}").text
    assert "Cv op werk.nl zetten" in lead.get(f"/participants/{after}").text


def test_an_administrator_of_one_study_changes_no_routes(admin: Desk) -> None:
    local = Desk(admin.app, sign_in(admin.app, "local@example.nl", "admin", STUDY))
    assert 'name="toml"' not in local.get("/admin/routes").text
    assert local.post("/admin/routes", {"toml": NEXT}).status_code == 403


def test_a_version_that_does_not_exist(admin: Desk) -> None:
    for number in ("999", "0", "99999999999999999999", "x"):
        assert admin.get(f"/admin/routes/{number}").status_code == 404, number
