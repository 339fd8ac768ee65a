"""Builders with sensible defaults: a study with routes, people in it, staff who sign in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fastapi import FastAPI
from sqlmodel import select

from journey.auth.service import create_token, create_user
from journey.auth.sessions import open_session
from journey.models import Participant, Study, User
from journey.participant.service import NewConsent, NewParticipant, enrol
from journey.resources import folder
from journey.route.service import load_routes
from journey.study.service import NewStudy, create_study
from journey.web.cookies import SESSION, cookie_name
from journey.work import House, Work
from tests.support.pages import PageClient

PASSWORD = "correct horse battery"
CONSENT = NewConsent(participate=True, text_version="2026-1", given_via="oral", quotes=True, file_dates=True)


def build_study(work: Work, code: str = "haarlem-test", **changes: Any) -> Study:
    """A running study with both routes, begun a hundred days ago."""
    load_routes(work, folder("seeds") / "routes")
    new = {
        "code": code,
        "name": f"Onderzoek {code}",
        "municipality": "Haarlem",
        "routes": ("27plus", "jongeren"),
        "starts_on": work.today - timedelta(days=100),
        "research_phone": "+31232000000",
    }
    return create_study(work, NewStudy(**{**new, **changes}))


def build_participant(work: Work, study: Study, **changes: Any) -> Participant:
    """Somebody on the route 27plus who is phoned."""
    new = {
        "route": "27plus",
        "channel": "call",
        "consent": CONSENT,
        "phone": "0612345678",
        "call_name": "Ada",
    }
    return enrol(work, study, NewParticipant(**{**new, **changes}))


def build_user(house: House, email: str, role: str, study: str | None = None) -> None:
    with house.work() as work:
        create_user(work, email, role, password=PASSWORD, study=study, name=email.split("@")[0].title())


def sign_in(app: FastAPI, email: str, role: str, study: str | None = None) -> PageClient:
    """A client of a new user of that role, signed in; `csrf_of` gives the field its forms need. Nobody walks the
    sign-in page: tests/auth does."""
    house: House = app.state.house
    build_user(house, email, role, study)
    return signed_in(app, open_session_of(house, email))


def open_session_of(house: House, email: str) -> str:
    """The token of a session as signing in with a password opens it."""
    with house.work() as work:
        user = work.session.exec(select(User).where(User.email == email)).one()
        return open_session(work, user, verified=True, device="")


def signed_in(app: FastAPI, token: str) -> PageClient:
    """A client with the cookie of an open session."""
    house: House = app.state.house
    client = PageClient(app, base_url=house.settings.base_url)
    client.cookies.set(cookie_name(house.settings, SESSION), token, domain=client.base_url.host, path="/")
    return client


def csrf_of(client: PageClient) -> str:
    """The field that binds this client's forms to its session."""
    from journey.web.csrf import token_for

    house: House = client.app.state.house  # type: ignore[attr-defined]
    return token_for(
        client.cookies[cookie_name(house.settings, SESSION)], house.settings.secret_key.get_secret_value()
    )


def token_headers(house: House, role: str, study: str | None = None) -> dict[str, str]:
    with house.work() as work:
        return {"Authorization": f"Bearer {create_token(work, role, study)}"}


def get_study_by(work: Work, code: str) -> Study:
    return work.session.exec(select(Study).where(Study.code == code)).one()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
