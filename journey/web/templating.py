"""Templates to answers. A page gets its own frozen dataclass as `page` and the visit as `visit`; nothing undefined
is silently empty."""

import base64
import hashlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from journey.resources import folder
from journey.web import charts
from journey.web.clues import reach_words
from journey.web.filters import FILTERS
from journey.web.i18n import LANGUAGES, RIGHT_TO_LEFT, grouped, language, raw_gettext, raw_ngettext
from journey.web.idempotency import new_key

if TYPE_CHECKING:
    from journey.web.visit import Visit

# The style sheets that `participant_base.html` puts inline, so that a participant's first answer is the whole page.
INLINE_STYLES = ("theme.css", "participant.css")


def _with_thousands(ngettext: Any) -> Any:
    """The `ngettext` of templates, of which `%(num)s` has its mark of thousands."""

    @pass_context
    def counted(context: Context, one: str, many: str, count: int, /, **variables: Any) -> Any:
        return ngettext(context, one, many, count, **{"num": grouped(count), **variables})

    return counted


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=True,
        auto_reload=False,  # it looks at the date of every file for every page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(raw_gettext, raw_ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["ngettext"] = _with_thousands(env.globals["ngettext"])
    env.filters.update(FILTERS)
    env.globals.update(
        _=said,
        new_key=new_key,
        static=static,
        static_text=static_text,
        LANGUAGES=LANGUAGES,
        RIGHT_TO_LEFT=RIGHT_TO_LEFT,
        charts=charts,
        reach_words=reach_words,
        failed=False,
        trouble=False,
    )
    return env


def said(message: str, **params: Any) -> Markup:
    """`_("…")` of a template: what fills a place is escaped, and a percent sign is written twice. Jinja's own does the
    same, and looks in the context for how to each time."""
    return Markup(raw_gettext(message)) % params if params else _said(message, language())  # noqa: S704


@lru_cache(maxsize=4096)
def _said(message: str, _language: str) -> Markup:
    return Markup(raw_gettext(message)) % {}  # noqa: S704


@cache
def static(path: str) -> str:
    """Address of a static file with the hash of its content, so that it may be cached for a year."""
    content = (folder("static") / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"


@cache
def static_text(path: str) -> Markup:
    """Content of our own static file, to put inline."""
    return Markup((folder("static") / path).read_text(encoding="utf-8"))  # noqa: S704


def inline_style_hash(path: str) -> str:
    """What the content security policy must name to allow `<style>{{ static_text(path) }}</style>`."""
    digest = hashlib.sha256(static_text(path).encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def render(visit: "Visit", template: str, page: Any = None, *, status: int = 200) -> HTMLResponse:
    """One page or partial as an answer; `page` is its frozen dataclass."""
    failed = status == 422  # what was typed came back: the title says so before anything else is read
    html = (
        environment()
        .get_template(template)
        .render(visit=visit, page=page, failed=failed, trouble=status >= 400)
    )
    return HTMLResponse(html, status_code=status)


def redirect(address: str) -> Response:
    """303: the browser fetches the next page with GET."""
    return RedirectResponse(address, status_code=303)
