"""Accounts that others made or change: first passwords end and must be changed, rights move, who leaves takes nothing
along.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from journey.auth.passwords import refuse_weak_password
from journey.auth.service import create_token, create_user, sign_in
from journey.auth.sessions import MOST_SESSIONS, list_sessions
from journey.models import ApiToken, AuditEntry, Membership, User
from journey.rules.errors import Invalid
from journey.work import House
from tests.support.build import PASSWORD, build_user, csrf_of
from tests.support.build import sign_in as client_of
from tests.support.desk import OTHER, STUDY, Desk
from tests.support.pages import PageClient

NEW = "vier losse woorden hier"


def made(admin: Desk, email: str = "noor@example.nl") -> str:
    data = {"name": "Noor", "email": email, "role": "researcher", "reach": "some", "studies": [STUDY]}
    found = re.search(r'id="password"[^>]*>([^<]+)<', admin.post("/admin/users/new", data).text)
    assert found
    return found[1]


def user_of(admin: Desk, email: str) -> User:
    with admin.work() as work:
        return work.session.exec(select(User).where(User.email == email)).one()


def enter(admin: Desk, email: str, password: str) -> PageClient:
    client = PageClient(admin.app, base_url=admin.house.settings.base_url)
    client.post("/sign-in", data={"email": email, "password": password}, follow_redirects=False)
    return client


def test_with_a_first_password_nothing_opens_until_it_is_changed(admin: Desk) -> None:
    password = made(admin)
    client = enter(admin, "noor@example.nl", password)
    for page in ("/calls", "/participants", "/studies"):
        assert client.get(page, follow_redirects=False).headers["location"] == "/account"
    assert "Kies hieronder eerst een eigen wachtwoord" in client.get("/account").text
    sent = {"csrf_token": csrf_of(client), "old": password, "password": password}
    assert client.post("/account/password", data=sent).status_code == 422
    client.post("/account/password", data={**sent, "password": NEW})
    assert client.get("/calls", follow_redirects=False).status_code == 200


@pytest.mark.parametrize(("days", "works"), [(2, True), (3, False)])
def test_a_first_password_holds_three_days(house: House, days: int, works: bool) -> None:
    with house.work() as work:
        create_user(work, "noor@example.nl", "researcher", password=PASSWORD, first=True)
        now = work.now
    with house.work(now=now + timedelta(days=days)) as work:
        assert (sign_in(work, "noor@example.nl", PASSWORD) is not None) == works


@pytest.mark.parametrize(
    "email", ['x"><img@example.nl', "a b@example.nl", "a@b@c", "@x", "a@-x.nl", "a@x..nl", "a@"]
)
def test_an_address_is_an_address(house: House, email: str) -> None:
    with house.work() as work, pytest.raises(Invalid):
        create_user(work, email, "researcher", password=PASSWORD)


@pytest.mark.parametrize("password", ["haarlem2026!!", "noorjansen12", "Haarlem-Noor-1", "wachtwoord1234"])
def test_names_of_the_user_and_the_municipality_are_no_password(password: str) -> None:
    with pytest.raises(Invalid):
        refuse_weak_password(password, "n@example.nl", "Noor Jansen", "Haarlem")


def test_a_name_among_enough_other_words_is_fine() -> None:
    refuse_weak_password("haarlem paarse fietsbel wolk", "n@example.nl", "Noor Jansen", "Haarlem")


def test_who_signs_in_once_more_is_signed_out_where_it_is_longest_ago(house: House) -> None:
    build_user(house, "noor@example.nl", "researcher")
    for minute in range(MOST_SESSIONS + 2):
        with house.work(now=house.clock.now() + timedelta(minutes=minute)) as work:
            assert sign_in(work, "noor@example.nl", PASSWORD)
            assert len(list_sessions(work, 1)) <= MOST_SESSIONS


def test_who_leaves_leaves_no_session_and_no_token(admin: Desk) -> None:
    local = Desk(admin.app, client_of(admin.app, "local@example.nl", "admin", STUDY))
    local.post("/admin/tokens", {"name": "zaak", "role": "integrator", "study": STUDY, "days": "30"})
    admin.post(f"/admin/users/{user_of(admin, 'local@example.nl').id}/close")
    assert local.get("/admin").status_code == 303
    with admin.work() as work:
        assert all(token.revoked_at for token in work.session.exec(select(ApiToken)).all())


def test_role_and_studies_can_be_changed_and_stand_in_the_trail(admin: Desk) -> None:
    client = client_of(admin.app, "noor@example.nl", "researcher", STUDY)
    number = user_of(admin, "noor@example.nl").id
    assert 'value="researcher"' in admin.get(f"/admin/users/{number}/rights").text
    wrong = admin.post(f"/admin/users/{number}/rights", {"role": "manager", "reach": "some"})
    assert wrong.status_code == 422
    sent = {"role": "manager", "reach": "some", "studies": [OTHER]}
    assert admin.post(f"/admin/users/{number}/rights", sent).status_code == 303
    assert client.get("/calls", follow_redirects=False).headers["location"] == "/"
    with admin.work() as work:
        assert work.session.get_one(User, number).role == "manager"
        assert len(work.session.exec(select(Membership).where(Membership.user_id == number)).all()) == 1
        line = work.session.exec(select(AuditEntry).where(AuditEntry.action == "user.rights")).one()
    assert line.object == f"user:{number} manager {OTHER}"


def test_nobody_changes_the_own_rights(admin: Desk) -> None:
    number = user_of(admin, "admin@example.nl").id
    sent = {"role": "researcher", "reach": "all"}
    assert admin.post(f"/admin/users/{number}/rights", sent).status_code == 422
    assert user_of(admin, "admin@example.nl").role == "admin"


def test_who_works_for_two_is_seen_and_closed_by_the_administrator_of_each(admin: Desk) -> None:
    client_of(admin.app, "noor@example.nl", "researcher", STUDY)
    number = user_of(admin, "noor@example.nl").id
    admin.post(
        f"/admin/users/{number}/rights", {"role": "researcher", "reach": "some", "studies": [STUDY, OTHER]}
    )
    local = Desk(admin.app, client_of(admin.app, "local@example.nl", "admin", OTHER))
    assert "noor@example.nl" in local.get("/admin/users").text
    for act in ("password", "second-step", "open", "sessions"):
        assert local.post(f"/admin/users/{number}/{act}").status_code == 404, act
    assert local.get(f"/admin/users/{number}/rights").status_code == 404
    assert local.post(f"/admin/users/{number}/close").status_code == 303
    assert not user_of(admin, "noor@example.nl").active


def test_a_refused_try_says_at_which_account(admin: Desk) -> None:
    number = user_of(admin, "admin@example.nl").id
    enter(admin, "admin@example.nl", "wrong words here")
    with admin.work() as work:
        found = work.session.exec(
            select(AuditEntry.object).where(AuditEntry.action == "session.refuse")
        ).all()
    assert found == [f"user:{number}"]


def test_a_throttled_try_and_a_foreign_form_stand_in_the_trail(admin: Desk) -> None:
    number = user_of(admin, "admin@example.nl").id
    for _ in range(11):
        enter(admin, "admin@example.nl", "wrong words here")
    admin.client.post("/admin/users/new", data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    with admin.work() as work:
        lines = work.session.exec(select(AuditEntry.action, AuditEntry.object, AuditEntry.result)).all()
    assert ("session.throttle", f"user:{number}", "refused") in lines
    assert ("form.refuse", "POST /admin/users/new", "refused") in lines


def test_a_line_of_the_trail_cannot_be_put_in_the_place_of_another(house: House) -> None:
    build_user(house, "noor@example.nl", "researcher")
    if not house.database.is_sqlite:
        return
    forged = (
        "INSERT OR REPLACE INTO audit_entry (id, at, actor, action, object, result, origin, request) "
        "SELECT id, at, 'nobody', action, object, result, origin, request FROM audit_entry LIMIT 1"
    )
    with pytest.raises(DatabaseError, match="append-only"), house.database.write() as session:
        session.connection().execute(text(forged))


def test_no_token_of_an_administrator_reads_a_person(admin: Desk) -> None:
    code = admin.enrol()
    with admin.work() as work:
        token = create_token(work, "admin", STUDY)
    answer = admin.client.get(f"/api/v1/participants/{code}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
