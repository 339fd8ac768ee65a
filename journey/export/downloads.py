"""From an order to the answer that carries the file, for the page and for the API. The file is in a folder of its own
until it was sent, and nowhere after that; answers kept for retries would keep it for a day, so a key is refused.
"""

import tempfile
from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from journey.auth.scope import get_study
from journey.export.service import Order, hold_still, pack, record_export, write_export
from journey.rules.errors import Invalid
from journey.web.visit import Visit

MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".sav": "application/x-spss-sav",
    ".json": "application/json",
    ".xes": "application/xml",
    ".zip": "application/zip",
}


def download(visit: Visit, code: str, order: Order) -> Response:
    """The file as an answer, written in the log before it leaves. Refuses as `write_export` does."""
    if visit.idempotency_key:
        raise Invalid("Een export wordt nergens bewaard. Stuur dit verzoek zonder Idempotency-Key.")
    work = visit.work
    hold_still(work)
    study = get_study(work, code)
    folder = tempfile.TemporaryDirectory(prefix="journey-export-")
    try:
        target = Path(folder.name) / f"{study.code}-{order.content}-{work.today}.{order.format}"
        made = pack(write_export(work, study, order, target))
        with visit.house.work(work.actor, now=work.now, origin=work.origin) as log:
            record_export(log, study, order, made)
    except BaseException:
        folder.cleanup()
        raise
    path = made.paths[0]
    return FileResponse(
        path,
        media_type=MEDIA[path.suffix],
        filename=path.name,
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(folder.cleanup),
    )
