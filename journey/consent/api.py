"""Withdrawal over the API."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from journey.auth.access import ResearcherToken
from journey.auth.scope import get_participant
from journey.consent.service import withdraw_participant
from journey.web.api import Body, Word
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork, tags=["participants"])


class WithdrawalBody(Body):
    """`stop` keeps what was said, `from_step` sets aside what was said from that step of the route on, `erase` removes
    everything."""

    level: Literal["stop", "from_step", "erase"]
    step: Word | None = None


class WithdrawalAnswer(BaseModel):
    code: str
    state: str
    level: str
    withdrawn_at: datetime


@router.post("/participants/{code}/withdrawal", status_code=201)
def post_withdrawal(visit: ResearcherToken, code: str, body: WithdrawalBody) -> WithdrawalAnswer:
    """Take consent back. It works at once, and contact data goes. A later withdrawal can only go further."""
    participant = get_participant(visit.work, code)
    withdrawal = withdraw_participant(visit.work, participant, body.level, body.step)
    return WithdrawalAnswer(
        code=participant.code,
        state=participant.state,
        level=withdrawal.level,
        withdrawn_at=withdrawal.withdrawn_at,
    )
