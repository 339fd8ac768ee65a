"""Scanners of messages open every address they find, and some ask only for the head: nothing may change by it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from journey.models import metadata
from journey.work import House
from tests.portal.arrange import Visitor, rating, visitor
from tests.support.pages import PageClient

PUBLIC = ("/code", "/check", "/check/desk", "/privacy", "/accessibility", "/p/unknown", "/p/unknown/ratings")


@pytest.fixture
def one(house: House) -> Visitor:
    return visitor(house)


def content(house: House) -> dict[str, list[Any]]:
    """Every row of every table."""
    with house.work(write=False) as work:
        return {
            table.name: sorted(map(repr, work.session.exec(select(table)).all()))
            for table in metadata.sorted_tables
        }


def addresses(app: FastAPI, one: Visitor) -> list[str]:
    """Every address of the portal that answers a GET, from what the product itself says it has."""
    from journey.portal import changed_views, say_views, upload_views, views

    paths = {
        re.sub(r"\{upload(_id)?(:\w+)?\}", "1", route.path)  # type: ignore[attr-defined]
        for room in (changed_views, say_views, upload_views, views)
        for route in room.router.routes
        if "GET" in route.methods  # type: ignore[attr-defined]
    }
    own = [path.replace("/p/{token}", one.path) for path in sorted(paths)]
    assert not any("{" in path for path in own), own
    return [*own, f"{one.path}/ratings?step=cv&subject=step", f"{one.path}?lang=en", *PUBLIC]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_leaves_every_row_as_it_was(
    house: House, app: FastAPI, client: PageClient, one: Visitor, method: str
) -> None:
    client.post(f"{one.path}/ratings", data=rating(quote="Druk."))
    before = content(house)
    for address in addresses(app, one):
        answer = client.request(method, address, follow_redirects=False)
        assert answer.status_code < 500, address
    assert content(house) == before


def test_no_page_of_a_person_is_kept_by_a_browser(app: FastAPI, client: PageClient, one: Visitor) -> None:
    for address in addresses(app, one):
        answer = client.get(address, follow_redirects=False)
        assert answer.headers["cache-control"] == "no-store", address
