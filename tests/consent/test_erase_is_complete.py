"""A table that is added later and knows a person, a call or a journey has to say what an erasure does with it."""

import pytest
from sqlmodel import SQLModel

from journey.consent.service import JOURNEY_FACTS, OF_A_CALL, OF_A_PERSON
from journey.models import metadata

pytestmark = pytest.mark.both

# The row of the person and of the withdrawal stay; the rest is dealt with by its own statement.
HANDLED = {
    "withdrawal",
    "participant",
    "contact",
    "help_signal",
    "approach",
    "closing_statement",
    "case_link",
}


def _names(*families: tuple[type[SQLModel], ...]) -> set[str]:
    return {str(model.__tablename__) for family in families for model in family}


@pytest.mark.parametrize("owner", ["participant", "call", "journey", "closing_interview"])
def test_every_table_about_a_person_is_dealt_with(owner: str) -> None:
    knowing = {
        name
        for name, table in metadata.tables.items()
        if any(key.column.table.name == owner for key in table.foreign_keys)
    }
    assert knowing
    assert knowing <= HANDLED | _names(JOURNEY_FACTS, OF_A_CALL, OF_A_PERSON)
