"""What a phone number is for: whether a text may arrive there, and how people read it."""

import phonenumbers


def is_dutch_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """06 and eight digits: which series of 06 are in use changes, and the library lags behind."""
    digits = str(number.national_number)
    return number.country_code == 31 and len(digits) == 9 and digits[0] == "6"


def is_mobile(number: str) -> bool:
    parsed = phonenumbers.parse(number, "NL")
    if is_dutch_mobile(parsed):
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
