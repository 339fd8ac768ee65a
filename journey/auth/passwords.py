"""What a password may be: long enough, not the e-mail address, and none of the words that are tried first."""

import re

from journey.rules.errors import Invalid

LEAST_SIGNS = 10
MOST_SIGNS = 200
SHORTEST_NAME = 4
LEAST_OWN = 6  # letters beside names
# Tried first by whoever guesses, with or without digits and signs around them.
COMMON = """
    wachtwoord welkom geheim onderzoek onderzoeker gemeente haarlem zandvoort amsterdam nederland journey bijstand
    uitkering beheerder administrator admin password passw0rd welcome letmein changeme qwerty qwertyuiop azerty
    azertyuiop qwertyuiopasdf asdfghjkl iloveyou ikhouvanjou voetbal feyenoord zomer winter lente herfst maandag dinsdag
    woensdag donderdag vrijdag zaterdag zondag abcdefghij abcdefghijk
"""
ROWS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def refuse_weak_password(password: str, email: str, *context: str) -> None:
    """Invalid, with a sentence that says what to choose instead. `context` are names that who guesses tries first: of
    the user and of municipalities."""
    if len(password) < LEAST_SIGNS:
        raise Invalid("Een wachtwoord heeft ten minste 10 tekens.", field="password")
    if len(password) > MOST_SIGNS:
        raise Invalid("Een wachtwoord heeft hoogstens 200 tekens.", field="password")
    plain = password.strip().lower()
    local, _, host = email.strip().lower().partition("@")
    if plain in (email.strip().lower(), local, host) or _without_ends(plain) == _without_ends(local):
        raise Invalid("Kies een wachtwoord dat niet op uw e-mailadres lijkt.", field="password")
    letters = re.sub(r"[^a-z]", "", plain)
    named = [re.sub(r"[^a-z]", "", part) for whole in context for part in whole.lower().split()]
    for name in sorted(filter(None, named), key=len, reverse=True):
        letters = letters.replace(name, "") if len(name) >= SHORTEST_NAME else letters
    if any(len(name) >= SHORTEST_NAME and name in plain for name in named) and len(letters) < LEAST_OWN:
        raise Invalid("Kies een wachtwoord zonder namen van u of van een gemeente.", field="password")
    if _is_common(plain):
        raise Invalid(
            "Dit wachtwoord wordt vaak gebruikt. Kies een ander, bijvoorbeeld vier losse woorden.",
            field="password",
        )


def _is_common(plain: str) -> bool:
    words = re.sub(r"[^a-z0-9]", "", plain)
    core = _without_ends(plain)
    return (
        len(set(plain)) < 4
        or core in COMMON.split()
        or words in COMMON.split()
        or len(core) > 3 * len(set(core))
        or any(words in row or words in row[::-1] for row in ROWS)
        or any(
            words == part * (len(words) // len(part)) for part in (words[:4], words[:5], words[:6]) if part
        )
    )


def _without_ends(plain: str) -> str:
    """Without the digits and signs that people put before and after a word."""
    return re.sub(r"^[^a-z]+|[^a-z]+$", "", plain)
