"""What the pages at the door share: letting a browser in, ending what it was signed in with, showing recovery codes."""

from dataclasses import dataclass

from fastapi import Response

from journey.auth.guard import device_cookie
from journey.auth.sessions import SESSION_LENGTH, end_session
from journey.web.cookies import DEVICE, DEVICE_LENGTH, SESSION, read_cookie, set_cookie
from journey.web.visit import Visit


@dataclass(frozen=True)
class CodesPage:
    """Ten recovery codes, for the one time that they are shown."""

    codes: tuple[str, ...]
    forward: str


def end_present_session(visit: Visit) -> None:
    """What this browser was signed in with until now."""
    if present := read_cookie(visit.request, visit.house.settings, SESSION):
        end_session(visit.work, present)


def let_in(visit: Visit, answer: Response, token: str, email: str) -> Response:
    """Give the browser its new session, and make it a device that this address is known on."""
    settings = visit.house.settings
    end_present_session(visit)
    known = device_cookie(visit.house.vault, email, read_cookie(visit.request, settings, DEVICE))
    set_cookie(answer, settings, SESSION, token, SESSION_LENGTH)
    set_cookie(answer, settings, DEVICE, known, DEVICE_LENGTH)
    return answer
