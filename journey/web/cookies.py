"""Our two cookies: who is signed in, and on which devices somebody has signed in before.

Over https both carry the `__Host-` prefix: no other host of the domain can set them, and they never travel in the
clear.
"""

from datetime import timedelta

from fastapi import Request, Response

from journey.settings import Settings

SESSION = "journey_session"
DEVICE = "journey_device"
DEVICE_LENGTH = timedelta(days=180)


def cookie_name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if _is_https(settings) else name


def read_cookie(request: Request, settings: Settings, name: str) -> str:
    """Its value, or "" without one."""
    return request.cookies.get(cookie_name(settings, name), "")


def set_cookie(answer: Response, settings: Settings, name: str, value: str, length: timedelta) -> None:
    answer.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=int(length.total_seconds()),
        path="/",
        httponly=True,
        secure=_is_https(settings),
        samesite="lax",
    )


def clear_cookie(answer: Response, settings: Settings, name: str) -> None:
    """With the same flags: a browser refuses a `__Host-` cookie without `Secure`, also one that clears."""
    answer.delete_cookie(
        cookie_name(settings, name), path="/", secure=_is_https(settings), httponly=True, samesite="lax"
    )


def _is_https(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")
