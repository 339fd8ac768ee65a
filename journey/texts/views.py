"""The page where a lead or an administrator chooses which texts go out, in which words, and approves a language."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from journey.auth.access import only
from journey.auth.scope import get_study
from journey.models import Study
from journey.outbox.sms import is_gsm7, plain, price_of, segments
from journey.rules.errors import NotFound
from journey.rules.roles import ADMIN, LEAD
from journey.texts.choices import (
    MOST_PRICE,
    approval_of,
    approve_language,
    change_words,
    choose_sent,
    is_on,
)
from journey.texts.service import sample
from journey.texts.words import (
    LANGUAGES,
    OCCASIONS,
    PLACES,
    fill,
    list_faults,
    standard,
    wording,
)
from journey.web.forms import Form
from journey.web.i18n import LANGUAGES as NAMES
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import UnitOfWork, Visit

router = APIRouter(route_class=UnitOfWork, include_in_schema=False)
Editor = Annotated[Visit, Depends(only(LEAD, ADMIN))]


@dataclass(frozen=True)
class Checked:
    """A text as it would arrive: `parts` are paid, `euros` what one costs, `faults` what must change first.

    `odd` are the signs that make each part hold 70 instead of 160; empty when there are none or they are replaced.
    """

    text: str
    shown: str
    parts: int
    gsm: bool
    odd: str
    euros: Decimal
    faults: tuple[str, ...]


@dataclass(frozen=True)
class TextRow:
    """One text in the list; `own` when the study chose other words than the standard."""

    occasion: str
    name: str
    on: bool
    own: bool
    checked: Checked


@dataclass(frozen=True)
class LanguageTexts:
    code: str
    name: str
    rows: tuple[TextRow, ...]
    approval: dict[str, str] | None


@dataclass(frozen=True)
class TextsPage:
    study: Study
    form: Form
    languages: tuple[LanguageTexts, ...]
    occasions: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    has_phone: bool
    saved: bool
    back: str


@dataclass(frozen=True)
class TextPage:
    """One text; `places` are (name, meaning, example)."""

    study: Study
    form: Form
    occasion: str
    name: str
    when: str
    language: str
    language_name: str
    places: tuple[tuple[str, str, str], ...]
    checked: Checked
    own: bool
    standard: str
    sender: str


@router.get("/studies/{study}/texts")
def show_texts(visit: Editor, study: str) -> Response:
    return _list(visit, get_study(visit.work, study), Form())


@router.post("/studies/{study}/texts")
def choose(visit: Editor, study: str) -> Response:
    """Which texts go out, and the price of one part; or, with `approve`, that a language was read and found right."""
    found, form = get_study(visit.work, study), visit.form()
    if form.typed("approve"):
        code = form.choice("approve", LANGUAGES, required=True)
        if code:
            approve_language(visit.work, found, code)
    else:
        price = _read_price(form)
        if price is not None:
            choose_sent(visit.work, found, set(form.all("on")) & set(OCCASIONS), price)
    if form.ok:
        return redirect(f"/studies/{found.code}/texts?saved=1")
    return _list(visit, found, form, status=422)


@router.get("/studies/{study}/texts/{occasion}/{language}")
def show_text(visit: Editor, study: str, occasion: str, language: str, text: str = "") -> Response:
    """The text in force, or looked at with the words that are being typed."""
    found = _known(visit, study, occasion, language)
    return _one(visit, found, occasion, language, Form(), text[:1000] or wording(found, language, occasion))


@router.post("/studies/{study}/texts/{occasion}/{language}")
def change_text(visit: Editor, study: str, occasion: str, language: str) -> Response:
    """Keeps the words; with `look` only shows them, with `usual` goes back to the standard."""
    found, form = _known(visit, study, occasion, language), visit.form()
    text = "" if form.checked("usual") else form.text("text", required=True, most=1000)
    if form.ok and not form.checked("look"):
        with form.attempt(visit.work):
            change_words(visit.work, found, language, occasion, text)
        if form.ok:
            return redirect(f"/studies/{found.code}/texts?saved=1")
    return _one(visit, found, occasion, language, form, text, status=200 if form.ok else 422)


def occasion_names() -> dict[str, tuple[str, str]]:
    """What each text is called, and when it goes."""
    return {
        "call_announced": (_("Wij gaan bellen"), _("Als iemand meedoet, voor het eerste gesprek.")),
        "missed_call": (_("Wij belden"), _("Na de tweede poging van een week waarin niemand opnam.")),
        "step_to_rate": (
            _("Hoe ging het?"),
            _("Als er een stap bij komt van iemand die we per sms of op het scherm volgen."),
        ),
        "staff_to_rate": (
            _("Hoe was de medewerker?"),
            _("Als de vraag over de stap beantwoord is, of haar tijd voorbij is."),
        ),
        "appointment": (_("Onze afspraak"), _("De dag ervoor om 17:00, of anders twee uur ervoor.")),
        "thanks": (_("Dank u wel"), _("Na het slotgesprek. Daarna is het nummer gewist.")),
    }


def _place_words() -> dict[str, str]:
    return {
        "place": _("de gemeente"),
        "researcher": _("wie er belt"),
        "phone": _("het nummer van het onderzoek"),
        "day": _("de dag"),
        "time": _("hoe laat"),
        "step": _("de stap"),
        "answers": _("de drie antwoorden"),
        "gift": _("het bedankje, als dat er is"),
    }


def _read_price(form: Form) -> int | None:
    """Typed in cents with at most two decimals; hundredths of a cent."""
    typed = form.text("price", required=True, most=10).replace(",", ".")
    if not form.ok:
        return None
    try:
        price = int(Decimal(typed) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        price = -1
    if not 0 <= price <= MOST_PRICE:
        form.refuse("price", _("Vul een bedrag in centen in, zoals 9 of 8,5."))
        return None
    return price


def _known(visit: Visit, study: str, occasion: str, language: str) -> Study:
    if occasion not in OCCASIONS or language not in LANGUAGES:
        raise NotFound("Dit bericht is er niet.")
    return get_study(visit.work, study)


def _check(visit: Visit, study: Study, occasion: str, language: str, text: str) -> Checked:
    text = " ".join(text.split())
    filled = fill(text, sample(visit.work, study, language))
    body = plain(filled)
    parts = segments(body)
    odd = "".join(sorted({sign for sign in filled if not is_gsm7(sign)}))
    faults = tuple(list_faults(occasion, text))
    return Checked(text, body, parts, is_gsm7(body), odd, parts * price_of(study), faults)


def _list(visit: Visit, study: Study, form: Form, *, status: int = 200) -> Response:
    names = occasion_names()
    languages = tuple(
        LanguageTexts(
            code,
            NAMES[code],
            tuple(
                TextRow(
                    occasion,
                    names[occasion][0],
                    is_on(study, occasion),
                    wording(study, code, occasion) != standard(code)[occasion],
                    _check(visit, study, occasion, code, wording(study, code, occasion)),
                )
                for occasion in OCCASIONS
            ),
            approval_of(study, code),
        )
        for code in LANGUAGES
    )
    page = TextsPage(
        study=study,
        form=form if form.errors else Form({"price": f"{price_of(study) * 100:.2f}".replace(".", ",")}),
        languages=languages,
        occasions=tuple((occasion, names[occasion][0]) for occasion in OCCASIONS),
        chosen=tuple(occasion for occasion in OCCASIONS if is_on(study, occasion)),
        has_phone=bool(study.research_phone),
        saved=visit.request.query_params.get("saved") == "1" and form.ok,
        back="/admin/studies" if visit.work.actor.is_admin else "/studies",
    )
    return render(visit, "texts/list.html", page, status=status)


def _one(
    visit: Visit, study: Study, occasion: str, language: str, form: Form, text: str, *, status: int = 200
) -> Response:
    name, when = occasion_names()[occasion]
    values, words = sample(visit.work, study, language), _place_words()
    page = TextPage(
        study=study,
        form=form,
        occasion=occasion,
        name=name,
        when=when,
        language=language,
        language_name=NAMES[language],
        places=tuple((place, words[place], values[place]) for place in PLACES[occasion]),
        checked=_check(visit, study, occasion, language, text),
        own=wording(study, language, occasion) != standard(language)[occasion],
        standard=standard(language)[occasion],
        sender=visit.house.settings.twilio_from or _("Onderzoek"),
    )
    return render(visit, "texts/edit.html", page, status=status)
