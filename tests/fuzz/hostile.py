"""Words that break what trusts them, and the look that says whether a page took them for more than words."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

TAG = "qz-probe"
ATTRIBUTE = "data-qz"
EVALUATED = "qz49qz"
HOSTILE = (
    f"<script>{TAG}()</script><{TAG} onclick=1>",
    f'"><{TAG}>" {ATTRIBUTE}="1" autofocus onfocus="1',
    f"' {ATTRIBUTE}='1' onmouseover='1",
    f"</textarea></title></style><{TAG}><svg onload={TAG}>",
    f"javascript:{TAG}",
    "' OR 1=1 --",
    "1'; DROP TABLE participant; --",
    "qz{{7*7}}qz ${7*7} {% raise %} %(name)s %s {0}",
    "regel\r\nSet-Cookie: qz=1\r\n\r\n<b>",
    "\x00NUL\x00",
    "\u202egnirts\u202c \u200f\ufeff\u2028",
    "👩‍👩‍👧‍👦" * 20,
    "x" * 10_000,
    "é" * 3000,
    '=HYPERLINK("http://evil.example","qz")',
    "../../../../etc/passwd",
    "//evil.example/path",
    "NaN",
    "-1",
    "0",
    "1e999",
    "99999999999999999999999",
    "-99999999999999999999999",
    "١٢٣",
    "²",
    "0001-01-01",
    "2062-02-03",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "2026-03-16T25:99",
    "2026-03-16T10:00+99:99",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "+31612345678",
    "+" + "9" * 40,
    "[" * 1000 + "]" * 1000,
    "true",
    "null",
    "",
    " ",
    "\t\n",
)


@dataclass
class Tag:
    name: str
    attributes: dict[str, str]
    text: str = ""


class _Tags(HTMLParser):
    """Only start tags and the text behind them: many times faster than a tree, and a walk reads hundreds of pages."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1].text += data


def tags(html: str) -> list[Tag]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.found


def injected(html: str) -> list[str]:
    """What the words became: an element, an attribute, the answer of a sum."""
    found = [f"the template counted: {EVALUATED}"] if EVALUATED in html else []
    return found + [f"<{tag.name} {tag.attributes}>" for tag in tags(html) if _is_probe(tag)]


def inline(html: str) -> list[str]:
    """Scripts, styles, event handlers and script addresses inside a page, which our policy forbids."""
    return [f"<{tag.name} {tag.attributes}>" for tag in tags(html) if _is_inline(tag)]


def _is_probe(tag: Tag) -> bool:
    if tag.name == TAG or ATTRIBUTE in tag.attributes or (tag.name == "script" and TAG in tag.text):
        return True
    addresses = [tag.attributes.get(name, "").strip() for name in ("href", "src", "action", "formaction")]
    return any(address.lower().startswith("javascript:") for address in addresses) or _has_handler(tag)


def _is_inline(tag: Tag) -> bool:
    if tag.name == "script":
        data = tag.attributes.get("type") in ("application/json", "application/ld+json")
        return not data and ("src" not in tag.attributes or bool(tag.text.strip()))
    return "style" in tag.attributes or _has_handler(tag)


def _has_handler(tag: Tag) -> bool:
    return any(name.startswith("on") for name in tag.attributes)
