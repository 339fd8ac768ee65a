"""Who may call what, read from the declarations in the code: `python -m tests.access.table > docs/access.md`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute

from journey.app import create_app
from journey.auth.access import Access
from journey.rules.roles import ADMIN, INTEGRATOR, LEAD, MANAGER, PRIVACY, RESEARCHER
from journey.settings import Settings
from tests.architecture.test_access import flat

STAFF = (RESEARCHER, LEAD, MANAGER, ADMIN, PRIVACY)
TOKENS = (*STAFF, INTEGRATOR)
INTRODUCTION = """\
# Who may use which address

Made from the code by `make access`: every view declares who may use it, and a test fails when this page is not up to
date. Another test calls each of these addresses as each role, as somebody of another municipality's study, as a
participant with a link and as nobody, and looks at every answer and at the tables.

- **Who decides on benefits has no account**, no token and no role here. Managers see published figures of groups, never
  a person: no code, no name, no words of one person that two readers did not release.
- **Who delivers case data** has a token with the role `integrator`: it writes journeys without a person and reads lead
  times of all applications. What it hears back is the same whether or not a journey belongs to a participant.
- What lies in another study or municipality does not exist for anyone who was not let in: 404, the same as for what
  never existed.
- A participant has no account. Whoever holds a link sees one person's own page, below `/p/{token}`, and nothing else.
- `●` may; `–` is refused (403; without a valid session or token: to the sign-in page, or 401). Inside what a role may
  use, a view can refuse more: the last column says so.
"""


@dataclass(frozen=True, order=True)
class Entry:
    """One method of one address; `roles` is None for everyone."""

    path: str
    method: str
    token: bool
    roles: frozenset[str] | None

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


# Refusals inside a view, beyond its declaration.
INNER = {
    "GET /metrics": "only from this machine, or with `JOURNEY_METRICS_TOKEN`; else 404",
    "POST /webhooks/twilio/inbound": "only with the gateway's signature; else 403, and 429 after twenty",
    "POST /webhooks/twilio/status/{message_id}": "only with the gateway's signature; else 403, and 429 after twenty",
    "POST /admin/routes": "who reaches every study",
    "GET /admin/studies/new": "who reaches every study",
    "POST /admin/studies/new": "who reaches every study",
    "POST /api/v1/studies": "who reaches every study",
}


def entries(app: FastAPI) -> list[Entry]:
    """Every view, sorted by address and method."""
    return sorted(_entries(app), key=lambda entry: (entry.path, entry.method))


def _entries(app: FastAPI) -> Iterator[Entry]:
    for route in flat(app.routes):
        if not isinstance(route, APIRoute):
            continue
        access = next(one.call for one in route.dependant.dependencies if isinstance(one.call, Access))
        for method in sorted(route.methods):
            yield Entry(route.path, method, access.token, access.roles)


def table(app: FastAPI) -> str:
    found = entries(app)
    everyone = [one for one in found if one.roles is None]
    pages = [one for one in found if one.roles is not None and not one.token]
    calls = [one for one in found if one.token]
    return "\n".join(
        [
            INTRODUCTION,
            "## Everyone, signed in or not\n",
            "| address | method | note |",
            "| --- | --- | --- |",
            *(f"| `{one.path}` | {one.method} | {INNER.get(one.key, '')} |" for one in everyone),
            "",
            "## Pages, with a session\n",
            *_columns(pages, STAFF),
            "",
            "## JSON, with a token\n",
            *_columns(calls, TOKENS),
            "",
        ]
    )


def _columns(found: list[Entry], roles: tuple[str, ...]) -> Iterator[str]:
    yield f"| address | method | {' | '.join(roles)} | note |"
    yield f"| --- | --- |{' --- |' * (len(roles) + 1)}"
    for one in found:
        marks = " | ".join("●" if role in (one.roles or ()) else "–" for role in roles)
        yield f"| `{one.path}` | {one.method} | {marks} | {INNER.get(one.key, '')} |"


if __name__ == "__main__":
    print(table(create_app(Settings(database_url="sqlite://"))), end="")
