"""Numbers to sentences: shares in words with the count behind them, the largest first, zero and one as people say it.

Nothing is judged and nothing hidden is said. A comparison is made only where the 95 % intervals do not overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from journey.report.wording import number_word
from journey.rules.statistics import wilson
from journey.web.filters import number
from journey.web.i18n import gettext as _
from journey.web.i18n import ngettext

# Below this, a fraction says less than the number itself.
FRACTIONS_FROM = 10
NEAR = 0.03
AROUND_HALF = 0.075
NEARLY_ALL = 0.9

FRACTIONS = (
    (1 / 4, "een kwart"),
    (1 / 3, "een derde"),
    (1 / 2, "de helft"),
    (2 / 3, "twee derde"),
    (3 / 4, "driekwart"),
)


@dataclass(frozen=True)
class Opinion:
    """How many people answered what; `about` ends the first sentence: "over deze stap"."""

    n: int
    negative: int
    neutral: int
    positive: int
    about: str


def fraction(count: int, n: int) -> str:
    """`ongeveer een derde`, `ruim de helft`, `bijna iedereen`; empty when no plain fraction is near or n is small."""
    if n < FRACTIONS_FROM or not 0 < count < n:
        return ""
    share = count / n
    if share >= NEARLY_ALL:
        return _("bijna iedereen")
    value, word = min(FRACTIONS, key=lambda one: abs(one[0] - share))
    off = share - value
    if abs(off) < 1e-9:
        return _(word)
    if abs(off) <= NEAR:
        return _("ongeveer %(fraction)s", fraction=_(word))
    if value == 1 / 2 and abs(off) <= AROUND_HALF:
        return _("ruim de helft") if off > 0 else _("iets minder dan de helft")
    return ""


def share(count: int, n: int) -> str:
    """A share for running text, with the numbers: `de helft (8 van de 16)`, `drie van de 16 deelnemers`, `niemand`."""
    if count == 0:
        return _("niemand")
    if count == n:
        return everyone(n)
    if words := fraction(count, n):
        return _("%(words)s (%(count)s van de %(n)s)", words=words, count=number(count), n=number(n))
    return _("%(count)s van de %(n)s deelnemers", count=number_word(count), n=number_word(n))


def everyone(n: int) -> str:
    """`de enige deelnemer die antwoordde`, `beide deelnemers`, `alle 16 deelnemers`."""
    if n == 1:
        return _("de enige deelnemer die antwoordde,")
    return _("beide deelnemers") if n == 2 else _("alle %(n)s deelnemers", n=number_word(n))


def is_plural(count: int, n: int) -> bool:
    """Whether the verb after `share(count, n)` is plural."""
    return count > 1 and not fraction(count, n)


def capital(sentence: str) -> str:
    """With a capital: `Eén`, because the accent makes the word."""
    return f"E{sentence[1:]}" if sentence.startswith("é") else sentence[:1].upper() + sentence[1:]


def opinion_sentences(opinion: Opinion) -> str:
    """What people thought, the largest group first; empty is said as such."""
    n = opinion.n
    if n == 0:
        return _("Nog niemand gaf een oordeel.")
    counts = (("positive", opinion.positive), ("neutral", opinion.neutral), ("negative", opinion.negative))
    given = sorted(((value, count) for value, count in counts if count), key=lambda one: -one[1])
    first, count = given[0]
    said = [capital(f"{share(count, n)} {_verdict(first, is_plural(count, n))} {opinion.about}.")]
    if rest := _clauses(given[1:], n, count):
        said.append(capital(listed(rest)) + ".")
    absent = [
        value for value, zero in (("positive", opinion.positive), ("negative", opinion.negative)) if not zero
    ]
    if len(given) > 1 and absent:
        said.append(capital(f"{_('niemand')} {_verdict(absent[0], False)}."))
    return " ".join(said)


def _clauses(given: Sequence[tuple[str, int]], n: int, largest: int) -> list[str]:
    """The smaller groups, or those as large as the first; the word for people stands in the first that needs it."""
    clauses, named = [], False
    for value, count in given:
        if words := fraction(count, n):
            if count == largest:
                who = _("evenveel deelnemers (%(count)s)", count=number(count))
                clauses.append(f"{who} {_verdict(value, True)}")
            else:
                clauses.append(f"{words} ({number(count)}) {_verdict(value, False)}")
            continue
        who = number_word(count)
        if not named:
            who = ngettext("%(count)s deelnemer", "%(count)s deelnemers", count, count=who)
        clauses.append(f"{who} {_verdict(value, count > 1)}")
        named = True
    return clauses


def _verdict(value: str, plural: bool) -> str:
    if value == "neutral":
        return _("hebben geen uitgesproken mening") if plural else _("heeft geen uitgesproken mening")
    if value == "positive":
        return _("zijn positief") if plural else _("is positief")
    return _("zijn negatief") if plural else _("is negatief")


def agreement_sentences(statements: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    """With which statements of the closing interview, of (text, agree, n), people agree most and least: both ends, and
    at each end all that are equal, so that no choice is made.
    """
    known = [one for one in statements if one[2]]
    most, least = _ends(known)
    yield from (agreement_sentence(*one) for one in most)
    if least:
        yield (
            _("Het minst vaak zijn mensen het eens met:")
            + " "
            + listed([_agreed(*one) for one in least])
            + "."
        )


def _agreed(statement: str, agree: int, n: int) -> str:
    return _(
        "‘%(text)s’ (%(agree)s van de %(n)s)", text=statement.rstrip("."), agree=number(agree), n=number(n)
    )


def agreement_sentence(statement: str, agree: int, n: int) -> str:
    """How many agree with one statement of the closing interview."""
    verb = _("zijn") if is_plural(agree, n) else _("is")
    return capital(
        _(
            "%(share)s %(verb)s het eens met de stelling ‘%(text)s’.",
            share=share(agree, n),
            verb=verb,
            text=statement.rstrip("."),
        )
    )


def _ends(
    known: Sequence[tuple[str, int, int]],
) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """All with the highest share and all with the lowest; no lowest when every share is the same."""
    shares = {Fraction(count, n) for _name, count, n in known}
    if not shares:
        return [], []
    high, low = max(shares), min(shares)
    of = {share: [one for one in known if Fraction(one[1], one[2]) == share] for share in (high, low)}
    return of[high], of[low] if low < high else []


def differs(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether two shares (count, n) have 95 % intervals that do not overlap."""
    low, high = wilson(*first), wilson(*second)
    return low[1] < high[0] or high[1] < low[0]


def compare_steps(steps: Sequence[tuple[str, int, int]]) -> str:
    """Over which step people are positive most and least often, of (name, positive, n); says so when the difference
    can be chance, and nothing when there is nothing to compare.
    """
    known = [one for one in steps if one[2] >= FRACTIONS_FROM]
    if len(known) < 2:
        return ""
    most, least = _ends(known)
    if not least or not differs(least[0][1:], most[0][1:]):
        return _(
            "De stappen verschillen te weinig om te zeggen over welke stap mensen vaker positief zijn; "
            "het kan toeval zijn."
        )
    return _(
        "Het vaakst positief zijn deelnemers over %(high)s, het minst vaak over %(low)s.",
        high=listed([_agreed(*one) for one in most]),
        low=listed([_agreed(*one) for one in least]),
    )


def listed(words: Sequence[str]) -> str:
    """`a`, `a en b`, `a, b en c`."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s en %(last)s", first=", ".join(words[:-1]), last=words[-1])
