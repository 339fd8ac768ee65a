"""Parts of a file: some browsers play a sound only when they may ask for a piece of it."""

import re
from collections.abc import Mapping

from fastapi import Response


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None for everything, and for what is no simple range."""
    found = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    return int(found[1]), min(int(found[2] or size), size - 1)


def part_of(
    content: bytes, asked: tuple[int, int] | None, media_type: str, headers: Mapping[str, str]
) -> Response:
    """The part that `read_range` found, 416 when there is no such part, or everything."""
    own = {"Accept-Ranges": "bytes", **headers}
    if asked is None:
        return Response(content, media_type=media_type, headers=own)
    first, last = asked
    if first > last:
        return Response(status_code=416, headers={**own, "Content-Range": f"bytes */{len(content)}"})
    own["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, own, media_type)
