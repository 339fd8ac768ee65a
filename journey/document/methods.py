"""How the study was done, in sentences that follow from its settings and its counts: who answered how, how often was
dialled, what was asked.
"""

from collections.abc import Iterator, Sequence

from journey.document.sentences import capital, listed
from journey.report.batches import Method
from journey.report.missed import MissedSplit
from journey.route.definition import RouteDefinition
from journey.rules.cadence import CadenceSettings
from journey.rules.ratings import Channel, Subject
from journey.web.filters import number
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext

CHANNELS = {
    Channel.call: "aan de telefoon",
    Channel.sms: "per sms",
    Channel.web: "op een eigen pagina",
    Channel.paper: "op papier",
}


def method_sentences(
    routes: Sequence[RouteDefinition], cadence: CadenceSettings, method: Method, missed: Sequence[MissedSplit]
) -> Iterator[str]:
    """`missed` as the reader may see it: channels that are hidden are not named."""
    yield from _channels(missed)
    yield from _calls(method, cadence)
    yield from _questions(routes)
    yield _("Meedoen was vrijwillig. Wie over de uitkering beslist, ziet niet wie meedeed.")


def _channels(missed: Sequence[MissedSplit]) -> Iterator[str]:
    groups = [
        group for split in missed if split.kind == "channels" for group in split.groups if group.enrolled
    ]
    named = [
        _(
            "%(how)s (%(n)s)",
            how=_(" of ").join(_channel(key) for key in group.keys),
            n=number(group.enrolled),
        )
        for group in groups
    ]
    if named:
        yield _("Deelnemers deden mee %(how)s.", how=listed(named))


def _channel(key: str) -> str:
    return _(CHANNELS[Channel(key)]) if key in CHANNELS else _("op een manier die niet is genoteerd")


def _calls(method: Method, cadence: CadenceSettings) -> Iterator[str]:
    """Only of a study that dialled, as far as the reader may know."""
    attempts = (method.counts or {}).get("attempts")
    if not attempts:
        return
    tried = ngettext("er was één belpoging", "er waren %(n)s belpogingen", attempts)
    talked = ngettext("één gesprek", "%(n)s gesprekken", (method.counts or {}).get("interviews", 0))
    yield capital(_("%(tried)s en %(talked)s.", tried=tried, talked=talked))
    yield ngettext(
        "Na een gesprek kwam de deelnemer na een dag weer op de bellijst, voor hoogstens %(most)s pogingen per keer.",
        "Na een gesprek kwam de deelnemer na %(n)s dagen weer op de bellijst, voor hoogstens %(most)s pogingen per "
        "keer.",
        cadence.rest_days,
        most=number(cadence.attempts_a_round),
    )


def _questions(routes: Sequence[RouteDefinition]) -> Iterator[str]:
    asked = {subject for route in routes for step in route.steps for subject in step.rates}
    questions = []
    if Subject.step in asked:
        questions.append(_("hoe was de stap"))
    if Subject.staff in asked:
        questions.append(_("hoe was het contact met de medewerker"))
    if questions:
        yield _("Per stap vroegen we: %(questions)s?", questions=_(", en ").join(questions))
