"""A client that refuses a bad page: every HTML answer that any test fetches must be valid and usable.

A page that is invalid, or has a field without a label, fails the test that fetched it: none is forgotten. Reading one
costs more than making it, so it is done once: a page that differs from a good one in words only is good, in this run
and, through `KnownPages`, in the next.
"""

from __future__ import annotations

import atexit
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from html5lib import HTMLParser

# What a fragment must stand in to be parsed as itself: a bare <tr> is dropped outside a table.
_CONTAINERS = {"tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "option": "select"}
# What may differ between two pages of which one look is enough: ordinary words between two tags, and ordinary values of
# attributes whose value no rule below looks at, other than whether it is empty.
_WORDS = re.compile(r">\s*\w[\w\s.,:;!?()’‘“”'/+%€·–-]*(?=<)")
_VALUE = re.compile(
    r"\b(href|src|action|value|content|datetime|title|aria-label|placeholder|hx-[a-z]+|data-[a-z-]+|[xyr]|x[12]|y[12]"
    r'|width|height|points|d|transform)="(?=[^"]*\w)[\w .,:;!?()/=@+%#’–-]+"'
)
_NEEDS_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


class PageClient(TestClient):
    """Starlette's test client; `AssertionError` on an HTML answer that `problems_of` objects to."""

    def send(self, request: Any, **options: Any) -> Any:
        response = super().send(request, **options)
        if request.method == "HEAD":
            return response
        if not options.get("stream") and response.headers.get("content-type", "").startswith("text/html"):
            refuse_bad_page(response.text, f"{request.method} {request.url}")
        return response

    @contextmanager
    def _portal_factory(self) -> Iterator[BlockingPortal]:
        """One event loop for all clients of the process: Starlette starts a thread with one for every request."""
        yield self.portal or _portal()


@cache
def _portal() -> BlockingPortal:
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(start_blocking_portal())


_good: set[str] = set()
_new: list[str] = []


def refuse_bad_page(html: str, named: str) -> None:
    """`AssertionError` with everything `problems_of` says of it."""
    shape = blake2b(shape_of(html).encode(errors="replace"), digest_size=8).hexdigest()
    if shape in _good:
        return
    problems = problems_of(html)
    listed = "\n  - ".join(problems)
    assert not problems, f"{named} answered with a bad page:\n  - {listed}"
    _good.add(shape)
    _new.append(shape)


class KnownPages:
    """Shapes of good pages in a file of `folder`, for as long as the rules about them are the same."""

    MOST_BYTES = 2_000_000

    def __init__(self, folder: Path) -> None:
        rules = Path(__file__).read_bytes() + version("html5lib").encode()
        self._file = folder / blake2b(rules, digest_size=8).hexdigest()

    def load(self) -> None:
        if self._file.exists() and self._file.stat().st_size < self.MOST_BYTES:
            _good.update(self._file.read_text().split())

    def save(self) -> None:
        """Whatever this process found; parallel ones add to the same file."""
        if _new:
            large = self._file.exists() and self._file.stat().st_size >= self.MOST_BYTES
            with self._file.open("w" if large else "a") as file:
                file.write("\n".join(_new) + "\n")
            _new.clear()


def shape_of(html: str) -> str:
    """The page without what cannot make the difference between a good one and a bad one."""
    return _VALUE.sub(r'\1="x"', _WORDS.sub(">x", html))


def problems_of(html: str) -> list[str]:
    """What is wrong with a page, or with a fragment when it does not begin with a doctype or `<html>`."""
    import html5lib  # late: tests without pages start without it

    is_page = bool(re.match(r"\s*<(!doctype|html)\b", html, re.IGNORECASE))
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    if is_page:
        root = parser.parse(html)
    else:
        first = re.match(r"\s*(?:<!--.*?-->\s*)*<([a-z0-9]+)", html, re.IGNORECASE | re.DOTALL)
        container = _CONTAINERS.get(first[1].lower(), "div") if first else "div"
        root = parser.parseFragment(html, container=container)
    if parser.errors:
        # A broken tree gives a cascade of other findings that are not there.
        return list(_parse_errors(parser, html))
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    ids = Counter(element.attrib["id"] for element in elements if "id" in element.attrib)
    problems = [f'id="{name}" stands {count} times on the page' for name, count in ids.items() if count > 1]
    problems += [f"{_shown(image)} has no alt" for image in root.iter("img") if "alt" not in image.attrib]
    problems += list(_unlabelled(root, ids))
    problems += list(_nameless(root))
    if is_page:
        problems += list(_page_problems(root, elements, ids))
    return problems


def _parse_errors(parser: HTMLParser, html: str) -> Iterator[str]:
    from html5lib.constants import E as PARSE_ERRORS

    lines = html.splitlines() or [""]
    for (line, _column), code, values in parser.errors:
        text = lines[min(line, len(lines)) - 1].strip()
        yield f"line {line}: {PARSE_ERRORS.get(code, code) % (values or {})}: {text[:120]}"


def _unlabelled(root: Element, ids: Counter[str]) -> Iterator[str]:
    labelled_ids = {
        label.attrib["for"] for label in root.iter("label") if "for" in label.attrib and _text(label)
    }
    wrapped = {id(field) for label in root.iter("label") if _text(label) for field in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in root.iter(tag):
            if field.attrib.get("type", "").lower() in _NEEDS_NO_LABEL:
                continue
            by_reference = field.attrib.get("aria-labelledby", "").split()
            if not (
                field.attrib.get("id") in labelled_ids
                or id(field) in wrapped
                or field.attrib.get("aria-label", "").strip()
                or (by_reference and all(name in ids for name in by_reference))
            ):
                yield f"{_shown(field)} has no label"


def _nameless(root: Element) -> Iterator[str]:
    for tag in ("button", "a"):
        for element in root.iter(tag):
            named = any(
                element.attrib.get(name, "").strip() for name in ("aria-label", "aria-labelledby", "title")
            )
            if not named and not _text(element):
                yield f"{_shown(element)} says nothing"


def _page_problems(root: Element, elements: list[Element], ids: Counter[str]) -> Iterator[str]:
    if not root.attrib.get("lang"):
        yield "<html> has no lang"
    title = root.find("head/title")
    if title is None or not _text(title):
        yield "the page has no title"
    for element in elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            for target in element.attrib.get(name, "").split():
                if target not in ids and element.tag != "output":
                    yield f'{_shown(element)}: {name}="{target}" points at nothing'


def _text(element: Element) -> str:
    alternatives = [image.attrib.get("alt", "") for image in element.iter("img")]
    labels = [inner.attrib.get("aria-label", "") for inner in element.iter() if isinstance(inner.tag, str)]
    return "".join([*element.itertext(), *alternatives, *labels]).strip()


def _shown(element: Element) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in list(element.attrib.items())[:4])
    return f"<{element.tag}{attributes}>"
