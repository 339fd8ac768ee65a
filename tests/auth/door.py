"""Somebody with a phone that makes codes, at an installation where the second step is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select

from journey.clock import Clock
from journey.models import AuditEntry, User
from journey.work import House
from tests.support.build import PASSWORD, build_user, csrf_of
from tests.support.pages import PageClient

EMAIL = "ria@example.org"


@dataclass
class Door:
    """`phone` makes the codes once it has scanned; `shift` moves the clock of the phone and the codes it makes."""

    app: FastAPI
    client: PageClient
    email: str = EMAIL
    secret: str = ""

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    def code(self, seconds: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(Clock.true_now() + timedelta(seconds=seconds))

    def get(self, address: str) -> Response:
        return self.client.get(address, follow_redirects=False)

    def post(self, address: str, **data: Any) -> Response:
        form = {"csrf_token": csrf_of(self.client), **data}
        return self.client.post(address, data=form, follow_redirects=False)

    def password(self, password: str = PASSWORD, email: str = "", **options: Any) -> Response:
        """From the sign-in page of a browser that is not signed in."""
        form = {"email": email or self.email, "password": password}
        return self.client.post("/sign-in", data=form, follow_redirects=False, **options)

    def scan(self) -> str:
        found = re.search(r'id="secret"[^>]*><code>([A-Z2-7 ]+)<', self.get("/second-step/set-up").text)
        assert found
        self.secret = found[1].replace(" ", "")
        return self.secret

    def switch_on(self) -> list[str]:
        """Set up from the own account; the recovery codes."""
        self.scan()
        return codes_in(self.post("/second-step/set-up", code=self.code(-30)).text)

    def sign_out(self) -> None:
        self.post("/sign-out")

    def elsewhere(self) -> Door:
        """The same person at another browser."""
        client = PageClient(self.app, base_url=self.house.settings.base_url)
        return Door(self.app, client, self.email, self.secret)

    def user(self) -> User:
        with self.house.work(write=False) as work:
            return work.session.exec(select(User).where(User.email == self.email)).one()

    def acts(self) -> list[str]:
        with self.house.work(write=False) as work:
            return list(work.session.exec(select(AuditEntry.action)).all())


def codes_in(html: str) -> list[str]:
    return re.findall(r"<code>(\d{4}-\d{4}-\d{4})</code>", html)


def build_door(app: FastAPI, role: str = "researcher", email: str = EMAIL) -> Door:
    """Signed in with a password, without a second step yet."""
    build_user(app.state.house, email, role)
    door = Door(app, PageClient(app, base_url=app.state.house.settings.base_url), email)
    assert door.password().status_code == 303
    return door


def stand_still(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """The real clock, and with it the phone's, at this moment."""
    monkeypatch.setattr(Clock, "true_now", staticmethod(lambda: moment))
