"""My say: when and how we call, who calls, a rest, and what we know. One tap from one's own page; every wish is in
force at once, and its page says what happens now."""

import json
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response

from journey.audit.service import record_act
from journey.auth.access import Everyone
from journey.call.asked import CallDay
from journey.consent.purposes import CHOICES
from journey.consent.words import purpose_question
from journey.portal.call_words import slot_sentence
from journey.portal.door import BehindLink, Holder, closed_door, enter
from journey.portal.my_data import MyData, get_my_data
from journey.portal.my_data_words import Section, channel_name, data_words
from journey.portal.pages import Address, Frame
from journey.portal.say import (
    PARTS,
    Wishes,
    ask_other_researcher,
    call_later,
    choose_channel,
    get_wishes,
    list_days,
    pause,
    resume,
)
from journey.portal.say_choices import Said, choose_purposes, last_choice, list_agreed, list_said
from journey.portal.service import as_participant, ask_back
from journey.rules.appointments import Slot
from journey.rules.ratings import Channel
from journey.web.filters import day as day_words
from journey.web.forms import Form
from journey.web.i18n import gettext as _
from journey.web.templating import redirect, render
from journey.web.visit import Visit

router = APIRouter(route_class=BehindLink, include_in_schema=False)


@dataclass(frozen=True)
class SayPage:
    """Everything somebody can decide; `coming` says when we call, or nothing."""

    frame: Frame
    address: Address
    form: Form
    wishes: Wishes
    our_number_ends: str
    coming: str
    has_answers: bool


