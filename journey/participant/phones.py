"""Phone numbers as people type them, made into one form; numbers that cost money or reach nobody are refused."""

from itertools import islice
from typing import Final

import phonenumbers

from journey.outbox.numbers import is_dutch_mobile, is_mobile, shown_number, takes_texts
from journey.rules.errors import Invalid
from journey.rules.signs import figures

__all__ = ["is_mobile", "normal_number", "shown_number", "takes_texts"]


_TYPE: Final = phonenumbers.PhoneNumberType
# Answered by an organisation or a machine, in any country.
NO_PERSON: Final = frozenset(
    {_TYPE.TOLL_FREE, _TYPE.PREMIUM_RATE, _TYPE.SHARED_COST, _TYPE.PAGER, _TYPE.VOICEMAIL}
)
# Numbering plan of the Netherlands: 097 machines, 090 and 080 services, 066 pagers; short ones begin with 1 (112, 1888,
# 116 123, and 14 with the area code of a municipality).
NO_PERSON_IN_NL: Final = ("97", "90", "80", "66")
LONGEST_SHORT_NUMBER: Final = 6


def normal_number(typed: str, field: str = "phone") -> str:
    """E.164, such as +31612345678; a number without country is Dutch. Invalid when it cannot be a number, and when no
    person answers it: 112, 14 023, 0800, 0900, 1888 and their like in any country.
    """
    typed = figures(typed)
    if len(list(islice(phonenumbers.PhoneNumberMatcher(typed, "NL"), 2))) > 1:
        raise Invalid("Hier staan twee nummers. Vul er één in.", field=field)
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        raise Invalid("Dit telefoonnummer klopt niet.", field=field) from None
    if _reaches_nobody(number):
        raise Invalid("Op dit nummer kunt u niemand bellen.", field=field)
    if not (phonenumbers.is_valid_number(number) or is_dutch_mobile(number)):
        raise Invalid("Dit telefoonnummer klopt niet.", field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _reaches_nobody(number: phonenumbers.PhoneNumber) -> bool:
    digits = str(number.national_number)
    if number.country_code == 31:
        is_short = len(digits) <= LONGEST_SHORT_NUMBER and digits.startswith("1")
        return is_short or digits.startswith(NO_PERSON_IN_NL)
    return phonenumbers.number_type(number) in NO_PERSON
