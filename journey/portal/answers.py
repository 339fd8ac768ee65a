"""What we text back: each text that came in gets exactly one of these, in the language of who sent it (rules, 42a)."""

from datetime import date, datetime

from journey.clock import AMSTERDAM
from journey.models import TextQuestion
from journey.rules.ratings import Subject
from journey.texts.service import answers_words, day_words
from journey.web.answers import answer_word
from journey.web.i18n import gettext as _


def about(question: TextQuestion) -> str:
    """What an answer was about, to stand in a sentence."""
    if question.subject == Subject.step:
        return question.name
    return _("de medewerker bij %(step)s", step=question.name)


def word(value: str) -> str:
    return answer_word(value).lower()


def understood(question: TextQuestion, value: str, *, quote: bool, may_quote: bool, asks: bool) -> str:
    text = _(
        "Wij begrepen: %(about)s: %(value)s. Klopt het niet? Stuur FOUT.",
        about=about(question),
        value=word(value),
    )
    if quote and may_quote:
        text += " " + _("Misschien staan uw woorden in het verslag, zonder uw naam.")
    elif quote:
        text += " " + _("Uw woorden leest alleen de onderzoeker.")
    return text + " " + _("Uw vraag lezen wij ook.") if asks else text


def changes(question: TextQuestion, old: str, new: str) -> str:
    return _(
        "U verandert %(about)s van %(old)s in %(new)s? Stuur JA.",
        about=about(question),
        old=word(old),
        new=word(new),
    )


def stays(question: TextQuestion, value: str) -> str:
    return _("Goed. %(about)s blijft: %(value)s.", about=about(question), value=word(value))


def what_then(question: TextQuestion, old: str) -> str:
    return _(
        "U zei: %(about)s: %(old)s. Wat moet het zijn? Stuur %(answers)s.",
        about=about(question),
        old=word(old),
        answers=answers_words(),
    )


def skipped() -> str:
    return _("Goed. Wij slaan deze vraag over.")


def will_read(phone: str) -> str:
    text = _("Wij lezen dit en bellen u.")
    return text + " " + _("Zelf bellen? %(phone)s.", phone=phone) if phone else text


def will_help() -> str:
    return _("Wij lezen dit vandaag nog en bellen u. Is er nu gevaar? Bel 112.")


def will_call(due: datetime) -> str:
    local = due.astimezone(AMSTERDAM)
    return _(
        "Goed. Wij bellen u, uiterlijk %(day)s om %(time)s.",
        day=day_words(local.date()),
        time=f"{local:%H:%M}",
    )


def held() -> str:
    return _(
        "Goed. Wij bellen en sms'en u nu niet meer. Wij lezen wat u schreef. Helemaal stoppen? Stuur STOP."
    )


def not_theirs() -> str:
    return _("Dank u wel. Wij kijken het na. U krijgt geen berichten meer van ons.")


def study_is_over() -> str:
    return _("Het onderzoek is afgelopen. Uw antwoord telt niet meer mee. Dank u wel.")


def thanked() -> str:
    return _("Dank u wel.")


def welcome_back() -> str:
    return _("U krijgt weer berichten van ons. Stoppen? Stuur STOP.")


def paused(until: date) -> str:
    return _(
        "Goed. Wij bellen u niet tot %(day)s. Eerder bellen? Stuur BEL. Stoppen? Stuur STOP.",
        day=day_words(until),
    )


def which_day(left: list[date]) -> str:
    days = ", ".join(day_words(day).split()[0] for day in left)
    return _("Op welke dag mogen wij bellen: %(days)s? Stuur de naam van de dag.", days=days)


def moved(day: date) -> str:
    return _("Goed. Wij bellen u op %(day)s. Past het niet? Stuur LATER.", day=day_words(day))