@dataclass(frozen=True)
class ChoicePage:
    """A choice of days and parts of the day, or of ways (value, words)."""

    frame: Frame
    address: Address
    form: Form
    days: tuple[CallDay, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    now: str = ""


@dataclass(frozen=True)
class ChoicesPage:
    """Purposes with what was said to each and since when; `questions` (purpose, words) may be changed here, beside the
    choice `seen`."""

    frame: Frame
    address: Address
    form: Form
    questions: tuple[tuple[str, str], ...]
    purposes: tuple[Said, ...]
    seen: str


@dataclass(frozen=True)
class DonePage:
    """What happens now, in one or two sentences."""

    frame: Frame
    address: Address
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class DataPage:
    """What we know; without `sections` it was not asked for yet."""

    frame: Frame
    address: Address
    sections: tuple[Section, ...]
    today: date


@router.get("/p/{token}/say")
def say(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _say_page(visit, holder, Form())


@router.get("/p/{token}/call")
@router.get("/p/{token}/pause")
@router.get("/p/{token}/researcher")
def reloaded(visit: Everyone, token: str) -> Response:
    """A reload of a confirmation comes here; it asks nothing twice."""
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else redirect(holder.address.to("/say"))


@router.post("/p/{token}/call")
def call_me(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form, ends = Form(), holder.reader().card.our_number_ends
    with form.attempt(visit.work):
        until = ask_back(holder.work, holder.participant)
        number = _("Wij bellen u op het nummer dat eindigt op %(digits)s.", digits=ends)
        sentences = (_("U hoort ons uiterlijk %(day)s.", day=day_words(until)), number)
        return _done(visit, holder, _("Wij bellen u"), *sentences)
    return _say_page(visit, holder, form)


@router.get("/p/{token}/later")
def later(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    wishes = get_wishes(visit.work, holder.participant)
    if not (wishes.has_number and wishes.is_followed):
        return redirect(holder.address.to("/say"))
    return _later_page(visit, holder, Form())


@router.post("/p/{token}/later")
def plan_later(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form = visit.form()
    if not form.typed("day"):
        form.refuse("day", _("Kies een dag."))
    if not form.typed("part"):
        form.refuse("part", _("Kies een deel van de dag."))
    on, part = form.day("day"), form.choice("part", PARTS)
    if on and part and form.ok:
        with form.attempt(visit.work):
            agreed = call_later(holder.work, holder.participant, on, part)
            words = slot_sentence(agreed) if isinstance(agreed, Slot) else _on_day(agreed)
            return _done(visit, holder, _("Afgesproken"), words)
    return _later_page(visit, holder, form)


@router.post("/p/{token}/pause")
def rest(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    if visit.form().typed("wanted") == "no":
        resume(holder.work, holder.participant)
        words = holder.reader().coming() or _("Wij bellen u weer.")
        return _done(visit, holder, _("Uw pauze is voorbij"), words)
    until = day_words(pause(holder.work, holder.participant))
    sentences = (
        _("Wij bellen u niet tot %(day)s.", day=until),
        _("Eerder praten? Kies dan: Bel mij, of stop de pauze."),
    )
    return _done(visit, holder, _("U heeft pauze"), *sentences)


@router.get("/p/{token}/channel")
def channel(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _channel_page(visit, holder, Form())


@router.post("/p/{token}/channel")
def change(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form = visit.form()
    chosen = form.choice("channel", Channel, required=True)
    if chosen and form.ok:
        with form.attempt(visit.work):
            choose_channel(holder.work, holder.participant, chosen)
            return _done(visit, holder, _("Bewaard"), _channel_words(chosen))
    return _channel_page(visit, holder, form)


@router.get("/p/{token}/choices")
def choices(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _choices_page(visit, holder, None)


@router.post("/p/{token}/choices")
def choose(visit: Everyone, token: str) -> Response:
    """Yes or no per purpose, in force at once; taking part itself ends on the page for stopping."""
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    form = visit.form()
    if form.typed("seen") != last_choice(holder.work, holder.participant):
        form.refuse("", _("Uw keuzes zijn intussen veranderd. Kijk, en bewaar ze opnieuw."))
    else:
        with form.attempt(visit.work):
            ticked = {purpose: form.checked(purpose) for purpose in CHOICES}
            choose_purposes(holder.work, holder.participant, ticked)
            return _done(visit, holder, _("Bewaard"), _("Het geldt nu al."))
    return _choices_page(visit, holder, form)


@router.post("/p/{token}/researcher")
def other_researcher(visit: Everyone, token: str) -> Response:
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    wanted = visit.form().typed("wanted") != "no"
    ask_other_researcher(holder.work, holder.participant, wanted)
    words = (
        _("Wij zoeken iemand anders voor u. Dat kan een paar dagen duren.")
        if wanted
        else _("Uw onderzoeker blijft dezelfde.")
    )
    return _done(visit, holder, _("Bewaard"), words)


@router.get("/p/{token}/data")
def data(visit: Everyone, token: str) -> Response:
    """Only a button: a look at what we know is written down, and a GET changes nothing."""
    holder = enter(visit, token)
    return closed_door(visit) if holder is None else _data_page(visit, holder, None)


@router.post("/p/{token}/data")
def show_data(visit: Everyone, token: str) -> Response:
    """On the screen, or with `form` text or json as a file to keep."""
    holder = enter(visit, token)
    if holder is None:
        return closed_door(visit)
    kind = visit.form().choice("form", ("text", "json")) or ""
    own = as_participant(visit.work, holder.participant)
    record_act(own, "data.download" if kind else "data.view", holder.participant.code)
    found = get_my_data(own, holder.participant)
    if kind == "json":
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=2)
        answer = Response(text, media_type="application/json")
    else:
        answer = _data_page(visit, holder, found, as_file=kind == "text")
    if kind:
        name = f"journey-{holder.participant.code}.{'json' if kind == 'json' else 'html'}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _say_page(visit: Visit, holder: Holder, form: Form) -> Response:
    reader = holder.reader()
    page = SayPage(
        reader.frame("/say"),
        holder.address,
        form,
        get_wishes(visit.work, holder.participant),
        reader.card.our_number_ends,
        reader.coming(),
        bool(reader.ratings),
    )
    return render(visit, "portal/say.html", page, status=200 if form.ok else 422)


def _later_page(visit: Visit, holder: Holder, form: Form) -> Response:
    days = tuple(list_days(visit.work, holder.participant))
    page = ChoicePage(holder.reader().frame("/later"), holder.address, form, days=days)
    return render(visit, "portal/later.html", page, status=200 if form.ok else 422)


def _channel_page(visit: Visit, holder: Holder, form: Form) -> Response:
    ways = tuple((one, channel_name(one)) for one in get_wishes(visit.work, holder.participant).channels)
    page = ChoicePage(
        holder.reader().frame("/channel"), holder.address, form, ways=ways, now=holder.participant.channel
    )
    return render(visit, "portal/channel.html", page, status=200 if form.ok else 422)


def _choices_page(visit: Visit, holder: Holder, form: Form | None) -> Response:
    page = ChoicesPage(
        holder.reader().frame("/choices"),
        holder.address,
        form or Form(dict.fromkeys(list_agreed(holder.work, holder.participant), "yes")),
        tuple((purpose, purpose_question(purpose)) for purpose in CHOICES),
        tuple(list_said(holder.work, holder.participant)),
        last_choice(holder.work, holder.participant),
    )
    return render(visit, "portal/choices.html", page, status=422 if form else 200)


def _data_page(visit: Visit, holder: Holder, found: MyData | None, *, as_file: bool = False) -> Response:
    reader = holder.reader()
    sections = tuple(data_words(found, reader.definition)) if found else ()
    page = DataPage(reader.frame("/data"), holder.address, sections, visit.today)
    return render(visit, "portal/data_file.html" if as_file else "portal/data.html", page)


def _done(visit: Visit, holder: Holder, title: str, *sentences: str) -> Response:
    page = DonePage(holder.reader().frame("/say"), holder.address, title, sentences)
    return render(visit, "portal/say_done.html", page)


def _on_day(agreed: date) -> str:
    return _("Wij bellen u op %(day)s.", day=day_words(agreed))


def _channel_words(chosen: str) -> str:
    return {
        "call": _("Wij bellen u weer."),
        "sms": _("Wij sturen u sms'jes. Wij bellen u niet meer elke week."),
        "web": _("U vertelt het op deze pagina. Wij bellen u niet meer elke week."),
        "paper": _("Wij sturen u brieven. Wij bellen u niet meer elke week."),
    }[chosen]
