"""How the people of the live demo came to take part: meetings with who said no, and one who goes to a colleague."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

from journey.clock import at_local
from journey.models import Study
from journey.participant.approach import link_approach
from journey.participant.handover import hand_over, record_wish
from journey.recruitment.service import record_approach, record_meeting
from journey.seeding.live import Follower
from journey.work import Work

MEETING = "Rechten en Plichten"
REASONS = (
    "no_time",
    "no_time",
    "no_interest",
    "no_trust",
    "no_trust",
    "language",
    "no_phone",
    "too_much",
    "",
)
CARD = "Praat graag rustig.\nBegin met de sollicitaties, dan volgt de rest.\nBelt liever niet om twaalf uur."


def recruit(work: Work, study: Study, followers: Sequence[Follower]) -> None:
    """The meetings at which these people were asked. One in six was enrolled without a meeting."""
    days: dict[date, list[Follower]] = defaultdict(list)
    for one in followers:
        if "rechten-en-plichten" in one.days and one.number % 6 != 5:
            days[one.enrolled_on].append(one)
    random = Random(f"{study.code}:recruited")  # noqa: S311 — invented people, no secrets
    for day, people in sorted(days.items()):
        then = replace(work, now=at_local(day, 10), actor=people[0].researcher)
        refused = random.choices(REASONS, k=random.randint(0, 2))
        present = len(people) + len(refused) + random.randint(4, 12)
        meeting = record_meeting(then, study, day, MEETING, present)
        for one in people:
            said = record_approach(then, meeting, "yes", route=one.person.route, language=one.person.language)
            link_approach(then, said, one.who)
        for reason in refused:
            record_approach(then, meeting, "no", reason)
    if days:
        record_approach(then, meeting, "later")


def hand_over_one(work: Work, followers: Sequence[Follower]) -> None:
    """Somebody of the second researcher goes to the first, and somebody of the first would rather have another."""
    plain = [one for one in followers if one.is_called and not one.person.story and one.who.state == "active"]
    first = followers[0].researcher
    given = next((one for one in plain if one.researcher != first), None)
    if given is not None:
        hand_over(replace(work, actor=given.researcher), given.who, first.id, "load", CARD)
    wishing = next((one for one in plain if one.researcher == first), None)
    if wishing is not None:
        record_wish(replace(work, actor=first), wishing.who, True)
