"""Where somebody was when the session had ended: signing in leads back there. The address stays in the browser for as
long as signing in takes, and only a path of our own is ever followed.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from journey.settings import Settings
from journey.web.cookies import clear_cookie, read_cookie, set_cookie

COOKIE: Final = "journey_way"
LASTS: Final = timedelta(minutes=15)
LONGEST: Final = 500
AT_THE_DOOR: Final = ("/sign-in", "/sign-out", "/second-step")


def remember_way(request: Request, settings: Settings, answer: Response) -> Response:
    """The page that was asked for; of a form that was sent the page on which it stood. What a script asks for by
    itself is nowhere that anybody was."""
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return answer
    way = _whole(request.url.path, request.url.query)
    if request.method not in ("GET", "HEAD"):
        stood_on = urlsplit(request.headers.get("Referer", ""))
        way = _whole(stood_on.path, stood_on.query) if stood_on.netloc == request.headers.get("Host") else ""
    if is_own(way):
        set_cookie(answer, settings, COOKIE, way, LASTS)
    return answer


def find_way(request: Request, settings: Settings) -> str:
    """Where to go after signing in; empty for the own start page."""
    way = read_cookie(request, settings, COOKIE)
    return way if is_own(way) else ""


def forget_way(settings: Settings, answer: Response) -> Response:
    clear_cookie(answer, settings, COOKIE)
    return answer


def is_own(way: str) -> bool:
    """Whether it is a page here behind the door: browsers read `//other` and `/\\other` as another site."""
    if not (way.startswith("/") and len(way) <= LONGEST and way.isascii() and way.isprintable()):
        return False
    path = urlsplit(way).path
    return path != "/" and not way.startswith("//") and "\\" not in way and not path.startswith(AT_THE_DOOR)


def _whole(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
