"""What stands in a letter: who writes and why, what to do, how to stop, how to check that it is real.

In the person's language when we have its texts, else in Dutch with a note. Nothing about the benefit (rules, 42), also
inside: somebody else may open it. What may be seen through the window is the name to ask for and the address.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from journey.participant.queries import OpenContact
from journey.portal.languages import choose_written, speaking
from journey.portal.letters import shown_code
from journey.portal.letters_pdf import LetterWords
from journey.portal.queries import ContactCard, sender_name
from journey.portal.service import NewLink
from journey.web.filters import day
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class LetterFacts:
    """What the words are made of. `language` is the person's own, `reason` one of LETTER_REASONS."""

    place: str
    language: str
    reason: str
    contact: OpenContact
    card: ContactCard
    link: NewLink
    check: str
    written_at: datetime

    @property
    def site(self) -> str:
        """The address of this installation, with its scheme."""
        return self.link.link.rpartition("/p/")[0]


def letter_words(facts: LetterFacts) -> LetterWords:
    """One letter, ready to print."""
    spoken = choose_written(facts.language)
    with speaking(spoken):
        site = facts.site.partition("://")[2]
        sender = sender_name(facts.place)
        asked = f"?lang={spoken}" if spoken != "nl" else ""
        return LetterWords(
            language=spoken,
            sender=sender,
            day=day(facts.written_at),
            address=address_lines(facts.contact),
            subject=_("Wilt u ons vertellen hoe het gaat?"),
            opening=(_greeting(facts.contact), *_why(facts)),
            what_title=_("Wat kunt u doen?"),
            type_code=_("Ga naar %(address)s en typ deze code:", address=f"{site}/code"),
            code=shown_code(facts.link.letter_code),
            or_call=_or_call(facts),
            # After the #, so that no server and no log on the way sees the code.
            qr_link=f"{facts.site}/code{asked}#{facts.link.letter_code}",
            qr_alt=_("Vierkant om te scannen: het opent de pagina met uw code."),
            stop_title=_("Wilt u stoppen?"),
            stop=(_("Stoppen mag altijd. U hoeft niet te zeggen waarom."), _how_to_stop(facts)),
            real_title=_("Is deze brief echt?"),
            real=_real(site, facts.check),
            closing=_closing(facts, sender),
            notes=_notes(facts.language, spoken),
        )


def address_lines(contact: OpenContact) -> tuple[str, ...]:
    """The name to ask for and the address, a line each; an address on one line is cut at its commas."""
    typed = contact.postal_address or ""
    lines = [" ".join(line.split()) for line in re.split(r"[\r\n]+", typed)]
    if len([line for line in lines if line]) == 1:
        lines = [part.strip() for part in typed.split(",")]
    lines = [line for line in lines if line]
    name = " ".join((contact.call_name or "").split())
    return tuple(lines if not name or _names(lines[:1], name) else [name, *lines])


def _names(first: list[str], name: str) -> bool:
    """Whether the address begins with the person already: a line without a house number that holds the whole name."""
    words = first[0].casefold().split() if first else []
    return set(name.casefold().split()) <= set(words) and not any(sign.isdigit() for sign in first[0])


def _greeting(contact: OpenContact) -> str:
    if contact.call_name:
        return _("Beste %(name)s,", name=contact.call_name)
    return _("Beste heer of mevrouw,")


def _why(facts: LetterFacts) -> tuple[str, ...]:
    study = _("U doet mee aan ons onderzoek in %(place)s.", place=facts.place)
    unseen = _("Wie u bij de gemeente helpt, ziet niet dat u meedoet en niet wat u zegt.")
    if facts.reason == "missed":
        call = _("Wij belden u een paar keer, maar wij kregen u niet aan de telefoon. Dat geeft niet.")
        rest = _("Wij bellen u nu niet meer. Wilt u ons toch iets vertellen? Wij horen het graag.")
        return (f"{study} {call}", rest, unseen)
    if facts.reason == "new_step":
        again = _("Wij schreven u al eerder. Is er daarna iets gebeurd? Vertel ons hoe het ging.")
        return (f"{study} {again}", unseen)
    want = _("Wij willen weten hoe u geholpen wordt. Wat gaat goed, en wat kan beter?")
    return (f"{study} {want}", unseen)


def _or_call(facts: LetterFacts) -> tuple[str, ...]:
    scan = _("Of scan het vierkant met uw telefoon.")
    until = _("De code werkt tot en met %(day)s.", day=day(facts.link.expires_at))
    phone = facts.card.phone
    if phone is None:
        return (f"{scan} {until}",)
    call = _("Praat u liever? Bel ons: %(phone)s.", phone=phone.shown)
    if facts.card.researcher:
        call += " " + _("Vraag naar %(name)s.", name=facts.card.researcher)
    return (f"{scan} {until}", call)


def _how_to_stop(facts: LetterFacts) -> str:
    if facts.card.phone is None:
        return _("Typ de code en kies onderaan de pagina: Stoppen met het onderzoek.")
    return _(
        "Bel ons: %(phone)s. Of typ de code en kies onderaan de pagina: Stoppen met het onderzoek.",
        phone=facts.card.phone.shown,
    )


def _real(site: str, check: str) -> tuple[str, ...]:
    return (
        _(
            "Ga naar %(address)s en typ deze controlecode: %(code)s. "
            "Of vraag het aan de balie van de gemeente.",
            address=f"{site}/check",
            code=check,
        ),
        _("Wij vragen nooit om uw DigiD, uw bank of uw burgerservicenummer."),
    )


def _closing(facts: LetterFacts, sender: str) -> tuple[str, ...]:
    name = facts.card.researcher
    return (_("Met vriendelijke groet,"), *((name,) if name else ()), sender)


def _notes(own: str, spoken: str) -> tuple[str, ...]:
    """For who reads another language than this one: both languages we have ask to call."""
    if own == spoken:
        return ()
    return ("Spreekt u liever een andere taal? Bel ons. / Do you prefer another language? Please call us.",)
