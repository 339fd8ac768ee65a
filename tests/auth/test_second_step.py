"""The second step: what a password alone opens, which codes work and how often, and who may take it away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from sqlmodel import select
from typer.testing import CliRunner

from journey.app import create_app
from journey.auth.access import Access
from journey.auth.second_step import address_of
from journey.cli.main import app as cli
from journey.models import AuditEntry, RecoveryCode, UserSession
from journey.settings import Settings
from tests.architecture.test_access import flat
from tests.auth.door import Door, build_door, codes_in, stand_still
from tests.support.build import PASSWORD, build_user

NOW = datetime(2026, 3, 16, 9, 0, 10, tzinfo=UTC)


@pytest.fixture
def door(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Switched it on at nine, then signed out."""
    stand_still(monkeypatch, NOW)
    door = build_door(app)
    door.switch_on()
    door.sign_out()
    return door


def is_in(door: Door) -> bool:
    return door.get("/calls").status_code == 200


def test_the_password_leads_to_the_second_step(door: Door) -> None:
    assert door.password().headers["location"] == "/second-step"
    assert not is_in(door)


def test_the_code_of_the_phone_opens_the_door(door: Door) -> None:
    door.password()
    assert door.post("/second-step", code=door.code()).headers["location"] == "/"
    assert is_in(door)


def test_a_code_works_once(door: Door) -> None:
    door.password()
    door.post("/second-step", code=door.code())
    other = door.elsewhere()
    other.password()
    assert other.post("/second-step", code=door.code()).status_code == 422
    assert not is_in(other)


def test_an_earlier_code_does_not_work_after_a_later_one(door: Door) -> None:
    door.password()
    door.post("/second-step", code=door.code(30))
    other = door.elsewhere()
    other.password()
    assert other.post("/second-step", code=door.code()).status_code == 422


@pytest.mark.parametrize(("seconds", "works"), [(-30, True), (30, True), (-60, False), (60, False)])
def test_a_phone_may_be_half_a_minute_off(
    door: Door, monkeypatch: pytest.MonkeyPatch, seconds: int, works: bool
) -> None:
    stand_still(monkeypatch, NOW + timedelta(hours=1))
    door.password()
    assert (door.post("/second-step", code=door.code(seconds)).status_code == 303) is works


def test_codes_follow_the_real_clock_where_the_date_is_frozen(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"today": NOW.date()}))
    door = build_door(app)
    assert len(door.switch_on()) == 10
    app.state.house.database.close()


def test_the_cookie_of_the_password_is_worth_nothing_after_the_code(door: Door) -> None:
    door.password()
    half = door.client.cookies["journey_session"]
    door.post("/second-step", code=door.code())
    assert door.client.cookies["journey_session"] != half
    door.client.cookies.set("journey_session", half, domain="127.0.0.1")
    stranger = door.elsewhere()
    stranger.client.cookies.set("journey_session", half)
    assert stranger.get("/calls").status_code == 303
    assert stranger.get("/second-step").headers["location"] == "/"


def test_a_half_session_is_nobody_at_every_other_address(door: Door) -> None:
    door.password()
    wrong = []
    for route in flat(door.app.routes):
        if not isinstance(route, APIRoute):
            continue
        access = next(one.call for one in route.dependant.dependencies if isinstance(one.call, Access))
        if access.roles is None or access.token:
            continue
        address = route.path.replace("{", "").replace("}", "")
        for method in route.methods or ():
            answer = door.client.request(method, address, follow_redirects=False)
            if (answer.status_code, answer.headers.get("location")) != (303, "/"):
                wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert wrong == []


def test_a_half_session_cannot_set_up_another_phone(door: Door) -> None:
    door.password()
    assert door.get("/second-step/set-up").headers["location"] == "/second-step"
    assert door.post("/second-step/set-up", code="123456").headers["location"] == "/second-step"


def test_a_half_session_lasts_ten_minutes(door: Door) -> None:
    door.password()
    with door.house.work() as work:
        row = work.session.exec(select(UserSession).where(UserSession.revoked_at == None)).one()  # noqa: E711
        assert row.expires_at - row.created_at == timedelta(minutes=10)
        row.expires_at = work.now
    assert door.get("/second-step").headers["location"] == "/"


def test_five_wrong_codes_end_the_half_session_not_the_account(door: Door) -> None:
    door.password()
    tries = [door.post("/second-step", code="000000") for _ in range(5)]
    assert [answer.status_code for answer in tries] == [422] * 4 + [303]
    assert door.get("/second-step").headers["location"] == "/"
    door.password()
    assert door.post("/second-step", code=door.code()).status_code == 303
    assert is_in(door)


@pytest.mark.usefixtures("still_clock")
def test_wrong_codes_over_many_sessions_are_limited_elsewhere_and_not_at_the_own_device(door: Door) -> None:
    guesser = door.elsewhere()
    answers = []
    for _ in range(7):
        guesser.password()
        answers += [guesser.post("/second-step", code="000000").status_code for _ in range(5)]
    assert answers[-1] == 429
    door.password()
    assert door.post("/second-step", code=door.code()).status_code == 303


def test_a_recovery_code_works_once(app: FastAPI) -> None:
    door = build_door(app)
    code = door.switch_on()[3]
    for expected in (303, 422):
        other = door.elsewhere()
        other.password()
        assert other.post("/second-step", code=code).status_code == expected


