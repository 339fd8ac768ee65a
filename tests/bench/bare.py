"""What the same machine does as barely as possible, each in a process of its own (`uvicorn --factory`).

The two that write keep what they acknowledged over a power cut, as Journey does: WAL with `synchronous=FULL`.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Form
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine

PAGE = Environment(autoescape=True).from_string(
    '<!doctype html><html lang="nl"><title>Stap</title><h1>Hoe vond u deze stap?</h1>'
    "<ol>{% for step in steps %}<li>{{ step }}</li>{% endfor %}</ol>"
    '<form method="post">{% for value in values %}<button name="value" value="{{ value }}">{{ value }}</button>'
    "{% endfor %}</form></html>"
)
STEPS = ("Melden op het Werkplein", "Bijeenkomst", "Gesprek", "Workshop", "Aanvraag", "Besluit")
VALUES = ("negative", "neutral", "positive")
DURABLE = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000")


class Answer(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    token: str
    step: str
    value: str


def _bare() -> FastAPI:
    app = FastAPI()

    @app.get("/{token}", response_class=HTMLResponse)
    def page(token: str) -> str:
        return PAGE.render(steps=STEPS, values=VALUES)

    return app


def hello() -> FastAPI:
    """One fixed answer."""
    app = FastAPI()

    @app.get("/")
    async def answer() -> dict[str, str]:
        return {"hello": "world"}

    return app


def sqlmodel() -> FastAPI:
    """One page, one inserted row, as the manuals of FastAPI and SQLModel write it."""
    app = _bare()
    engine = create_engine(
        f"sqlite:///{os.environ['BARE_DATABASE']}", connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in DURABLE:
            connection.execute(f"PRAGMA {pragma}")

    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["answer"]])

    def a_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.post("/{token}", response_class=HTMLResponse)
    def write(
        token: str,
        step: Annotated[str, Form()],
        value: Annotated[str, Form()],
        session: Annotated[Session, Depends(a_session)],
    ) -> str:
        session.add(Answer(token=token, step=step, value=value))
        session.commit()
        return PAGE.render(steps=STEPS, values=VALUES)

    return app


def plain_sqlite() -> FastAPI:
    """The same with one connection of the standard library and one lock around it."""
    app = _bare()
    connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, check_same_thread=False)
    for pragma in DURABLE:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS answer(id INTEGER PRIMARY KEY, token TEXT, step TEXT, value TEXT)"
    )
    lock = threading.Lock()

    @app.post("/{token}", response_class=HTMLResponse)
    def write(token: str, step: Annotated[str, Form()], value: Annotated[str, Form()]) -> str:
        with lock:
            connection.execute(
                "INSERT INTO answer(token, step, value) VALUES (?, ?, ?)", (token, step, value)
            )
        return PAGE.render(steps=STEPS, values=VALUES)

    return app
