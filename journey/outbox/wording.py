"""What staff read about a message: why it was sent, how it stands, and what to do when it did not arrive."""

import re
from typing import Final

from journey.web.i18n import gettext as _

# Twilio: no such number, no mobile, unknown or unreachable destination.
WRONG_NUMBER: Final = frozenset({"21211", "21612", "21614", "21635", "30005", "30006", "no number"})
STOPPED: Final = frozenset({"21610", "number stopped"})
AWAY: Final = frozenset({"30003", "30008"})


def occasion_words() -> dict[str, str]:
    return {
        "link": _("Link gevraagd"),
        "call_announced": _("Belafspraak aangekondigd"),
        "missed_call": _("Oproep gemist"),
        "step_to_rate": _("Vraag over een stap"),
        "staff_to_rate": _("Vraag over de medewerker"),
        "help_signal": _("Dringend bericht voor u"),
        "appointment": _("Afspraak"),
        "thanks": _("Bedankt"),
        "stop_confirmed": _("Afmelding bevestigd"),
        "answer": _("Antwoord op een sms"),
        "digest": _("De dag in het kort"),
    }


def state_words() -> dict[str, tuple[str, str]]:
    """The word for a state and the kind of its tag."""
    return {
        "ready": (_("staat klaar"), "accent"),
        "sending": (_("wordt verstuurd"), "accent"),
        "accepted": (_("onderweg"), "accent"),
        "uncertain": (_("onzeker: misschien aangekomen"), "warning"),
        "failed": (_("mislukt"), "danger"),
        "sent": (_("verstuurd"), "success"),
        "delivered": (_("aangekomen"), "success"),
        "undelivered": (_("niet aangekomen"), "danger"),
        "cancelled": (_("niet verstuurd"), "still"),
    }


def meaning_words(meaning: str) -> tuple[str, str]:
    """What a text that came in is about, and the kind of its tag."""
    return {
        "distress": (_("dringend: bel vandaag"), "danger"),
        "refuse": (_("wil niet meer"), "warning"),
        "wrong_number": (_("verkeerd nummer"), "warning"),
        "unclear": (_("niet begrepen"), "accent"),
    }.get(meaning, (_("om te lezen"), "accent"))


def advice(state: str, error: str) -> str:
    """What to do, in a sentence; empty when nothing needs doing or saying. `error` holds words or codes."""
    codes = {error, *re.findall(r"\d+", error)}
    if state == "uncertain":
        return _("Misschien aangekomen. Dat wordt nagekeken: u hoeft niets te doen.")
    if codes & STOPPED:
        return _("Dit nummer wil geen sms meer. Bellen mag nog: vraag wat de bedoeling was.")
    if state == "cancelled":
        return _("Het was te laat om het nog te sturen.") if error == "expired" else ""
    if state not in ("failed", "undelivered"):
        return ""
    if codes & WRONG_NUMBER:
        return _("Het nummer klopt waarschijnlijk niet. Kijk het na bij de contactgegevens.")
    if codes & AWAY:
        return _("De telefoon stond uit of had geen bereik. Bel op een ander moment.")
    if "30007" in codes:
        return _("De provider hield het tegen. Bel de deelnemer.")
    return _("Het kwam niet aan. Bel de deelnemer.")
