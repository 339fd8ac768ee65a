"""One's own account: sessions that end when they should, the password, and the cookies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select, update

from journey.app import create_app
from journey.auth.passwords import refuse_weak_password
from journey.auth.sessions import IDLE_LENGTH, SEEN_EVERY, device_words
from journey.models import UserSession
from journey.rules.errors import Invalid
from journey.settings import Settings
from tests.auth.door import Door, build_door
from tests.support.build import PASSWORD, sign_in

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 7) Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def door(app: FastAPI) -> Door:
    return build_door(app)


def sessions(door: Door) -> list[UserSession]:
    with door.house.work(write=False) as work:
        return list(work.session.exec(select(UserSession).order_by(UserSession.id)).all())  # type: ignore[arg-type]


def change(door: Door, **values: Any) -> None:
    with door.house.work() as work:
        work.session.exec(update(UserSession).values(**values))


def is_in(door: Door) -> bool:
    return door.get("/account").status_code == 200


@pytest.mark.parametrize("role", ["researcher", "lead", "manager", "admin", "privacy"])
def test_every_role_has_an_account(app: FastAPI, role: str) -> None:
    client = sign_in(app, f"{role}@example.nl", role)
    page = client.get("/account")
    assert page.status_code == 200
    assert 'href="/account"' in page.text


def test_a_device_is_told_in_words_and_no_more(door: Door) -> None:
    other = door.elsewhere()
    other.password(headers={"User-Agent": PHONE})
    assert "Chrome op Android" in door.get("/account").text
    assert sessions(door)[-1].device == "Chrome op Android"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 Version/17.0 Safari/604.1",
            "Safari op iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge op Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox op Linux"),
        ("curl/8.0", ""),
    ],
)
def test_words_for_devices(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_a_session_elsewhere_is_ended_at_once(door: Door) -> None:
    other = door.elsewhere()
    other.password()
    assert is_in(other)
    door.post("/account/sessions", which=str(sessions(door)[-1].id))
    assert not is_in(other)
    assert is_in(door)


def test_all_others_are_ended_in_one_go(door: Door) -> None:
    others = [door.elsewhere(), door.elsewhere()]
    for other in others:
        other.password()
    door.post("/account/sessions", which="others")
    assert [is_in(one) for one in (door, *others)] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else(door: Door, app: FastAPI) -> None:
    other = build_door(app, "manager", "max@example.org")
    door.post("/account/sessions", which=str(sessions(door)[-1].id))
    assert is_in(other)


def test_an_administrator_sees_and_ends_sessions(door: Door, app: FastAPI) -> None:
    boss = build_door(app, "admin", "baas@example.org")
    assert "op 1 apparaat ingelogd" in boss.get("/admin/users").text
    boss.post(f"/admin/users/{door.user().id}/sessions")
    assert not is_in(door)


def test_a_session_ends_after_twelve_hours(door: Door) -> None:
    row = sessions(door)[0]
    assert row.expires_at - row.created_at == timedelta(hours=12)
    change(door, expires_at=door.house.clock.now())
    assert not is_in(door)


@pytest.mark.parametrize(("over", "stays"), [(timedelta(minutes=-2), True), (timedelta(seconds=1), False)])
def test_a_session_ends_after_two_hours_without_use(door: Door, over: timedelta, stays: bool) -> None:
    change(door, seen_at=door.house.clock.now() - IDLE_LENGTH - over)
    assert is_in(door) is stays


def test_use_is_noted_once_in_five_minutes(door: Door) -> None:
    before = door.house.clock.now() - SEEN_EVERY - timedelta(seconds=1)
    change(door, seen_at=before)
    door.get("/account")
    noted = sessions(door)[0].seen_at
    assert noted and noted > before
    door.get("/account")
    assert sessions(door)[0].seen_at == noted


def test_signing_in_again_replaces_the_session(door: Door) -> None:
    old = door.client.cookies["journey_session"]
    door.post("/sign-in", email=door.email, password=PASSWORD)
    assert [row.revoked_at is None for row in sessions(door)] == [False, True]
    stranger = door.elsewhere()
    stranger.client.cookies.set("journey_session", old)
    assert not is_in(stranger)


def test_the_password_is_changed_with_the_old_one(door: Door) -> None:
    other = door.elsewhere()
    other.password()
    answer = door.post("/account/password", old=PASSWORD, password="paars fietsbel wolk")
    assert answer.status_code == 303
    assert is_in(door)
    assert not is_in(other)
    assert [other.password(word).status_code for word in (PASSWORD, "paars fietsbel wolk")] == [422, 303]


def test_a_wrong_old_password_changes_nothing_and_ends_the_session_at_the_fifth_time(door: Door) -> None:
    tries = [door.post("/account/password", old="wrong", password="paars fietsbel wolk") for _ in range(5)]
    assert [answer.status_code for answer in tries] == [422] * 4 + [303]
    assert not is_in(door)
    assert door.password().status_code == 303


@pytest.mark.parametrize(
    "password",
    [
        "kort", "x" * 201, "ria@example.org", "RIA@example.org", "aaaaaaaaaaaa", "1234567890", "Welkom2026!",
        "wachtwoord123", "Qwertyuiop", "welkomwelkom", "9876543210",
    ],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        refuse_weak_password(password, "ria@example.org")


@pytest.mark.parametrize(
    "password", [PASSWORD, "paars fietsbel wolk", "h7-Kq2vX9!mz", "Haarlem aan het Spaarne"]
)
def test_good_passwords_are_taken(password: str) -> None:
    refuse_weak_password(password, "ria@example.org")


def test_a_weak_new_password_says_why_on_the_page(door: Door) -> None:
    answer = door.post("/account/password", old=PASSWORD, password="welkom2026!")
    assert answer.status_code == 422
    assert "Dit wachtwoord wordt vaak gebruikt" in answer.text


def test_over_https_the_cookies_are_bound_to_this_host(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"base_url": "https://reis.example.nl"}))
    door = build_door(app)
    door.client.cookies.clear()
    given = door.password().headers.get_list("set-cookie")
    assert {line.partition("=")[0] for line in given} == {"__Host-journey_session", "__Host-journey_device"}
    for line in given:
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= {
            part.strip().lower() for part in line.split(";")
        }
        assert "domain=" not in line.lower()
    gone = door.post("/sign-out").headers.get_list("set-cookie")
    assert any(line.startswith('__Host-journey_session=""') and "Secure" in line for line in gone)
    app.state.house.database.close()
