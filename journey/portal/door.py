"""The door to a person's own page: who holds a link comes in, everybody else meets the same closed door."""

from dataclasses import dataclass
from typing import Any

from fastapi import Response

from journey.models import Participant
from journey.portal.languages import choose
from journey.portal.lost import mend
from journey.portal.pages import Address, Frame, PlainPage, Reader
from journey.portal.queries import find_person
from journey.portal.service import as_participant
from journey.web.forms import Form
from journey.web.templating import render
from journey.web.visit import UnitOfWork, Visit
from journey.work import Work


class BehindLink(UnitOfWork):
    """A link that was revoked or ran out opens nothing: not the answer that is kept for a retry either.

    Only who stopped gets "u bent gestopt" again, which tells nothing of anybody and comes after the link was closed.
    """

    @staticmethod
    def may_answer_again(visit: Visit, arguments: dict[str, Any]) -> bool:
        token = arguments.get("token")
        return token is None or visit.path.endswith("/stop") or find_person(visit.work, token) is not None


@dataclass(frozen=True)
class Holder:
    """Who came in through a link, acting for themselves."""

    work: Work
    participant: Participant
    address: Address

    def reader(self) -> Reader:
        return Reader(self.work, self.participant, self.address)


def enter(visit: Visit, token: str) -> Holder | None:
    """Open the door, in the language that was asked for or else the person's own."""
    participant = find_person(visit.work, token)
    asked = asked_language(visit)
    visit.speak(choose(visit.work, asked, participant.language if participant else "nl"))
    if participant is None:
        return None
    return Holder(as_participant(visit.work, participant), participant, Address(f"/p/{token}", asked))


def asked_language(visit: Visit) -> str:
    asked = visit.request.query_params.get("lang", "")
    return asked if choose(visit.work, asked) == asked else ""


def closed_door(visit: Visit) -> Response:
    """The same kind page for an unknown, expired or revoked link and for who stopped: it tells nothing of anyone. A
    link with something stuck to it leads on to itself."""
    if mended := mend(visit):
        return mended
    visit.speak(choose(visit.work, asked_language(visit)))
    address = Address("", asked_language(visit))
    frame = Frame.of_nobody(visit.work, address.languages(visit.work))
    return render(visit, "portal/closed_door.html", PlainPage(frame, address, Form()), status=404)
