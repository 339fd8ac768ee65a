"""What surrounds the calls of the live demo: cards after calls, answers that were read back, a named helper with one
signal, and a thank-you.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from journey.call.after import record_card
from journey.call.help import choose_helper, list_helpers, send_help_signal
from journey.call.read_backs import tell_read_back
from journey.models import Call, Study, stored_id
from journey.rating.queries import current_ratings
from journey.rating.service import choose_incentive
from journey.rules.readback import OPINIONS
from journey.rules.roles import LEAD
from journey.seeding.live import Follower
from journey.work import Work

CARDS = (
    ("yes", "high", "none"),
    ("unsure", "middle", "family"),
    ("yes", "middle", "none"),
    ("no", "low", "none"),
)
WORDS = "De energierekening is drie maanden niet betaald. Wil graag weten waar je dan naartoe kunt."


def surround(work: Work, study: Study, followers: Sequence[Follower]) -> None:
    """For everyone who was called before and is still followed; always the same for the same day."""
    choose_incentive(work, study, "een cadeaubon van 15 euro")
    called = [one for one in followers if one.participant is not None and one.who.state == "active"]
    for one in called:
        if (call := _last_talk(work, one)) is not None and call.closed_at is not None:
            then = replace(work, now=call.closed_at, actor=one.researcher)
            _fill_card(then, call, one)
            _read_back(then, call, one)
    helpers = list_helpers(work, study)
    helper = next((user for user in helpers if user.role == LEAD), next(iter(helpers), None))
    reachable = [one for one in called if one.is_called]
    if helper is not None and reachable:
        choose_helper(work, study, stored_id(helper))
        asking = reachable[-1]
        then = replace(work, now=work.now - timedelta(hours=3), actor=asking.researcher)
        send_help_signal(then, asking.who, WORDS, agreed=True)


def _last_talk(work: Work, one: Follower) -> Call | None:
    statement = select(Call).where(Call.participant_id == one.who.id, Call.state == "done")
    return work.session.exec(statement.order_by(col(Call.week).desc())).first()


def _fill_card(work: Work, call: Call, one: Follower) -> None:
    continues, trust, language_help = CARDS[one.number % len(CARDS)]
    record_card(work, call, "continues", continues)
    record_card(work, call, "trust", trust)
    helped = "interpreter" if one.person.language != "nl" else language_help
    record_card(work, call, "language_help", helped)


def _read_back(work: Work, call: Call, one: Follower) -> None:
    """Two in three answered again, one of six otherwise than before."""
    if one.number % 3 == 0:
        return
    earlier = [
        rating
        for rating in current_ratings(work, one.who).values()
        if rating.value in OPINIONS and rating.recorded_at < work.now - timedelta(days=3)
    ]
    if earlier:
        first = min(earlier, key=lambda rating: (rating.recorded_at, rating.step, rating.subject))
        now = "neutral" if one.number % 6 == 1 else first.value
        tell_read_back(work, call, first.step, first.subject, now)
