"""Exports over the API: the same files, by the role of the token, with the same line in the log."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from journey.auth.access import FiguresToken
from journey.export.downloads import MEDIA, download
from journey.export.service import LONGEST_PURPOSE, Order
from journey.web.api import Body, Text
from journey.web.visit import LongRead

router = APIRouter(prefix="/api/v1", route_class=LongRead, tags=["exports"])

FILE = {"schema": {"type": "string", "format": "binary"}}


class ExportBody(Body):
    """What to export and what for. Answers and the journeys of participants are for researchers; only journeys can be
    `xes`. More than one file comes as a ZIP. `separator` is for CSV.
    """

    content: Literal["answers", "journeys", "participants", "figures"]
    format: Literal["csv", "xlsx", "sav", "json", "xes"]
    purpose: Annotated[Text, Field(min_length=1, max_length=LONGEST_PURPOSE)]
    separator: Literal["semicolon", "comma", "tab"] = "semicolon"


@router.post(
    "/studies/{study}/exports",
    response_class=Response,
    responses={
        200: {
            "description": "The file; nothing keeps it, so an Idempotency-Key is refused",
            "content": dict.fromkeys(sorted({kind.partition(";")[0] for kind in MEDIA.values()}), FILE),
        }
    },
)
def make_export(visit: FiguresToken, study: str, body: ExportBody) -> Response:
    """Data of a study as a file, written down with its purpose."""
    return download(visit, study, Order(body.content, body.format, body.purpose, body.separator))
