"""Finds every form of the product by walking through it as each role, so that a new form is tried by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any
from urllib.parse import urldefrag, urlsplit

from fastapi import FastAPI
from starlette.routing import Match
from starlette.testclient import TestClient

from tests.architecture.test_access import flat
from tests.fuzz.hostile import Tag, tags

CSRF = "csrf_token"
FIXED = (CSRF,)


@dataclass(frozen=True)
class Control:
    """One field; `options` are the values a browser can send, with what is chosen in `value`."""

    name: str
    kind: str
    value: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundForm:
    """`template` is the address as the view declares it, `page` where the form stands."""

    page: str
    action: str
    template: str
    multipart: bool
    controls: tuple[Control, ...]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.template, tuple(sorted({control.name for control in self.controls}))

    def as_is(self) -> dict[str, list[str]]:
        """What a browser sends when nothing is changed; the first option where nothing is chosen."""
        fields: dict[str, list[str]] = {}
        for control in self.controls:
            if control.kind != "file":
                fields.setdefault(control.name, []).append(control.value)
        return fields


@dataclass
class Walk:
    """Pages seen by the role, with their text, and the forms on them."""

    pages: dict[str, str] = field(default_factory=dict)
    forms: dict[tuple[str, tuple[str, ...]], FoundForm] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def walk(app: FastAPI, client: TestClient, starts: list[str], *, per_view: int = 2, most: int = 150) -> Walk:
    """Follow every link inside the product, at most `per_view` addresses of one view."""
    template_of = templates(app)
    found, seen, queue = Walk(), Counter[str](), list(dict.fromkeys(starts))
    known = set(queue)
    while queue and len(found.pages) < most:
        address = queue.pop(0)
        template = template_of("GET", urlsplit(address).path)
        if not template or seen[template] >= per_view:
            continue
        seen[template] += 1
        answer = client.get(address, follow_redirects=False)
        if answer.status_code >= 500:
            found.faults.append(f"GET {address}: {answer.status_code}")
        for link in [answer.headers.get("location", ""), *_links(answer, address, found, template_of)]:
            inside = _inside(link)
            if inside and inside not in known:
                known.add(inside)
                queue.append(inside)
    return found


def _links(answer: Any, address: str, found: Walk, template_of: Callable[..., str]) -> list[str]:
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    found.pages[address] = answer.text
    parts = tags(answer.text)
    for form in read_forms(parts, address, template_of):
        found.forms.setdefault(form.key, form)
    return [tag.attributes[name] for tag in parts for name in ("href", "hx-get") if name in tag.attributes]


def read_forms(parts: list[Tag], page: str, template_of: Callable[..., str]) -> Iterator[FoundForm]:
    """The forms of a page that post. Forms hold no forms, so one ends where the next begins."""
    places = [number for number, tag in enumerate(parts) if tag.name == "form"]
    for begin, end in pairwise([*places, len(parts)]):
        own = parts[begin].attributes
        if own.get("method", "get").lower() == "post":
            action = own.get("action", "") or page
            template = template_of("POST", urlsplit(action).path)
            multipart = own.get("enctype", "") == "multipart/form-data"
            yield FoundForm(page, action, template, multipart, tuple(_controls(parts[begin + 1 : end])))


def _controls(parts: list[Tag]) -> Iterator[Control]:
    choices: dict[str, list[tuple[str, bool]]] = {}
    selecting = ""
    for tag in parts:
        name, value = tag.attributes.get("name", ""), tag.attributes.get("value", "")
        kind = tag.attributes.get("type", "text").lower()
        if tag.name == "select":
            selecting = name
            choices[name] = []
        elif tag.name == "option" and selecting:
            choices[selecting].append((value, "selected" in tag.attributes))
        elif tag.name == "textarea":
            yield Control(name, "text", tag.text)
        elif (
            tag.name in ("input", "button")
            and name
            and kind in ("radio", "checkbox", "submit", "text", "button")
        ):
            if tag.name == "input" and kind == "text":
                yield Control(name, kind, value)
            else:
                choices.setdefault(name, []).append((value, "checked" in tag.attributes))
        elif tag.name == "input" and name:
            yield Control(name, kind, value)
    for name, options in choices.items():
        values = tuple(value for value, _chosen in options)
        chosen = [value for value, is_chosen in options if is_chosen]
        yield Control(name, "choice", (chosen or list(values) or [""])[0], values)


def templates(app: FastAPI) -> Callable[[str, str], str]:
    """`template_of(method, path)`: the declared address of a path, such as `/calls/{call_id}`, or ""."""
    routes = [route for route in flat(app.routes) if hasattr(route, "methods")]

    def template_of(method: str, path: str) -> str:
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
        for route in routes:
            if route.matches(scope)[0] is Match.FULL:
                return str(route.path)  # type: ignore[attr-defined]
        return ""

    return template_of


def _inside(link: str) -> str:
    """The address without its fragment when it is one of ours."""
    link = re.sub(r"^http://127\.0\.0\.1:8000", "", urldefrag(link).url)
    return link if link.startswith("/") and not link.startswith(("//", "/static", "/sign-out")) else ""


def filled(form: FoundForm, random: Random, words: tuple[str, ...]) -> dict[str, list[str]]:
    """Mostly what a browser could send, with hostile words in some fields, and fields missing or repeated."""
    fields = {name: values for name, values in form.as_is().items() if name in FIXED}
    for control in form.controls:
        if control.name in FIXED or control.kind == "file" or random.random() < 0.08:
            continue
        values = fields.setdefault(control.name, [])
        values.append(_value(control, random, words))
        if random.random() < 0.05:
            values.append(random.choice(words))
    return fields


def _value(control: Control, random: Random, words: tuple[str, ...]) -> str:
    if control.options:
        return random.choice(control.options) if random.random() < 0.75 else random.choice(words)
    if control.kind == "hidden":
        return control.value if random.random() < 0.85 else random.choice(words)
    return control.value if control.value and random.random() < 0.3 else random.choice(words)
