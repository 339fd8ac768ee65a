"""Text on its way into a file. A cell that a spreadsheet could take for a formula never gets there as one, and what is
no text never gets there at all.
"""

import re
import unicodedata

# What Excel, LibreOffice and Google Sheets begin a formula with, in half and full width, and the minus of typography.
STARTERS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\u2212")
QUOTES = frozenset("\"'`\u00b4")
# Blanks, invisible characters, controls and opening or closing quotation marks do not stop a reader from looking on.
LOOKED_THROUGH = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pi", "Pf"})
# No control but a tab, no half of a surrogate pair, nothing that XML forbids.
NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAKS = re.compile("[\t\r\n\u0085\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text on one line: breaks and tabs are a blank, what is no character is gone."""
    return NO_TEXT.sub("", BREAKS.sub(" ", text))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could calculate it: its first visible character, quotes aside, begins a formula."""
    for character in text:
        if character in QUOTES or unicodedata.category(character) in LOOKED_THROUGH:
            continue
        return character in STARTERS
    return False


def guarded(text: str) -> str:
    """For files without types: an apostrophe before what looks like a formula makes it text everywhere."""
    line = one_line(text)
    return f"'{line}" if looks_like_formula(line) else line
