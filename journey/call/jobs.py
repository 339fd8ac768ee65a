"""The bell of the weekly call: makes the prompts of the week, every hour, so that downtime costs at most an hour."""

from datetime import datetime

from journey.call.service import plan_calls
from journey.work import House


def plan_due_calls(house: House, now: datetime) -> int:
    """The number of prompts made; running it again makes none."""
    with house.work(now=now) as work:
        return plan_calls(work)
