"""The report as PDF, made by typst from data: A4, tagged, and PDF/UA-1 where every sign of it has a letter form.

typst itself refuses to write PDF/UA-1 when it finds a violation. A sign without a letter form on this machine is such
a violation: pictograms are then named, and for what is still left only the claim is dropped.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import typst

from journey.document.content import Content
from journey.document.labels import labels
from journey.resources import folder
from journey.web.i18n import gettext as _

TEMPLATE: Final = "document/report.typ"
PICTOGRAMS = re.compile(
    "[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\u200d\ufe0f\U0001f3fb-\U0001f3ff]*"
)
# Longer than a line: a place to break is put in.
LONG_WORD = re.compile(r"\S{70}")
INVISIBLE = re.compile("[\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]")


def make_pdf(content: Content, now: datetime) -> bytes:
    """The report as one file. `content` is readable (see `service.open_report`); `now` is its date of making."""
    words = labels(content)
    told = _each(content.to_json(), lambda text: LONG_WORD.sub("\\g<0>\u200b", text))
    attempts: tuple[tuple[Any, str | None], ...] = (
        (told, "ua-1"),
        (_named(told), "ua-1"),
        (_named(told), None),
    )
    for data, standard in attempts:
        try:
            return _compile(data, words, now, standard)
        except typst.TypstError:
            if standard is None:
                raise
    raise AssertionError("the last attempt answers or raises")


def _compile(data: Any, words: Mapping[str, str], now: datetime, standard: str | None) -> bytes:
    compiler = typst.Compiler(
        _template(),
        font_paths=_fonts(),
        sys_inputs={"report": json.dumps(data), "words": json.dumps(words)},
    )
    moment = now.replace(microsecond=0)
    made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=moment)  # type: ignore[arg-type]
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file")
    return made


def _named(data: Any) -> Any:
    """The same with pictograms by a word, because a font with them is on few machines."""
    return _each(data, lambda text: INVISIBLE.sub("", PICTOGRAMS.sub(_("(emoji)"), text)))


def _each(data: Any, change: Callable[[str], str]) -> Any:
    """Every text in a tree of JSON."""
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_each(one, change) for one in data]
    if isinstance(data, dict):
        return {key: _each(value, change) for key, value in data.items()}
    return data


def _template() -> bytes:
    return (folder("templates") / TEMPLATE).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Looking through the fonts of the machine takes most of a second, so once a process."""
    return typst.Fonts()
