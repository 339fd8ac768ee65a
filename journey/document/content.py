"""What a report says, apart from how it looks: sections of blocks, frozen and able to be kept as JSON.

Every number stands in here once and every way of showing it reads it from here. Words of people do not: a block of
quotes holds only which ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

Audience = Literal["manager", "research"]
Style = Literal["body", "lead", "note", "hidden"]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `opening` stands before it in bold. `hidden` says why something is not shown."""

    text: str
    style: Style = "body"
    opening: str = ""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Items:
    """A list without an order."""

    items: tuple[str, ...]
    kind: Literal["items"] = "items"


@dataclass(frozen=True)
class Bar:
    """Counts of one question. `subject` is step, staff or statement; counts are None when not shown, see `reason`."""

    label: str
    subject: str
    n: int | None = None
    negative: int | None = None
    neutral: int | None = None
    positive: int | None = None
    asked: int | None = None
    not_applicable: int | None = None
    no_answer: int | None = None
    reason: str | None = None

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The answers that were given, in the order of the bar, with how many."""
        counts = (("negative", self.negative), ("neutral", self.neutral), ("positive", self.positive))
        return tuple((name, count) for name, count in counts if count)


@dataclass(frozen=True)
class Bars:
    """One numbered figure. `words` name the three parts of a bar, `descriptions` say each bar in a sentence."""

    number: int
    title: str
    words: tuple[str, str, str]
    bars: tuple[Bar, ...]
    descriptions: tuple[str, ...]
    notes: tuple[str, ...] = ()
    route: str = ""
    step: str = ""
    kind: Literal["bars"] = "bars"

    @property
    def shown(self) -> tuple[Bar, ...]:
        """The bars that can be drawn."""
        return tuple(bar for bar in self.bars if bar.parts)


@dataclass(frozen=True)
class Table:
    """Cells as they are read; the first cell of a row heads it, `numeric` are columns to align at the end."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Points:
    """What several people named as good and as bad."""

    good: tuple[str, ...]
    bad: tuple[str, ...]
    kind: Literal["points"] = "points"


@dataclass(frozen=True)
class Quotes:
    """Which approved quotes stand here; their words are read when the report is shown."""

    ids: tuple[int, ...]
    kind: Literal["quotes"] = "quotes"


@dataclass(frozen=True)
class Words:
    """What was said, as it is shown; None for a quote that was taken back since. Never kept."""

    texts: tuple[str | None, ...]
    kind: Literal["words"] = "words"


@dataclass(frozen=True)
class Written:
    """The place of a text that a researcher writes; nothing stands there while it is empty."""

    section: str
    body: str = ""
    kind: Literal["written"] = "written"


Block = Annotated[
    Paragraph | Items | Bars | Table | Points | Quotes | Words | Written, Field(discriminator="kind")
]


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it; `level` 1 is a chapter, 2 a part of it."""

    id: str
    title: str
    level: int
    blocks: tuple[Block, ...]

    @property
    def is_empty(self) -> bool:
        return all(isinstance(block, Written) and not block.body.strip() for block in self.blocks)


@dataclass(frozen=True)
class Content:
    """A whole report. `counted_at` is the moment its ratings are from, `batch` the published batch, None when live."""

    title: str
    study: str
    study_name: str
    municipality: str
    period: str
    standing: tuple[str, ...]
    audience: Audience
    as_of: date
    counted_at: datetime
    batch: int | None
    sections: tuple[Section, ...]

    def blocks(self) -> Iterator[Block]:
        for section in self.sections:
            yield from section.blocks

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Content":
        return _adapter().validate_python(data)

    def with_texts(self, texts: dict[str, str]) -> "Content":
        """The same numbers with these written texts, by section."""

        def filled(block: Block) -> Block:
            return replace(block, body=texts.get(block.section, "")) if isinstance(block, Written) else block

        return self._mapped(lambda section: tuple(filled(block) for block in section.blocks))

    def readable(self, quotes: dict[int, str]) -> "Content":
        """As it is shown: quotes as words, what was written as paragraphs and lists, no empty sections.

        A chapter stays when one of its parts stays.
        """
        kept: list[Section] = []
        for section in reversed(self.sections):
            parts = bool(kept) and kept[-1].level > section.level
            if parts or not section.is_empty:
                kept.append(section)
        full = replace(self, sections=tuple(reversed(kept)))

        def shown(section: Section) -> tuple[Block, ...]:
            blocks: list[Block] = []
            for block in section.blocks:
                if isinstance(block, Written):
                    blocks += text_blocks(block.body)
                elif isinstance(block, Quotes):
                    blocks += [Words(tuple(quotes.get(one) for one in block.ids))] if block.ids else []
                else:
                    blocks.append(block)
            return tuple(blocks)

        return full._mapped(shown)

    def _mapped(self, change: Any) -> "Content":
        return replace(self, sections=tuple(replace(one, blocks=change(one)) for one in self.sections))


@cache
def _adapter() -> TypeAdapter[Content]:
    return TypeAdapter(Content)


def text_blocks(body: str) -> list[Block]:
    """What somebody typed: empty lines part paragraphs, lines that begin with a dash or a star are a list."""
    blocks: list[Block] = []
    for chunk in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        while lines:
            marked = lines[0][:2] in ("- ", "* ", "• ")
            run = list(_while(lines, marked))
            lines = lines[len(run) :]
            blocks.append(
                Items(tuple(line[2:].strip() for line in run)) if marked else Paragraph(" ".join(run))
            )
    return blocks


def _while(lines: list[str], marked: bool) -> Iterator[str]:
    for line in lines:
        if (line[:2] in ("- ", "* ", "• ")) is not marked:
            return
        yield line
