"""The administrator's pages: users, whose password is shown once, and the audit trail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select

from journey.audit.service import record_act
from journey.models import Membership, User
from journey.participant.queries import get_writable
from journey.rating.service import NewRating, record_rating
from tests.support.build import sign_in
from tests.support.desk import OTHER, STUDY, Desk, hidden_value
from tests.support.pages import PageClient

NEW = {
    "name": "Noor Visser",
    "email": "Noor@Example.nl",
    "role": "researcher",
    "reach": "some",
    "studies": [STUDY],
}


def make(desk: Desk, **changes: Any) -> Any:
    return desk.post("/admin/users/new", {**NEW, **changes})


def users(desk: Desk) -> dict[str, User]:
    with desk.house.work(write=False) as work:
        return {row.email: row for row in work.session.exec(select(User)).all()}


def password_in(html: str) -> str:
    found = re.search(r'id="password"[^>]*>([^<]+)<', html)
    assert found
    return found[1]


def signs_in(desk: Desk, email: str, password: str) -> bool:
    client = PageClient(desk.app, base_url=desk.house.settings.base_url)
    answer = client.post("/sign-in", data={"email": email, "password": password}, follow_redirects=False)
    return bool(answer.status_code == 303)


@pytest.mark.parametrize(("role", "sees"), [("admin", True), ("privacy", False)])
def test_the_start_page_offers_what_the_role_may(admin: Desk, role: str, sees: bool) -> None:
    page = sign_in(admin.app, f"{role}2@example.nl", role).get("/admin").text
    assert ("/admin/users" in page) is sees
    assert "/admin/audit" in page


@pytest.mark.parametrize("role", ["researcher", "lead", "manager"])
def test_others_have_nothing_to_seek_there(admin: Desk, role: str) -> None:
    client = sign_in(admin.app, f"{role}@example.nl", role)
    for page in ("/admin", "/admin/users", "/admin/users/new", "/admin/routes", "/admin/audit"):
        assert client.get(page).status_code == 403, page


def test_a_privacy_officer_makes_no_users(admin: Desk) -> None:
    client = sign_in(admin.app, "privacy@example.nl", "privacy")
    for page in ("/admin/users", "/admin/users/new", "/admin/routes", "/admin/studies"):
        assert client.get(page).status_code == 403, page


def test_a_user_is_made_and_the_password_works(admin: Desk) -> None:
    answer = make(admin)
    assert answer.status_code == 200
    assert signs_in(admin, "noor@example.nl", password_in(answer.text))


def test_the_password_is_shown_only_once(admin: Desk) -> None:
    password = password_in(make(admin).text)
    assert password not in admin.get("/admin/users").text


def test_the_same_form_twice_makes_one_user_and_shows_the_same_password(admin: Desk) -> None:
    key = hidden_value(admin.get("/admin/users/new").text, "idempotency_key")
    first, second = make(admin, idempotency_key=key), make(admin, idempotency_key=key)
    assert password_in(first.text) == password_in(second.text)
    assert list(users(admin)).count("noor@example.nl") == 1


def test_a_new_user_reaches_the_chosen_studies_only(admin: Desk) -> None:
    make(admin, studies=[STUDY, OTHER])
    make(admin, email="iedereen@example.nl", reach="all")
    with admin.house.work(write=False) as work:
        reach = work.session.exec(select(Membership.user_id)).all()
    assert reach.count(users(admin)["noor@example.nl"].id) == 2
    assert users(admin)["iedereen@example.nl"].id not in reach


def test_wrong_users_are_refused_at_their_field_with_what_was_typed(admin: Desk) -> None:
    make(admin)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "email"),
        ({"email": ""}, "email"),
        ({"email": "geen adres"}, "email"),
        ({"email": "a@" + "x" * 300}, "email"),
        ({"name": ""}, "name"),
        ({"role": ""}, "role"),
        ({"role": "integrator"}, "role"),
        ({"role": "koning"}, "role"),
        ({"reach": ""}, "reach"),
        ({"studies": []}, "studies"),
        ({"studies": ["nergens"]}, "studies"),
    ]
    for changes, field in cases:
        answer = make(admin, phone="023 511 5115", **changes)
        assert answer.status_code == 422, changes
        assert f'href="#{field}"' in answer.text, changes
        assert 'value="023 511 5115"' in answer.text
    assert len(users(admin)) == 2


def test_closing_an_account_signs_it_out_at_once_and_opening_lets_it_in_again(admin: Desk) -> None:
    password = password_in(make(admin).text)
    user = users(admin)["noor@example.nl"]
    client = PageClient(admin.app, base_url=admin.house.settings.base_url)
    client.post("/sign-in", data={"email": user.email, "password": password})
    assert admin.post(f"/admin/users/{user.id}/close").status_code == 303
    assert client.get("/participants", follow_redirects=False).headers["location"] == "/"
    assert not signs_in(admin, user.email, password)
    admin.post(f"/admin/users/{user.id}/open")
    assert signs_in(admin, user.email, password)


def test_a_new_password_ends_the_old_one(admin: Desk) -> None:
    old = password_in(make(admin).text)
    user = users(admin)["noor@example.nl"]
    new = password_in(admin.post(f"/admin/users/{user.id}/password").text)
    assert not signs_in(admin, user.email, old)
    assert signs_in(admin, user.email, new)


def test_nobody_closes_the_own_account(admin: Desk) -> None:
    me = users(admin)["admin@example.nl"]
    assert admin.post(f"/admin/users/{me.id}/close").status_code == 409
    assert users(admin)["admin@example.nl"].active


def test_users_and_acts_that_do_not_exist(admin: Desk) -> None:
    for address in ("999/close", "0/close", "99999999999999999999/close", "1/delete"):
        assert admin.post(f"/admin/users/{address}").status_code == 404, address


def test_an_administrator_of_one_study_governs_only_its_users(admin: Desk) -> None:
    make(admin)
    make(admin, email="elders@example.nl", studies=[OTHER])
    make(admin, email="beide@example.nl", studies=[STUDY, OTHER])
    local = Desk(admin.app, sign_in(admin.app, "local@example.nl", "admin", STUDY))
    page = local.get("/admin/users").text
    assert "noor@example.nl" in page
    assert "beide@example.nl" in page  # to be closed, no more
    for email in ("elders@example.nl", "beide@example.nl", "admin@example.nl"):
        assert email not in page or email.startswith("beide")
        assert local.post(f"/admin/users/{users(admin)[email].id}/password").status_code == 404
    assert make(local, email="nieuw@example.nl", reach="all").status_code == 422
    assert make(local, email="nieuw@example.nl", studies=[OTHER]).status_code == 422
    assert make(local, email="nieuw@example.nl", studies=[STUDY]).status_code == 200


def test_the_audit_trail_tells_who_did_what_without_answers_or_numbers(admin: Desk) -> None:
    code = admin.enrol(phone="0612345678")
    with admin.work() as work:
        person = get_writable(work, code)
        record_rating(work, person, NewRating("werkplein", "step", "negative", "call", "Het was erg druk"))
    page = admin.get("/admin/audit").text
    assert f"{code} werkplein step" in page
    for secret in ("negative", "negatief", "erg druk", "12345678"):
        assert secret not in page


def test_the_audit_trail_is_filtered_by_action_and_read_page_by_page(admin: Desk) -> None:
    with admin.work() as work:
        for number in range(120):
            record_act(work, "test.act", f"ding {number}")
    page = admin.get("/admin/audit?action=test.act").text
    assert "ding 119" in page
    assert "ding 5<" not in page
    older = re.search(r'href="(/admin/audit\?[^"]*before=\d+)"', page)
    assert older
    rest = admin.get(older[1].replace("&amp;", "&")).text
    assert "ding 5<" in rest
    assert "ding 119" not in rest
    for query in ("action=%00", "before=x", "before=999999999999999999999"):
        assert admin.get(f"/admin/audit?{query}").status_code < 500, query


def test_who_reaches_one_study_reads_its_lines_only(admin: Desk) -> None:
    own, other = admin.enrol(), admin.enrol(OTHER)
    page = sign_in(admin.app, "privacy@example.nl", "privacy", STUDY).get("/admin/audit").text
    assert own in page
    assert other not in page
