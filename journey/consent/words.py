"""The purposes of consent in plain words, the same for who is asked and who asks."""

from journey.consent.purposes import Answer
from journey.web.filters import day
from journey.web.i18n import gettext as _


def purpose_name(purpose: str) -> str:
    return {
        "participate": _("Meedoen"),
        "calls": _("Bellen"),
        "texts": _("Sms'jes sturen"),
        "quotes": _("Woorden in het verslag"),
        "recording": _("Opnemen en spraakberichten"),
        "photos": _("Foto's"),
        "file_dates": _("Op welke dag u een stap deed"),
    }[purpose]


def purpose_question(purpose: str) -> str:
    """The words somebody says yes to."""
    return {
        "calls": _("Ja, u mag mij bellen."),
        "texts": _("Ja, u mag mij sms'jes sturen."),
        "quotes": _("Ja, u mag iets wat ik zeg in het verslag zetten."),
        "recording": _("Ja, u mag het gesprek opnemen en mijn spraakbericht beluisteren."),
        "photos": _("Ja, u mag foto's bekijken die ik stuur."),
        "file_dates": _("Ja, u mag bij de gemeente vragen op welke dag ik een stap deed."),
    }[purpose]


def answer_words(answer: Answer, by: str = "") -> str:
    """Such as: Sinds dinsdag 14 april 2026: ja, mondeling, aan Mila. `by` is the name of who wrote it down; without it
    the person did so."""
    said = _("ja") if answer.allowed else _("nee")
    how = {"oral": _("mondeling"), "web": _("op een scherm"), "paper": _("op papier")}[answer.via]
    if by:
        return _(
            "Sinds %(day)s: %(said)s, %(how)s, aan %(name)s.",
            day=day(answer.since),
            said=said,
            how=how,
            name=by,
        )
    return _("Sinds %(day)s: %(said)s, %(how)s.", day=day(answer.since), said=said, how=how)
