"""The files a report can leave as. What makes PDF and Word takes 15 MB, so it is imported when the first is asked."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from fastapi import Response

from journey.document.content import Content
from journey.document.page import make_html

Format = Literal["html", "pdf", "docx"]

MEDIA: Final[dict[Format, str]] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class ReportFile:
    name: str
    media: str
    data: bytes


def make_file(content: Content, kind: Format, now: datetime, number: int | None = None) -> ReportFile:
    """A readable report as a file; `number` is that of a recorded one."""
    if kind == "html":
        data = make_html(content).encode()
    elif kind == "pdf":
        from journey.document.pdf import make_pdf

        data = make_pdf(content, now)
    else:
        from journey.document.word import make_docx

        data = make_docx(content, now)
    which = content.as_of.isoformat() if number is None else f"{content.as_of.isoformat()}-nr{number}"
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", content.study)
    return ReportFile(f"rapport-{plain}-{which}.{kind}", MEDIA[kind], data)


def answer_with(file: ReportFile) -> Response:
    """As a download: nothing of it is kept by the browser or on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(file.data, media_type=file.media, headers=headers)
