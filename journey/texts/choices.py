"""Which texts a study sends, in whose words, at what price, and who approved a language."""

from typing import Any, Final

from journey.audit.service import record_act
from journey.models import Study
from journey.rules.errors import Invalid
from journey.settings import Settings
from journey.texts.words import LANGUAGES, OCCASIONS, list_faults, standard
from journey.work import Work

MOST_PRICE: Final = 10000
# Of people who are invented or were followed long ago.
SILENT: Final[dict[str, Any]] = {"off": list(OCCASIONS)}


def is_on(study: Study, occasion: str) -> bool:
    return occasion not in study.texts.get("off", [])


def approval_of(study: Study, language: str) -> dict[str, str] | None:
    """Who approved the texts of a language and on which day: `name` and `day`."""
    found: dict[str, str] | None = study.texts.get("approved", {}).get(language)
    return found


def language_for(study: Study, own: str, settings: Settings) -> str:
    """The person's own language; Dutch, which is binding, when we have no texts in it or, in production, when nobody
    approved them (rules, 43)."""
    if own in LANGUAGES and (not settings.is_production or approval_of(study, own)):
        return own
    return "nl"


def change_words(work: Work, study: Study, language: str, occasion: str, text: str) -> None:
    """In force for what is planned from now on; empty is back to the standard. An approval of other words ends.

    Invalid with the first thing that is wrong.
    """
    text = " ".join(text.split())
    if text and (faults := list_faults(occasion, text)):
        raise Invalid("%(fault)s", field="text", fault=" ".join(faults))
    words = {code: dict(one) for code, one in study.texts.get("words", {}).items()}
    own = words.setdefault(language, {})
    before = own.pop(occasion, "")
    if text and text != standard(language)[occasion]:
        own[occasion] = text
    if before == own.get(occasion, ""):
        return
    approved = {code: one for code, one in study.texts.get("approved", {}).items() if code != language}
    _keep(
        work,
        study,
        f"texts.{language}.{occasion}",
        words={k: v for k, v in words.items() if v},
        approved=approved,
    )


def choose_sent(work: Work, study: Study, on: set[str], price: int) -> None:
    """Which occasions are texted, and the price of one part in hundredths of a cent."""
    off = [occasion for occasion in OCCASIONS if occasion not in on]
    _keep(work, study, "texts.choose", off=off, price=price)


def approve_language(work: Work, study: Study, language: str) -> None:
    """The one who acts read all texts of this language and finds them right."""
    approved = dict(study.texts.get("approved", {}))
    approved[language] = {"name": work.actor.name or work.actor.label, "day": work.today.isoformat()}
    _keep(work, study, f"texts.{language}.approve", approved=approved)


def _keep(work: Work, study: Study, act: str, **changes: Any) -> None:
    study.texts = {**study.texts, **changes}
    work.session.add(study)
    work.session.flush()
    record_act(work, f"study.{act}", study.code)
