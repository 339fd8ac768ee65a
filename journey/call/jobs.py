"""The bell of the weekly call: makes the prompts of the week, every hour, so that downtime costs at most an hour."""

from datetime import datetime

from journey.call.planning import AT_ONCE, list_unplanned
from journey.call.service import plan_calls
from journey.work import House


def plan_due_calls(house: House, now: datetime) -> int:
    """The number of prompts made; running it again makes none. A part of the people at a time is on disk, so that
    nobody who rates or dials waits for all of them.
    """
    with house.work(now=now, write=False) as work:
        people = list_unplanned(work)
    made = 0
    for start in range(0, len(people), AT_ONCE):
        with house.work(now=now) as work:
            made += plan_calls(work, people[start : start + AT_ONCE])
    return made
