"""What in somebody's words could tell who it is: an aid for who writes them down, before a second reader edits them.

It misses and it sees too much; it never decides. Quotes are edited so that nobody can be recognised (rules, 34).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from journey.rules.errors import Invalid

CITIZEN_NUMBER_REFUSED: Final = (
    "Hier staat een burgerservicenummer. Dat mogen wij niet bewaren: haal het weg. Is het een ander nummer? Zet er "
    "dan een letter voor."
)


class Clue(StrEnum):
    email = "email"
    phone = "phone"
    citizen_number = "citizen_number"
    birth = "birth"
    postcode = "postcode"
    address = "address"
    staff = "staff"
    relative = "relative"
    age = "age"
    origin = "origin"
    name = "name"


@dataclass(frozen=True)
class Seen:
    """A piece of the text and what it looks like."""

    clue: Clue
    text: str


_WORD: Final = r"[^\W\d_][\w'’-]*"
_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ][\w'’-]+"
_NAME: Final = rf"(?:(?:van|de|der|den|ter|ten|el|al|ben|bin)\s+)*{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}"
_MONTHS: Final = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_KIN: Final = (
    r"man|vrouw|partner|vriend|vriendin|ex|zoon|dochter|kind|baby|moeder|vader|broer|zus|oma|opa|oom|tante|neef|nicht"
    r"|buurman|buurvrouw|schoon\w+|stief\w+"
)
_COUNTED: Final = (
    r"keer|euro|procent|%|dag|dagen|week|weken|maand|maanden|uur|minuten|km|kilometer|mensen|brieven|pagina"
    rf"|{_MONTHS}"
)
_LANDS: Final = (
    r"afghaan\w*|afghanistan|albanië|algerije|arabi\w+|armeni\w+|aruba|bosnië|bulgaar\w*|bulgarije|china|chine[es]\w*"
    r"|colombia\w*|curaçao|egypte\w*|eritre\w+|ethiopi\w+|filipijn\w+|ghan[ae]\w*|guinee|hongarije|india|indones\w+"
    r"|iraki?|iraak\w+|iran|iraan\w+|joegoslavi\w+|kaapverdi\w+|koerd\w*|kongo|congo|kroatië|libanon|liban[ei]\w+|libië"
    r"|marokk\w+|moldavië|nigeria\w*|oekraï\w+|oeigoer\w*|pakista\w+|palest\w+|polen|poolse?|portuge\w+|portugal"
    r"|roemeni\w+|roemeen\w*|rusland|russisch\w*|rwanda|senegal|servi\w+|slowak\w+|soedan\w*|somali\w+|spanje|spaanse?"
    r"|surina\w+|syri\w+|tsjech\w+|tunesi\w+|turk|turks\w*|turkije|turken|venezuela|vietnam\w*|jemen\w*|antill\w+"
)
_STREETS: Final = (
    r"straat|laan|weg|plein|gracht|kade|dijk|singel|hof|pad|steeg|dreef|plantsoen|markt|baan|burg|park"
)

# In the order of looking: what an earlier one took, a later one leaves alone.
_PATTERNS: Final = tuple(
    (clue, re.compile(pattern, flags))
    for clue, pattern, flags in (
        (Clue.email, r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", 0),
        (Clue.phone, r"(?<!\d)(?:\+31|0031|0)(?:[\s.-]*\(0\))?(?:[\s.-]*\d){9}(?!\d)", 0),
        (Clue.birth, rf"\bgeboren\s+(?:op|in)?\s*(?:\d[\w.\s/-]*\d{{2,4}}|\d{{4}}|{_CAPITAL})", 0),
        (Clue.birth, r"(?<!\d)\d{1,2}[-/.\s]\d{1,2}[-/.\s](?:19\d\d|20[01]\d)(?!\d)", 0),
        (Clue.birth, rf"(?<!\d)\d{{1,2}}\s+(?:{_MONTHS})\s+(?:19\d\d|20[01]\d)(?!\d)", re.IGNORECASE),
        (Clue.citizen_number, r"(?<!\d)(?:\d{9}|\d{4}\.\d{2}\.\d{3}|\d{3}[.\s]\d{3}[.\s]\d{3})(?!\d)", 0),
        (Clue.postcode, r"(?<!\d)[1-9]\d{3}(?:\s?[A-Z]{2}|[a-z]{2})\b", 0),
        (
            Clue.address,
            rf"\b(?-i:(?:{_CAPITAL}\s+){{0,2}})(?!onderweg|werkplein|leerplein)\w{{2,}}(?:{_STREETS})\s+\d{{1,4}}(?:\s?[a-z]\b)?(?!\s*(?:{_COUNTED})\b)",
            re.IGNORECASE,
        ),
        (
            Clue.staff,
            rf"\b(?:[Mm]evrouw|[Mm]evr\.?|[Mm]eneer|[Mm]ijnheer|[Dd]hr\.?|[Mm]w\.?|[Jj]uffrouw|[Dd]e\s+heer)\s+{_NAME}",
            0,
        ),
        (Clue.relative, rf"\b(?:[Mm]ijn|[Mm]['’]n|[Oo]nze|[Zz]ijn|[Hh]aar)\s+(?:{_KIN})\s+{_CAPITAL}", 0),
        (Clue.name, rf"\b(?:[Mm]ijn\s+naam\s+is|[Gg]enaamd)\s+{_WORD}", 0),
        (Clue.age, r"(?<!\d)\d{1,2}(?:\s*jaar\s+oud|\s*-?\s*jarige?)\b", re.IGNORECASE),
        (
            Clue.age,
            rf"\b(?:ben|is|was|word|wordt|werd)\s+(?:al|nu|pas|bijna|net|ook)?\s*(?:1[4-9]|[2-9]\d)\b(?!\s*(?:{_COUNTED})\b)"
            r"(?!\s*jaar\s+(?:geleden|lang|getrouwd|bezig|in|bij))",
            re.IGNORECASE,
        ),
        (Clue.age, r"\bvan\s+(?:1[4-9]|[2-9]\d)\s+jaar\b", re.IGNORECASE),
        (Clue.origin, rf"\b(?:{_LANDS})\b", re.IGNORECASE),
    )
)

# Words that are often written with a capital and name nobody.
_NOBODY_LISTED: Final = """
    agros amsterdam belastingdienst bijstand brp corona cv digid duo eindgesprek excel facebook gemeente god google
    haarlem hoofddorp ik indeed internet kerst klantmanager leerplein linkedin marktplaats nederland nederlander
    nederlanders nederlands nederlandse ns participatiegesprek participatiewet pasen pasmatch plichten ramadan rechten
    rmc sinterklaas sms sociale svb teams u uw uwv voedselbank werk werkbedrijf werkplein werkplek whatsapp wmo word
    workshop ww youtube zandvoort zoom
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    januari februari maart april mei juni juli augustus september oktober november december
"""
_NOBODY: Final = frozenset(_NOBODY_LISTED.split())
_BEFORE_A_SENTENCE: Final = frozenset(".!?…:;\n\"“”„‘’'([]«»–—-")


def find_recognisable(text: str) -> tuple[Seen, ...]:
    """Every piece that could point at a person, in the order of the text; the same piece once.

    Looks for e-mail addresses, phone numbers, nine digits in a row (a citizen number), dates of birth, postcodes,
    streets with a number, staff by name, relatives by name, ages, countries of origin, and other words with a capital
    in the middle of a sentence.
    """
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Seen]] = []
    for clue, start, end in _spans(text):
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        found.append((start, Seen(clue, " ".join(text[start:end].split()))))
    in_order = [seen for _, seen in sorted(found, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(in_order))


def _spans(text: str) -> Iterator[tuple[Clue, int, int]]:
    for clue, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield clue, match.start(), match.end()
    for match in re.finditer(rf"(?<![\w.@-]){_CAPITAL}", text):
        word = match[0].rstrip("'’-")
        before = text[: match.start()].rstrip(" \t")
        if _is_name(word) and before and before[-1] not in _BEFORE_A_SENTENCE:
            yield Clue.name, match.start(), match.start() + len(word)


def _is_name(word: str) -> bool:
    """A word with one capital in front; abbreviations and words of the process name nobody."""
    plain = word.removesuffix("'s").removesuffix("’s")
    return not plain.isupper() and plain.casefold() not in _NOBODY


TELLING: Final = frozenset({Clue.email, Clue.phone, Clue.staff, Clue.relative, Clue.name, Clue.birth})


def is_telling(seen: Seen) -> bool:
    """Whether this names somebody almost certainly: a name, a number, a date of birth. Nine digits only when they pass
    the eleven-test of a citizen number (BSN).
    """
    if seen.clue is Clue.citizen_number:
        return passes_eleven_test(re.sub(r"\D", "", seen.text))
    return seen.clue in TELLING


_NINE: Final = re.compile(r"(?<![\w.])(?:\d{9}|\d{4}\.\d{2}\.\d{3}|\d{3}([.\s])\d{3}\1\d{3})(?![\w])")


def find_citizen_number(text: str) -> str | None:
    """The first nine digits by themselves that pass the eleven-test, as they were typed; a letter before them makes it
    another number. One in eleven numbers passes by chance, so the writer must be able to go on.
    """
    for match in _NINE.finditer(text):
        if passes_eleven_test(re.sub(r"\D", "", match[0])):
            return match[0]
    return None


def refuse_citizen_number(text: str, field: str | None = None) -> None:
    """Invalid when a citizen number (BSN) stands in what somebody wants to keep (rules, 35)."""
    if find_citizen_number(text) is not None:
        raise Invalid(CITIZEN_NUMBER_REFUSED, field=field)


def passes_eleven_test(digits: str) -> bool:
    """Nine digits weighed 9 to 2 and -1 add up to a multiple of eleven (Logisch ontwerp BSN)."""
    if len(digits) != 9 or not digits.isdecimal() or digits == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


SHORTEST_NAME: Final = 3


def names_in(call_name: str | None, phone: str | None) -> tuple[str, ...]:
    """What names somebody in free text: each part of the name, and the last nine digits of the number."""
    words = re.findall(_WORD, call_name or "")
    digits = re.sub(r"\D", "", phone or "")[-9:]
    return tuple(word.casefold() for word in words if len(word) >= SHORTEST_NAME) + (
        (digits,) if digits else ()
    )


def is_named(text: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names stands in it as a word, or the digits of the number however they are written."""
    words = {word.casefold() for word in re.findall(_WORD, text)}
    digits = re.sub(r"[\s().+/-]", "", text)
    return any(name in digits if name.isdecimal() else name in words for name in names)
