"""Phone numbers as people type them, made into one form; numbers that cost money or reach nobody are refused."""

import phonenumbers

from journey.rules.errors import Invalid


def normal_number(typed: str, field: str = "phone") -> str:
    """E.164, such as +31612345678; a number without country is Dutch. Invalid when it cannot be a number.

    097 numbers belong to machines: the library takes them for valid, so they are refused here.
    """
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        raise Invalid("Dit telefoonnummer klopt niet.", field=field) from None
    if not (phonenumbers.is_valid_number(number) or _is_dutch_mobile(number)):
        raise Invalid("Dit telefoonnummer klopt niet.", field=field)
    if number.country_code == 31 and str(number.national_number).startswith(("97", "90", "80")):
        raise Invalid("Op dit nummer kunt u niemand bellen.", field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_dutch_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """06 and eight digits: which series of 06 are in use changes, and the library lags behind."""
    digits = str(number.national_number)
    return number.country_code == 31 and len(digits) == 9 and digits[0] == "6"


def is_mobile(number: str) -> bool:
    parsed = phonenumbers.parse(number, "NL")
    if _is_dutch_mobile(parsed):
        return True
    kind = phonenumbers.number_type(parsed)
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def takes_texts(number: str) -> bool:
    """Whether a text may arrive: everything but a line in a house."""
    kind = phonenumbers.number_type(phonenumbers.parse(number, "NL"))
    return kind != phonenumbers.PhoneNumberType.FIXED_LINE


def shown_number(number: str) -> str:
    """As people read it aloud: 06 12345678."""
    parsed = phonenumbers.parse(number, "NL")
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, style.NATIONAL if parsed.country_code == 31 else style.INTERNATIONAL
    )
