"""What the pages of quotes show: the queues of words with their filters, and one quote with all that was done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from journey.models import Study
from journey.rating.quotes import Quote
from journey.rating.themes import TONES, Theme
from journey.rules.recognisable import find_recognisable, is_telling
from journey.rules.words import Piece, compare_words
from journey.web.clues import listed
from journey.web.forms import Form
from journey.web.i18n import gettext as _

PAGE_SIZE = 25
WITHOUT_THEME = "-"
QUEUES = ("edit", "approve", "approved", "all")


@dataclass(frozen=True)
class Filters:
    """`queue` is one of QUEUES; `theme` a code, or `-` for words without one."""

    queue: str = "edit"
    step: str = ""
    theme: str = ""
    page: int = 1

    def takes(self, quote: Quote) -> bool:
        return (
            self.queue in ("all", quote.queue)
            and self.step in ("", quote.words.step)
            and (not self.theme or self.theme in (quote.themes or {WITHOUT_THEME}))
        )

    def address(self, **changes: object) -> str:
        """The rest of an address, from the question mark on."""
        values = vars(replace(self, **changes))  # type: ignore[arg-type]
        kept = {name: value for name, value in values.items() if value and (name, value) != ("page", 1)}
        return "?" + urlencode(kept)

    def next_of(self, quotes: Sequence[Quote], rating_id: int, reader: str) -> int | None:
        """The rating after this one in the same list, else the first; those the reader edited wait for a colleague."""
        ids = [one.words.rating_id for one in quotes if self.takes(one) and _is_for(one, reader, self.queue)]
        others = [one for one in ids if one != rating_id]
        return next((one for one in others if one > rating_id), others[0] if others else None)


def _is_for(quote: Quote, reader: str, queue: str) -> bool:
    return queue != "approve" or quote.edit is None or quote.edit.edited_by != reader


@dataclass(frozen=True)
class QuotesPage:
    """One page of one list; `sizes` are how many are in each queue, whatever the other filters."""

    study: Study
    step_names: Mapping[str, str]
    filters: Filters
    rows: tuple[Quote, ...]
    total: int
    pages: int
    sizes: Mapping[str, int]
    themes: tuple[Theme, ...]
    reader: str

    @classmethod
    def build(
        cls,
        study: Study,
        step_names: Mapping[str, str],
        filters: Filters,
        quotes: Sequence[Quote],
        themes: tuple[Theme, ...],
        reader: str,
    ) -> Self:
        found = sorted(filter(filters.takes, quotes), key=lambda one: not _is_for(one, reader, filters.queue))
        pages = max(1, -(-len(found) // PAGE_SIZE))
        at = min(max(1, filters.page), pages)
        rows = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
        sizes = {queue: sum(Filters(queue).takes(one) for one in quotes) for queue in QUEUES}
        at_page = replace(filters, page=at)
        return cls(study, step_names, at_page, tuple(rows), len(found), pages, sizes, themes, reader)

    @property
    def base(self) -> str:
        return f"/studies/{self.study.code}/quotes"

    @property
    def theme_choices(self) -> list[tuple[str, str]]:
        return [(WITHOUT_THEME, _("nog geen thema")), *((one.code, one.name) for one in self.themes)]

    def theme_names(self, quote: Quote) -> list[str]:
        return [one.name for one in self.themes if one.code in quote.themes]

    def is_own(self, quote: Quote) -> bool:
        """Whether it waits for somebody else than this reader."""
        return quote.queue == "approve" and not _is_for(quote, self.reader, "approve")


@dataclass(frozen=True)
class QuotePage:
    """One quote. `body` is the edit under way, as typed or stored, or the words themselves; `names` by label."""

    study: Study
    step_names: Mapping[str, str]
    filters: Filters
    quote: Quote
    themes: tuple[Theme, ...]
    form: Form
    reader: str
    body: str
    names: Mapping[str, str]
    next_id: int | None

    @property
    def base(self) -> str:
        return f"/studies/{self.study.code}/quotes"

    @property
    def address(self) -> str:
        return f"{self.base}/{self.quote.words.rating_id}"

    @property
    def is_own(self) -> bool:
        return self.quote.edit is not None and self.quote.edit.edited_by == self.reader

    @property
    def groups(self) -> tuple[tuple[str, tuple[Theme, ...]], ...]:
        return tuple((tone, tuple(one for one in self.themes if one.tone == tone)) for tone in TONES)

    @property
    def versions(self) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """The words and the edit, in pieces that are the same or not."""
        return compare_words(self.quote.words.text, self.body)

    @property
    def telling(self) -> str:
        """What in the edit names somebody almost certainly."""
        return listed(seen for seen in find_recognisable(self.body) if is_telling(seen))

    @property
    def perhaps_telling(self) -> str:
        return listed(seen for seen in find_recognisable(self.body) if not is_telling(seen))
