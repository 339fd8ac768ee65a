"""A POST repeated with the same key gives the first answer again, and does nothing twice.

The key's row is written first, in the same transaction as the act: a second request with the key waits for the first
to commit and then finds its answer. Answers are kept encrypted for a day; what names somebody who stopped goes at once.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Collection
from typing import Any

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import func, select

from journey.models import Replay
from journey.models.base import metadata
from journey.rules import signs
from journey.rules.errors import Conflict
from journey.work import NOBODY, Work

FORGOTTEN = 410
LONGEST_KEY = 200
MOST_OF_A_VISITOR = 200
KEPT_HEADERS = ("content-type", "location", "hx-redirect", "hx-trigger")

_table = metadata.tables["replay"]
_WRITE_FIRST: dict[str, Any] = {
    name: insert(_table).on_conflict_do_nothing().returning(_table.c.id)
    for name, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}
_KEEP = (
    update(_table)
    .where(_table.c.id == bindparam("row"))
    .values({name: bindparam(f"kept_{name}") for name in ("status", "headers", "body")})
)
_FORGET = delete(_table).where(_table.c.id == bindparam("row"))


def new_key() -> str:
    """For the hidden field of a form: whatever happens to the network, it counts once."""
    return secrets.token_urlsafe(16)


def replayed(work: Work, key: str, path: str, body: bytes) -> Response | int:
    """The first answer for this key, or the number of the fresh row in which to remember it.

    Conflict when the key was used for another address or body, or when its answer is gone with whom it was about.
    """
    fingerprint = hashlib.sha256(path.encode() + b"\0" + body).hexdigest()
    scope = _scope(work, path)
    fresh = _write_first(work, scope, key, fingerprint)
    if fresh is not None:
        return fresh
    row = _find(work, scope, key)
    if row is None:
        raise Conflict("Dit verzoek is al gedaan. Het antwoord bestaat niet meer.")
    if row.fingerprint != fingerprint:
        raise Conflict("Deze sleutel is al gebruikt voor een ander verzoek.")
    if row.status == FORGOTTEN:
        raise Conflict("Dit verzoek is al gedaan. Het antwoord bestaat niet meer.")
    content = work.vault.open(row.body, f"replay:{row.id}:body")
    return Response(content, status_code=row.status, headers=json.loads(row.headers))


def has_room(work: Work, key: str, path: str) -> bool:
    """Whether who has no account may still use this key here: no stranger fills the table."""
    scope = _scope(work, path)
    kept = select(func.count()).select_from(Replay).where(Replay.scope == scope)
    return work.session.exec(kept).one() < MOST_OF_A_VISITOR or _find(work, scope, key) is not None


def remember(work: Work, row_id: int, answer: Any, status: int) -> Response:
    """Keep the answer under its key; answers that refuse (4xx, 5xx) are not kept, so a mended retry goes on."""
    response = answer if isinstance(answer, Response) else JSONResponse(jsonable_encoder(answer), status)
    if response.status_code >= 400:
        work.session.execute(_FORGET, {"row": row_id})
        return response
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    kept = {
        "kept_status": response.status_code,
        "kept_headers": json.dumps(headers),
        "kept_body": work.vault.seal(bytes(response.body).decode(), f"replay:{row_id}:body"),
    }
    work.session.execute(_KEEP, {"row": row_id, **kept})
    return response


def forget_answers(work: Work, words: Collection[str]) -> None:
    """Empty every kept answer in which one of these words stands. The key stays used: a late retry does nothing."""
    named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    rows = work.session.exec(select(Replay.id, Replay.headers, Replay.body).where(Replay.body != ""))
    for row_id, headers, body in rows.all():
        if named.search(headers + "\n" + work.vault.open(body, f"replay:{row_id}:body")):
            row = work.session.get_one(Replay, row_id)
            row.status, row.headers, row.body = FORGOTTEN, "", ""
            work.session.add(row)


def _write_first(work: Work, scope: str, key: str, fingerprint: str) -> int | None:
    """The number of the row of a key that nobody used, or None; waits for who uses it at this moment."""
    values = {
        "scope": scope,
        "key": _whole(key),
        "fingerprint": fingerprint,
        "status": 0,
        "headers": "",
        "body": "",
        "created_at": work.now,
    }
    dialect = work.session.get_bind().dialect.name
    return work.session.execute(_WRITE_FIRST[dialect], values).scalar()


def _whole(key: str) -> str:
    """The key as it is compared: never cut, so that two long keys with one beginning stay two."""
    read = signs.line(key)
    return read if len(read) <= LONGEST_KEY else f"sha256:{hashlib.sha256(read.encode()).hexdigest()}"


def _scope(work: Work, path: str) -> str:
    """Whose keys these are. Visitors without an account share a name, so theirs hold per address: nobody learns from a
    clash which keys were used behind a link of somebody else."""
    if work.actor.kind != NOBODY.kind:
        return work.actor.label
    return f"{work.actor.label}:{hashlib.sha256(path.encode()).hexdigest()[:32]}"


def _find(work: Work, scope: str, key: str) -> Replay | None:
    return work.session.exec(select(Replay).where(Replay.scope == scope, Replay.key == _whole(key))).first()
