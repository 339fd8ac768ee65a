"""One reader of signs: a table of what people and machines hand over, and what holds for any sign of Unicode."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.rules.signs import figures, key, line, words


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("06\u200e12345678", "0612345678"),
        ("\u202a06 12345678\u202c", "06 12345678"),
        ("+31\u00a06\u202f12\u2009345678", "+31 6 12 345678"),
        ("\uff10\uff16\uff11\uff12", "0612"),
        ("۰۶۱۲۳۴۵۶۷۸", "0612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "0612345678"),
        ("०६१२", "0612"),
        ("③", "3"),
        ("²", "2"),
        ("❷", "2"),
        ("3\u00a0februari\u00a02026", "3 februari 2026"),
        ("3\u20112\u20112026", "3-2-2026"),
        ("3\u20132\u20132026", "3-2-2026"),
        ("3\u22122\u22122026", "3-2-2026"),
        ("3 \u2014 2", "3 - 2"),
        ("2026\u201303\u201303T00:00", "2026-03-03T00:00"),
        ("3\u00ad-2-2026", "3-2-2026"),
        ("jan\u200b@example.org", "jan@example.org"),
        ("jan\uff20example.org", "jan@example.org"),
        ("\ufeffZK-2026-0001", "ZK-2026-0001"),
        ("ABCD\u2060EFGH", "ABCDEFGH"),
        ("ＡＢＣＤ\u3000EFGH", "ABCD EFGH"),
        ("٣٫٢", "3,2"),
        ("1\u20442", "1/2"),
        ("½", "1/2"),
        ("  3  2  ", "3 2"),
        ("\u200b\u200e\ufeff", ""),
        ("\u3164\u2800", ""),
        ("", ""),
    ],
)
def test_numbers_dates_codes_and_addresses(given: str, read: str) -> None:
    assert figures(given) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Zoe\u0308", "Zoë"),
        ("  Fatma\u00a0 Yılmaz\t", "Fatma Yılmaz"),
        ("\u202bمريم\u202c", "مريم"),
        ("Anne\u2011Marie", "Anne-Marie"),
        ("’t Hart", "’t Hart"),
        ("re\u00adferen\u00adtie", "referentie"),
        ("a\r\nb", "a b"),
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("Straat 12²", "Straat 12²"),
    ],
)
def test_a_line_is_what_its_reader_sees(given: str, read: str) -> None:
    assert line(given) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("’t Hart", "'t Hart"),
        ("`t Hart", "'t HART"),
        ("Zoe\u0308", "zoë"),
        ("İbrahim", "ibrahim"),
        ("Işık", "ışık"),
        ("oﬀerte", "offerte"),
        ("Straße", "STRASSE"),
        (" zk–2026–1 ", "ZK-2026-1"),
        ("ZK\u200b1", "zk1"),
        ("Ｋ１", "k1"),
        ("٢٠٢٦", "2026"),
    ],
)
def test_two_spellings_of_one_identity(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Rene", "René"), ("ZK-1", "ZK1"), ("H 1", "H1"), ("a", "b")])
def test_what_is_not_the_same(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("twee\r\nregels\u2028drie", "twee\nregels\ndrie"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧 fijn", "👩\u200d👧 fijn"),
        ("\u200fgoed\u200d ", "goed"),
        ("☺\ufe0f", "☺"),
        ("niet – echt…", "niet – echt…"),
        ("goed\x07", "goed"),
    ],
)
def test_free_text_keeps_lines_and_the_spelling_of_words(given: str, read: str) -> None:
    assert words(given) == read


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)
UNSEEN = ("Cc", "Cf", "Cs")


@given(ANYTHING)
def test_reading_again_changes_nothing_and_leaves_nothing_unseen(text: str) -> None:
    for read in (figures, line, key):
        once = read(text)
        assert read(once) == once == once.strip()
        assert not [sign for sign in once if unicodedata.category(sign) in UNSEEN]
    assert words(words(text)) == words(text)


@given(ANYTHING, st.sampled_from("\u200b\u200e\u200f\u202a\u2066\ufeff\u00ad\u2060\ufe0f\u061c"), st.data())
def test_a_sign_that_nobody_sees_makes_no_difference(text: str, sign: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    mixed = text[:place] + sign + text[place:]
    assert key(unicodedata.normalize("NFC", mixed)) == key(mixed)
    plain = list("jan-06 12")
    plain.insert(min(place, len(plain)), sign)
    assert line("".join(plain)) == figures("".join(plain)) == "jan-06 12"


@given(st.characters(categories=("Nd",)))
def test_a_digit_of_any_script_is_that_digit(sign: str) -> None:
    assert figures(sign) == str(unicodedata.digit(sign))


@given(st.text("abcXYZ019-@. ", max_size=20))
def test_plain_text_comes_back_as_it_was(text: str) -> None:
    assert figures(text) == line(text) == " ".join(text.split())
