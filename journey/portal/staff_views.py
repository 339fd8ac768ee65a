"""Making a link for a participant who asked for one. It is shown once: only its hash is kept."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from journey.auth.access import Researcher
from journey.participant.person import Person, get_person
from journey.participant.queries import get_writable
from journey.portal.service import NewLink, create_link, send_link
from journey.web.templating import render
from journey.web.visit import UnitOfWork

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)


@dataclass(frozen=True)
class LinkPage:
    """`sent`: a message with the link is on its way; None when none was asked for."""

    person: Person
    link: NewLink
    sent: bool | None


@router.post("/participants/{code}/link")
def make_link(visit: Researcher, code: str) -> Response:
    """A new link takes the place of the former one; with `send` it goes out as a text message too (rules, 42)."""
    participant = get_writable(visit.work, code)
    person = get_person(visit.work, participant)
    if visit.form().checked("send"):
        made = send_link(visit.work, participant)
        page = LinkPage(person, made.new, made.message is not None)
    else:
        page = LinkPage(person, create_link(visit.work, participant), None)
    return render(visit, "participant/link.html", page)