def test_nothing_readable_is_kept_of_secret_and_recovery_codes(app: FastAPI) -> None:
    door = build_door(app)
    codes = door.switch_on()
    with door.house.work(write=False) as work:
        kept = [row.code_fingerprint for row in work.session.exec(select(RecoveryCode)).all()]
    sealed = door.user().second_step or ""
    assert len(codes) == len(set(codes)) == len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert door.secret not in sealed
    assert door.house.vault.open(sealed, f"staff:{door.user().id}:second_step") == door.secret


def test_new_recovery_codes_ask_a_code_and_end_the_old_ones(app: FastAPI) -> None:
    door = build_door(app)
    old = door.switch_on()[0]
    assert door.post("/account/second-step", act="codes", code="000000").status_code == 422
    new = codes_in(door.post("/account/second-step", act="codes", code=door.code(30)).text)
    assert len(new) == 10
    other = door.elsewhere()
    other.password()
    assert other.post("/second-step", code=old).status_code == 422
    assert other.post("/second-step", code=new[0]).status_code == 303


def test_a_wrong_first_code_switches_nothing_on(app: FastAPI) -> None:
    door = build_door(app)
    door.scan()
    assert door.post("/second-step/set-up", code="000000").status_code == 422
    assert door.user().second_step_since is None


def test_another_session_sees_another_secret(app: FastAPI) -> None:
    """Who knows the password before it is set up learns nothing of the secret that the owner proves."""
    door = build_door(app)
    other = door.elsewhere()
    other.password()
    assert door.scan() != other.scan()


def test_two_tabs_show_the_same_secret(app: FastAPI) -> None:
    door = build_door(app)
    assert door.scan() == door.scan()


def test_setting_it_up_ends_sessions_that_were_opened_without(app: FastAPI) -> None:
    door = build_door(app)
    other = door.elsewhere()
    other.password()
    assert is_in(other)
    door.switch_on()
    assert not is_in(other)
    assert is_in(door)


def test_switching_off_asks_a_code_too(app: FastAPI) -> None:
    door = build_door(app)
    recovery = door.switch_on()
    door.post("/account/second-step", act="off", code="000000")
    assert door.user().second_step_since is not None
    door.post("/account/second-step", act="off", code=recovery[0])
    assert door.user().second_step_since is None


@pytest.fixture
def strict(settings: Settings) -> FastAPI:
    """An installation in production."""
    changes = {"env": "production", "base_url": "https://reis.example.nl", "secret_key": SecretStr("x" * 40)}
    return create_app(settings.model_copy(update=changes))


def test_in_production_nobody_gets_further_without_a_second_step(strict: FastAPI) -> None:
    door = build_door(strict)
    assert door.get("/second-step").headers["location"] == "/second-step/set-up"
    assert door.get("/calls").headers["location"] == "/"
    assert len(door.switch_on()) == 10
    assert is_in(door)
    strict.state.house.database.close()


def test_another_phone_in_production_goes_through_the_set_up(strict: FastAPI) -> None:
    door = build_door(strict)
    recovery = door.switch_on()
    answer = door.post("/account/second-step", act="off", code=recovery[0])
    assert answer.headers["location"] == "/second-step/set-up"
    assert not is_in(door)
    strict.state.house.database.close()


def test_an_administrator_resets_who_lost_the_phone(door: Door, app: FastAPI) -> None:
    build_user(app.state.house, "baas@example.nl", "admin")
    door.password()
    door.post("/second-step", code=door.code())
    boss = door.elsewhere()
    boss.password(email="baas@example.nl")
    answer = boss.post(f"/admin/users/{door.user().id}/second-step")
    assert answer.status_code == 303
    assert not is_in(door)
    assert door.password().headers["location"] == "/"


def test_nobody_resets_the_own_second_step_or_password_without_proof(app: FastAPI) -> None:
    door = build_door(app, "admin")
    door.switch_on()
    for act in ("second-step", "password"):
        assert door.post(f"/admin/users/{door.user().id}/{act}").status_code == 409


def test_the_operator_resets_from_the_command_line(
    door: Door, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", settings.database_url)
    assert CliRunner().invoke(cli, ["reset-second-step", "Ria@example.org"]).exit_code == 0
    assert CliRunner().invoke(cli, ["reset-second-step", "nobody@example.org"]).exit_code == 2
    assert door.user().second_step is None
    assert "second-step.reset" in door.acts()


def test_the_audit_trail_tells_the_steps_without_a_secret(door: Door) -> None:
    door.password()
    door.post("/second-step", code="000000")
    door.post("/second-step", code=door.code())
    assert {"second-step.on", "session.password", "session.wrong", "session.open"} <= set(door.acts())
    with door.house.database.read() as session:
        told = " ".join(f"{row.object} {row.result}" for row in session.exec(select(AuditEntry)).all())
    for secret in (door.secret, door.code(), PASSWORD, door.email):
        assert secret not in told


def test_the_picture_says_what_the_app_needs(app: FastAPI) -> None:
    door = build_door(app)
    secret = door.scan()
    said = pyotp.parse_uri(address_of(secret, door.email))
    assert (said.secret, said.name, said.issuer) == (secret, door.email, "Journey")
    assert 'src="data:image/svg+xml' in door.get("/second-step/set-up").text
