"""A consent text as it is read aloud: a title, points, and the words of the separate choices."""

from dataclasses import dataclass
from typing import Final

from journey.models import ConsentText

ASKED_APART: Final = ("quotes", "recording", "photos", "file_dates")
HOW_MANY: Final = (3, 5)


@dataclass(frozen=True)
class ReadAloud:
    """`points` are (heading, words); `choices` the words to agree to, or empty: take part, quotes and recordings, and
    since 2026-2 photos and dates of the municipality too."""

    version: str
    language: str
    title: str
    points: tuple[tuple[str, str], ...]
    choices: tuple[str, ...]

    @property
    def questions(self) -> dict[str, str]:
        """The words to agree to by purpose, as far as this text has them."""
        return dict(zip(ASKED_APART, self.choices[1:], strict=False))


def read_aloud(text: ConsentText) -> ReadAloud:
    """Blocks are divided by an empty line: first the title, then points, last the choices as lines with a dash."""
    blocks = [block.strip() for block in text.body.replace("\r\n", "\n").split("\n\n") if block.strip()]
    title = blocks.pop(0) if len(blocks) > 1 and "\n" not in blocks[0] else ""
    choices: tuple[str, ...] = ()
    if blocks and all(line.startswith("- ") for line in blocks[-1].splitlines()):
        choices = tuple(line[2:].strip() for line in blocks.pop().splitlines())
    points = []
    for block in blocks:
        first, _, rest = block.partition("\n")
        points.append((first, rest) if rest and not first.rstrip().endswith((".", "!")) else ("", block))
    return ReadAloud(
        text.version, text.language, title, tuple(points), choices if len(choices) in HOW_MANY else ()
    )
