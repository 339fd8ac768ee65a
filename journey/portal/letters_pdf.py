"""Letters as one PDF, made by typst from data: what people are called and where they live is never read as markup.

Nothing is written to disk. The file is PDF/UA where every sign of it has a letter form in the installed fonts.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from journey.resources import folder

if TYPE_CHECKING:
    import typst

TEMPLATE: Final = "portal/letter.typ"
# Any of the eight masks can be read; choosing the best for each of two hundred letters takes ten seconds.
QR_MASK: Final = 4


@dataclass(frozen=True)
class LetterWords:
    """Every text of one letter, in its language; `address` line by line, `qr_link` is what the square holds."""

    language: str
    sender: str
    day: str
    address: tuple[str, ...]
    subject: str
    opening: tuple[str, ...]
    what_title: str
    type_code: str
    code: str
    or_call: tuple[str, ...]
    qr_link: str
    qr_alt: str
    stop_title: str
    stop: tuple[str, ...]
    real_title: str
    real: tuple[str, ...]
    closing: tuple[str, ...]
    notes: tuple[str, ...]


def make_pdf(letters: Sequence[LetterWords], title: str, now: datetime) -> bytes:
    """One PDF with a page for each letter; `title` is what a reader of the file hears first."""
    inputs = {
        "letters": json.dumps([{**asdict(one), "qr": _qr(one.qr_link)} for one in letters]),
        "title": title,
        "sender": letters[0].sender if letters else "",
    }
    import typst  # heavy: only who prints letters needs it

    moment = now.replace(microsecond=0)
    try:
        made = _compiler(inputs).compile(format="pdf", pdf_standards="ua-1", timestamp=moment)
    except typst.TypstError:
        # A name in a script for which this machine has no font: still tagged, no longer with the claim of PDF/UA.
        made = _compiler(inputs).compile(format="pdf", timestamp=moment)
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file")
    return made


def _compiler(inputs: dict[str, str]) -> "typst.Compiler":
    import typst

    template = (folder("templates") / TEMPLATE).read_bytes()
    return typst.Compiler(template, font_paths=_fonts(), sys_inputs=inputs)


@cache
def _fonts() -> "typst.Fonts":
    """Looking through the fonts of the machine takes most of a second, so once a process."""
    import typst

    return typst.Fonts()


def _qr(link: str) -> str:
    import segno

    picture = io.BytesIO()
    segno.make(link, error="m", micro=False, mask=QR_MASK).save(
        picture, kind="svg", xmldecl=False, border=2, nl=False
    )
    return picture.getvalue().decode()
