"""A refusal carries a status, a sentence, its values and the field."""

from __future__ import annotations

from datetime import date

import pytest

from journey.rules.errors import Conflict, DomainError, Forbidden, Invalid, NotFound


@pytest.mark.parametrize(
    ("kind", "status"),
    [(DomainError, 409), (NotFound, 404), (Forbidden, 403), (Invalid, 400), (Conflict, 409)],
)
def test_every_refusal_has_a_status(kind: type[DomainError], status: int) -> None:
    assert kind("Dat kan niet.").status == status


def test_the_sentence_is_filled_in_with_iso_dates_and_the_values_are_kept() -> None:
    refusal = Invalid("Niet vóór %(day)s.", field="sent", day=date(2026, 3, 31))
    assert str(refusal) == "Niet vóór 2026-03-31."
    assert (refusal.message, refusal.params, refusal.field) == (
        "Niet vóór %(day)s.",
        {"day": date(2026, 3, 31)},
        "sent",
    )


def test_a_percent_sign_is_left_alone_in_a_sentence_without_values() -> None:
    assert str(Invalid("Meer dan 100 % kan niet.")) == "Meer dan 100 % kan niet."
