"""A consent text as it is read aloud: a title, points, and the words of the separate choices."""

from dataclasses import dataclass

from journey.models import ConsentText


@dataclass(frozen=True)
class ReadAloud:
    """`points` are (heading, words); `choices` the words to agree to: take part, quotes, recordings (or empty)."""

    version: str
    language: str
    title: str
    points: tuple[tuple[str, str], ...]
    choices: tuple[str, ...]


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
    return ReadAloud(text.version, text.language, title, tuple(points), choices if len(choices) == 3 else ())
