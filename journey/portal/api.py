"""Links over the API."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from journey.auth.access import ResearcherToken
from journey.participant.queries import get_writable
from journey.portal.service import create_link
from journey.web.visit import UnitOfWork

router = APIRouter(prefix="/api/v1", route_class=UnitOfWork)


class LinkAnswer(BaseModel):
    """`letter_code` is typed at `/code`; both work until `expires_at`."""

    link: str
    letter_code: str
    expires_at: datetime


@router.post("/participants/{code}/link", status_code=201, tags=["participants"])
def post_link(visit: ResearcherToken, code: str) -> LinkAnswer:
    """Make a participant's link and letter code; the former ones stop working."""
    new = create_link(visit.work, get_writable(visit.work, code))
    return LinkAnswer(link=new.link, letter_code=new.letter_code, expires_at=new.expires_at)
