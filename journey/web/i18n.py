"""Strings through gettext: the msgid is the Dutch sentence, catalogues translate it.

The language of the present request lives in a context variable, so that rules and services never know about it.
"""

import gettext as stdlib_gettext
import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal

LANGUAGES = {
    "nl": "Nederlands",
    "en": "English",
    "ar": "العربية",
    "tr": "Türkçe",
    "ti": "ትግርኛ",
    "fa": "فارسی / دری",
    "pl": "Polski",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa"})
FOLDER = Path(__file__).parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="nl")


def use_language(language: str) -> None:
    _language.set(language if language in LANGUAGES else "nl")


def language() -> str:
    return _language.get()


@cache
def catalogue(code: str) -> stdlib_gettext.NullTranslations:
    """The translations of one language, compiled in memory from its `.po` file."""
    source = FOLDER / code / "LC_MESSAGES" / "journey.po"
    if not source.exists():
        return stdlib_gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def gettext(message: str, **params: object) -> str:
    """Translate a Dutch msgid and fill its `%(name)s` places."""
    text = catalogue(_language.get()).gettext(message)
    return text % params if params else text


def ngettext(one: str, many: str, count: int, /, **params: object) -> str:
    """The form for that many; `%(n)s` is the number itself, written for the reader, unless it is given."""
    text = catalogue(_language.get()).ngettext(one, many, count)
    return text % {"n": grouped(count), **params}


def grouped(count: int) -> str:
    """`999`, `15.000`: a whole number with the mark of thousands of the reader's language."""
    if abs(count) < 1000:
        return str(count)
    return format_decimal(count, "#,##0", locale=_language.get())


@cache
def translations(code: str) -> dict[str, str]:
    """Every msgid of a language with its text; of a plural the first form. Empty without a catalogue."""
    rows = getattr(catalogue(code), "_catalog", {})
    singular = {key: text for key, text in rows.items() if key and not isinstance(key, tuple)}
    plural = {key[0]: text for key, text in rows.items() if isinstance(key, tuple) and key[1] == 0}
    return {**singular, **plural}


def find_translation(code: str, message: str) -> str | None:
    """What the catalogue of a language says for a Dutch text that need not be ours, such as the words of a route."""
    return translations(code).get(message)


def raw_gettext(message: str) -> str:
    """For Jinja, which fills the places itself."""
    return catalogue(_language.get()).gettext(message)


def raw_ngettext(one: str, many: str, n: int) -> str:
    return catalogue(_language.get()).ngettext(one, many, n)
