"""What surrounds the questions on a call screen: what to read back, the codebook, the card after the call, and who
hears that someone needs help.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from journey.call.after import Row, card_line, card_rows, find_card, find_card_before
from journey.call.help import find_helper, find_signal_of
from journey.call.read_backs import ReadBackLine, list_read_backs
from journey.models import AfterCall, Call, Participant, Rating, Study, stored_id
from journey.rating.themes import Theme, find_themes, list_themes
from journey.route.definition import RouteDefinition
from journey.work import Work


@dataclass(frozen=True)
class AfterView:
    """The card of one round: its rows, and what was tapped by row."""

    call_id: int
    rows: tuple[Row, ...]
    chosen: dict[str, str]


@dataclass(frozen=True)
class HelpGiven:
    """A signal about this person, for who gave it: to whom and how far it is, never what it says."""

    helper: str
    agreed_at: datetime
    seen_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Around:
    """`themes` are (tone, themes); `given` the codes per (step, subject); `helper` a name or empty."""

    read_backs: tuple[ReadBackLine, ...]
    themes: tuple[tuple[str, tuple[Theme, ...]], ...]
    given: Mapping[tuple[str, str], frozenset[str]]
    after: AfterView
    line_before: str
    helper: str
    help_given: HelpGiven | None

    def names_of(self, step: str, subject: str) -> list[str]:
        """The themes given to these words, in the order of the codebook."""
        codes = self.given.get((step, subject), frozenset())
        return [theme.name for _tone, themes in self.themes for theme in themes if theme.code in codes]

    def has(self, step: str, subject: str, code: str) -> bool:
        return code in self.given.get((step, subject), ())


def build_around(
    work: Work,
    call: Call,
    person: Participant,
    definition: RouteDefinition,
    ratings: Mapping[tuple[str, str], Rating],
    last_talk_on: date | None,
) -> Around:
    study = work.session.get_one(Study, person.study_id)
    themes = list_themes(work, study)
    helper, signal = find_helper(work, study), find_signal_of(work, person)
    return Around(
        read_backs=list_read_backs(work, call, definition, ratings, last_talk_on),
        themes=tuple((tone, tuple(one for one in themes if one.tone == tone)) for tone in ("good", "bad")),
        given=find_themes(work, person),
        after=after_view(stored_id(call), find_card(work, call)),
        line_before=card_line(find_card_before(work, call)),
        helper=helper.name if helper else "",
        help_given=HelpGiven(signal[1], signal[0].agreed_at, signal[0].seen_at, signal[0].closed_at)
        if signal
        else None,
    )


def after_view(call_id: int, card: AfterCall | None) -> AfterView:
    rows = card_rows()
    return AfterView(call_id, rows, {row.name: getattr(card, row.name) for row in rows} if card else {})
