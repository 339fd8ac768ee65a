"""A reference names a case, never a person: a citizen number (BSN) is not kept (rules, 35)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sqlmodel import col, func, select

from journey.models import Journey, Study
from journey.rules.recognisable import passes_eleven_test
from journey.work import Work

NO_CITIZEN_NUMBER: Final = "Dit is een BSN. Gebruik een kenmerk van de zaak dat niets over iemand zegt."
MOST_COMPARED: Final = 500


def find_citizen_numbers(work: Work, study: Study, references: Iterable[str]) -> set[str]:
    """Those of the references that are citizen numbers.

    One in eleven numbers of nine digits passes the test by chance. So those that pass are case numbers only when the
    study's other references of nine digits, here or stored, mostly fail it; a number that stands alone is a person's.
    """
    nine = {reference for reference in references if re.fullmatch(r"[0-9]{9}", reference)}
    passing = set(filter(passes_eleven_test, nine))
    if not passing:
        return set()
    stored = select(Journey.reference).where(
        Journey.study_id == study.id, func.length(Journey.reference) == 9, col(Journey.reference).is_not(None)
    )
    known = {str(one) for one in work.session.exec(stored.limit(MOST_COMPARED)).all() if str(one).isdecimal()}
    compared = nine | known
    return passing - known if 2 * sum(map(passes_eleven_test, compared)) > len(compared) else set()
