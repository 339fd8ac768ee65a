"""Recorded reports. A day has one set of numbers: recording twice on one day keeps the numbers of the first and takes
the texts of now.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import col, func, select

from journey.audit.service import record_act
from journey.document.build import as_reader, build_content
from journey.document.content import Audience, Content
from journey.document.texts import list_texts
from journey.models import Participant, ReportSnapshot, Study, Withdrawal, stored_id
from journey.rating.quotes import list_approved
from journey.report.queries import find_batch, sees_live
from journey.rules.errors import NotFound
from journey.web.filters import day
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext
from journey.work import Work

# Who only stops leaves what was said in the figures; these two take answers out (rules, 32).
TAKES_ANSWERS = ("from_step", "erase")


def read_report(work: Work, study: Study, audience: Audience) -> Content:
    """The report of today with what people wrote; its quotes are still ids, see `open_report`."""
    return build_content(work, study, audience).with_texts(dict(list_texts(work, study)))


def open_report(work: Work, study: Study, content: Content) -> Content:
    """A report ready to be shown: with the words of the quotes that may be shown at this moment."""
    wanted = {one for block in content.blocks() if block.kind == "quotes" for one in block.ids}
    texts: dict[int, str] = {}
    if wanted:
        for quote in list_approved(work, study):
            if quote.edit is not None and quote.edit.id in wanted:
                texts[quote.edit.id] = quote.edit.body
    return content.readable(texts)


def record_snapshot(work: Work, study: Study, audience: Audience) -> ReportSnapshot:
    """Record the report as it is today; the present one of today when nothing in it changed.

    NotFound when the live figures are not for this reader. Later withdrawals do not change it: `later_withdrawals`
    tells of them.
    """
    as_reader(work, audience)
    work.session.exec(select(Study.id).where(Study.id == study.id).with_for_update())
    content = read_report(work, study, audience)
    last = _last_of_day(work, study, audience, work.today)
    if last is not None and not _withdrawn(work, study, last.made_at, work.now):
        kept = Content.from_json(last.content).with_texts(dict(list_texts(work, study)))
        if kept.to_json() == last.content:
            return last
        content = kept
    snapshot = ReportSnapshot(
        study_id=stored_id(study),
        number=_next_number(work, study),
        as_of=work.today,
        audience=audience,
        content=content.to_json(),
        made_by=work.actor.label,
        made_at=work.now,
    )
    work.session.add(snapshot)
    work.session.flush()
    record_act(work, "report.record", f"{study.code} {snapshot.number}")
    return snapshot


def list_snapshots(work: Work, study: Study, audience: Audience | None = None) -> Sequence[ReportSnapshot]:
    """Recorded reports the reader may see, newest first."""
    statement = select(ReportSnapshot).where(ReportSnapshot.study_id == study.id)
    wanted = audience if sees_live(work) else "manager"
    if wanted is not None:
        statement = statement.where(ReportSnapshot.audience == wanted)
    return work.session.exec(statement.order_by(col(ReportSnapshot.number).desc())).all()


def get_snapshot(work: Work, study: Study, number: int) -> ReportSnapshot:
    """NotFound for a number that is not there or not for this reader."""
    for one in list_snapshots(work, study):
        if one.number == number:
            return one
    raise NotFound("Dit rapport is er niet.")


def get_snapshot_on(work: Work, study: Study, audience: Audience, on: date) -> ReportSnapshot:
    """The report as it was recorded last on or before a day; NotFound when there is none."""
    for one in list_snapshots(work, study, audience):
        if one.as_of <= on and one.audience == audience:
            return one
    raise NotFound("Op of voor deze dag is geen rapport vastgelegd.")


def later_withdrawals(work: Work, study: Study, content: Content) -> str:
    """What to say of answers that were withdrawn since and still are in these numbers; empty when there are none.

    Managers hear of them with the next published figures, and not how many while these are few (rules, 33).
    """
    until: datetime | None = work.now
    if content.audience == "manager":
        batch = find_batch(work, study)
        until = batch.published_at if batch else None
    count = _withdrawn(work, study, content.counted_at, until) if until else 0
    if not count:
        return ""
    if content.audience == "manager" and count < study.batch_size:
        return _("Sinds deze cijfers zijn antwoorden ingetrokken. Die zitten nog in dit rapport.")
    return ngettext(
        "Na deze cijfers trok één persoon antwoorden in. Die zitten nog in dit rapport.",
        "Na deze cijfers trokken %(n)s mensen antwoorden in. Die zitten nog in dit rapport.",
        count,
    )


def open_snapshot(work: Work, study: Study, snapshot: ReportSnapshot) -> Content:
    """A recorded report ready to be shown; on top stands which one it is and what changed since."""
    content = Content.from_json(snapshot.content)
    recorded = _(
        "Vastgelegd rapport nummer %(number)s, van %(day)s.", number=snapshot.number, day=day(snapshot.as_of)
    )
    warning = later_withdrawals(work, study, content)
    told = (*content.standing, recorded, *([warning] if warning else []))
    return open_report(work, study, replace(content, standing=told))


def _withdrawn(work: Work, study: Study, since: datetime, until: datetime) -> int:
    """How many people took answers out after `since` and up to `until`."""
    statement = (
        select(func.count(func.distinct(Withdrawal.participant_id)))
        .join(Participant, col(Participant.id) == Withdrawal.participant_id)
        .where(
            Participant.study_id == study.id,
            col(Withdrawal.level).in_(TAKES_ANSWERS),
            col(Withdrawal.withdrawn_at) > since,
            col(Withdrawal.withdrawn_at) <= until,
        )
    )
    return work.session.exec(statement).one()


def _last_of_day(work: Work, study: Study, audience: Audience, today: date) -> ReportSnapshot | None:
    found = list_snapshots(work, study, audience)
    return next((one for one in found if one.as_of == today and one.audience == audience), None)


def _next_number(work: Work, study: Study) -> int:
    last = select(func.max(ReportSnapshot.number)).where(ReportSnapshot.study_id == study.id)
    return (work.session.exec(last).one() or 0) + 1
