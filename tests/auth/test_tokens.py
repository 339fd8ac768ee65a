"""Tokens of other systems: named, with an end, within the administrator's reach, and dead at once when revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from journey.auth.service import create_token
from journey.cli.main import app as cli
from journey.models import ApiToken
from journey.rules.errors import Invalid
from journey.settings import Settings
from tests.support.build import sign_in
from tests.support.desk import OTHER, STUDY, Desk

NEW = {"name": "Zaaksysteem", "role": "integrator", "study": STUDY, "days": "90"}


def make(desk: Desk, **changes: Any) -> Any:
    return desk.post("/admin/tokens", {**NEW, **changes})


def token_in(html: str) -> str:
    found = re.search(r'id="token"[^>]*><code>([^<]+)<', html)
    assert found, html
    return found[1]


def row(desk: Desk) -> ApiToken:
    with desk.house.work(write=False) as work:
        return work.session.exec(select(ApiToken)).one()


def change(desk: Desk, **values: Any) -> None:
    with desk.work() as work:
        for one in work.session.exec(select(ApiToken)).all():
            one.sqlmodel_update(values)
            work.session.add(one)


def asks(desk: Desk, token: str, study: str = STUDY) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return desk.client.get(f"/api/v1/studies/{study}/lead-times", headers=headers)


def test_a_token_is_made_shown_once_and_works_for_its_study(admin: Desk) -> None:
    token = token_in(make(admin).text)
    page = admin.get("/admin/tokens").text
    assert "Zaaksysteem" in page
    assert token not in page
    assert asks(admin, token).status_code == 200
    assert asks(admin, token, OTHER).status_code == 404
    assert token not in row(admin).token_hash


def test_the_last_use_is_noted_by_the_day(admin: Desk) -> None:
    token = token_in(make(admin).text)
    assert "nog niet gebruikt" in admin.get("/admin/tokens").text
    asks(admin, token)
    assert "laatst gebruikt op 16-03-2026" in admin.get("/admin/tokens").text


def test_an_expired_token_says_so(admin: Desk) -> None:
    token = token_in(make(admin).text)
    change(admin, expires_at=admin.house.clock.now() - timedelta(seconds=1))
    answer = asks(admin, token)
    assert answer.status_code == 401
    assert "Dit token is verlopen op" in answer.json()["detail"]
    assert "verlopen" in admin.get("/admin/tokens").text


def test_a_revoked_token_is_dead_at_once(admin: Desk) -> None:
    token = token_in(make(admin).text)
    admin.post("/admin/tokens/revoke", {"token": str(row(admin).id)})
    assert asks(admin, token).status_code == 401
    assert "ingetrokken" in admin.get("/admin/tokens").text


def test_a_token_from_before_without_an_end_goes_on_and_is_shown_as_such(admin: Desk) -> None:
    token = token_in(make(admin).text)
    change(admin, expires_at=None)
    assert asks(admin, token).status_code == 200
    assert "verloopt niet" in admin.get("/admin/tokens").text


@pytest.mark.parametrize(
    "wrong", [{"days": "731"}, {"days": "0"}, {"name": ""}, {"role": "boss"}, {"study": "nergens"}]
)
def test_a_form_that_is_wrong_makes_no_token(admin: Desk, wrong: dict[str, str]) -> None:
    assert make(admin, **wrong).status_code == 422
    with admin.house.work(write=False) as work:
        assert work.session.exec(select(ApiToken)).all() == []


def test_an_administrator_of_one_study_governs_its_tokens_only(admin: Desk) -> None:
    make(admin, study=OTHER, name="Elders")
    local = Desk(admin.app, sign_in(admin.app, "local@example.nl", "admin", STUDY))
    assert "Elders" not in local.get("/admin/tokens").text
    assert local.post("/admin/tokens/revoke", {"token": str(row(admin).id)}).status_code == 404
    for study in (OTHER, "*"):
        assert make(local, study=study).status_code == 422
    assert make(local).status_code == 200


def test_the_end_is_a_year_ahead_unless_said_and_two_at_most(admin: Desk) -> None:
    with admin.work() as work:
        create_token(work, "manager", STUDY)
        with pytest.raises(Invalid):
            create_token(work, "manager", STUDY, days=731)
    one = row(admin)
    assert one.expires_at and one.expires_at - one.created_at == timedelta(days=365)


def test_the_command_line_names_and_dates_a_token(
    admin: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_DATABASE_URL", settings.database_url)
    said = CliRunner().invoke(
        cli,
        ["create-token", "--role", "manager", "--study", STUDY, "--name", "Dashboard", "--days", "30"],
    )
    assert said.stdout.splitlines()[-1].startswith("journey_")
    one = row(admin)
    assert (one.name, one.expires_at and (one.expires_at - one.created_at).days) == ("Dashboard", 30)
