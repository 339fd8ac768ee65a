"""What the categories of retention are called on the privacy officer's page."""

from journey.web.i18n import gettext as _


def category_words(name: str) -> tuple[str, str]:
    """The name of a category, and from when its term runs."""
    return {
        "contact": (_("Namen, nummers en adressen"), _("na het laatste levensteken, of na het onderzoek")),
        "messages": (_("Sms-berichten en antwoorden"), _("na het versturen of ontvangen")),
        "letters": (_("Lijst van brieven"), _("na het printen")),
        "help": (_("Hulpsignalen: naam en woorden"), _("na het signaal")),
        "links": (_("Links en codes"), _("nadat ze niet meer werken")),
        "uploads": (_("Spraakberichten en foto's"), _("na het versturen")),
        "calendar": (_("Agenda: afspraken en adressen"), _("na de afspraak, of na vertrek")),
        "cases": (_("Sleutels van het zaaksysteem"), _("na het sluiten van het onderzoek")),
        "answers": (_("Antwoorden van personen"), _("na het sluiten van het onderzoek")),
        "exports": (_("Lijst van exports"), _("na de export")),
        "imports": (_("Lijst van imports"), _("na de import")),
        "sessions": (_("Sessies en herstelcodes"), _("nadat ze niet meer werken")),
        "retries": (_("Antwoorden voor herhaalde verzoeken"), _("na het verzoek")),
        "runs": (_("Welke nachttaak wanneer liep"), _("na de nacht")),
        "audit": (_("Logboek"), _("na het opschrijven")),
    }[name]
