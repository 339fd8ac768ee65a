"""Phone numbers as people type them, made into one form; numbers that cost money or reach nobody are refused."""

import phonenumbers

from journey.outbox.numbers import is_dutch_mobile, is_mobile, shown_number, takes_texts
from journey.rules.errors import Invalid

__all__ = ["is_mobile", "normal_number", "shown_number", "takes_texts"]


def normal_number(typed: str, field: str = "phone") -> str:
    """E.164, such as +31612345678; a number without country is Dutch. Invalid when it cannot be a number.

    097 numbers belong to machines: the library takes them for valid, so they are refused here.
    """
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        raise Invalid("Dit telefoonnummer klopt niet.", field=field) from None
    if not (phonenumbers.is_valid_number(number) or is_dutch_mobile(number)):
        raise Invalid("Dit telefoonnummer klopt niet.", field=field)
    if number.country_code == 31 and str(number.national_number).startswith(("97", "90", "80")):
        raise Invalid("Op dit nummer kunt u niemand bellen.", field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
