"""What is kept about a person in plain words, in their language; the data behind it is in `my_data`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from journey.portal.my_data import MyData
from journey.route.definition import RouteDefinition
from journey.rules.cadence import was_reached
from journey.web.answers import answer_word
from journey.web.filters import day, moment
from journey.web.i18n import LANGUAGES, language
from journey.web.i18n import gettext as _


@dataclass(frozen=True)
class Section:
    """`rows` are (what, value), as they are read."""

    title: str
    rows: tuple[tuple[str, str], ...]


def data_words(data: MyData, definition: RouteDefinition) -> list[Section]:
    """Only what there is: a part without rows is left out."""
    parts = [
        Section(_("Hoe wij u bereiken"), _contact_rows(data)),
        Section(_("Wat u goed vond"), _consent_rows(data)),
        Section(_("Uw stappen"), _step_rows(data, definition)),
        Section(_("Uw antwoorden"), _answer_rows(data, definition)),
        Section(_("Onze gesprekken"), _call_rows(data)),
        Section(_("Wat de onderzoeker opschreef"), _note_rows(data)),
        Section(_("Sms'jes"), _text_rows(data)),
        Section(_("Spraakberichten en foto's"), _upload_rows(data)),
    ]
    return [part for part in parts if part.rows]


def channel_name(channel: str) -> str:
    return {
        "call": _("Bellen"),
        "sms": _("Sms"),
        "web": _("Deze pagina"),
        "paper": _("Brief"),
    }.get(channel, channel)


def _contact_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    contact, person = data.contact, data.person
    rows = (
        (_("Naam"), contact.get("call_name")),
        (_("Telefoonnummer"), contact.get("phone")),
        (_("Adres"), contact.get("postal_address")),
        (_("Manier"), channel_name(person["channel"])),
        (_("Taal"), LANGUAGES.get(person["language"], person["language"])),
        (_("Leeftijd"), person["age_band"]),
        (_("Code in het onderzoek"), person["code"]),
        (_("Onderzoeker"), person["researcher"]),
    )
    return tuple((name, value) for name, value in rows if value)


def _consent_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    names = {
        "participate": _("meedoen"),
        "calls": _("bellen"),
        "texts": _("sms'jes"),
        "quotes": _("uw woorden gebruiken"),
        "recording": _("opnemen"),
        "photos": _("foto's"),
        "file_dates": _("op welke dag u een stap deed"),
    }
    return tuple(
        (_moment(row["given_at"]), ", ".join(word for name, word in names.items() if row[name]))
        for row in data.kept["consents"]
    )


def _step_rows(data: MyData, definition: RouteDefinition) -> tuple[tuple[str, str], ...]:
    states = {
        "done": _("gedaan"),
        "planned": _("gepland"),
        "skipped": _("overgeslagen"),
        "bypassed": _("vervallen door maatwerk"),
    }
    return tuple(
        (
            _step_name(definition, row["step"]),
            ", ".join(filter(None, (states.get(row["state"], row["state"]), _day(row["happened_on"])))),
        )
        for row in data.kept.get("steps", ())
    )


def _answer_rows(data: MyData, definition: RouteDefinition) -> tuple[tuple[str, str], ...]:
    rows = []
    for row in data.kept["ratings"]:
        name = _step_name(definition, row["step"])
        if row["subject"] == "staff":
            name = _("Contact met de medewerker: %(step)s", step=name)
        answer = "" if row["words_only"] else answer_word(row["value"])
        words = f"“{row['quote']}”" if row["quote"] else ""
        rows.append((name, " ".join(filter(None, (answer, f"({_day(row['answered_on'])})", words)))))
    return tuple(rows)


def _call_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_moment(row["at"]), _("gesproken") if was_reached(row["outcome"]) else _("niet bereikt"))
        for row in data.kept["attempts"]
    )


def _note_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    notes = [(_moment(row["recorded_at"]), row["text"]) for row in data.kept["notes"]]
    if not notes:
        notes = [(_day(row["week"]), row["note"]) for row in data.kept["rounds"]]
    cards = [(_moment(row["handed_at"]), row["card"]) for row in data.kept["hand_overs"]]
    return tuple((when, words) for when, words in (*notes, *cards) if words)


def _text_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    rows = [(row["at"], _("Van ons"), row["text"]) for row in data.kept["texts_sent"]]
    rows += [(row["at"], _("Van u"), row["text"]) for row in data.kept["texts_received"]]
    return tuple((f"{_moment(at)}, {who}", text) for at, who, text in sorted(rows))


def _upload_rows(data: MyData) -> tuple[tuple[str, str], ...]:
    kinds = {"voice": _("spraakbericht"), "photo": _("foto")}
    return tuple(
        (_moment(row["uploaded_at"]), kinds[row["kind"]])
        for row in data.kept["uploads"]
        if row["deleted_at"] is None
    )


def _step_name(definition: RouteDefinition, step: str) -> str:
    found = next((one for one in definition.steps if one.id == step), None)
    return found.words(language()).name if found else step


def _day(iso: Any) -> str:
    return day(date.fromisoformat(iso)) if iso else ""


def _moment(iso: str) -> str:
    return moment(datetime.fromisoformat(iso))
