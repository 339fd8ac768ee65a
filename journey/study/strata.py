"""Units of a survey as somebody types them: a line each, `code; naam; populatie; gevraagd`."""

from journey.study.service import NewStratum
from journey.web.forms import Form
from journey.web.i18n import gettext as _

FIELD = "strata"
LONGEST = 20_000
MOST = 500


def read_strata(form: Form) -> tuple[NewStratum, ...]:
    """What is wrong is noted at the field, with its line; without a fourth number everybody is asked."""
    lines = [line for line in form.text(FIELD, most=LONGEST).splitlines() if line.strip()]
    if len(lines) > MOST:
        form.refuse(FIELD, _("Dit zijn te veel groepen: hoogstens %(most)s.", most=MOST))
        return ()
    strata = []
    for number, line in enumerate(lines, start=1):
        parts = [part.strip() for part in line.split(";")]
        people = [part.replace(".", "") for part in parts[2:]]
        if len(parts) not in (3, 4) or not all(one.isascii() and one.isdecimal() for one in people):
            form.refuse(
                FIELD,
                _("Regel %(n)s: schrijf code; naam; hoeveel mensen; hoeveel gevraagd.", n=number),
            )
            continue
        population, approached = int(people[0][:9]), int(people[-1][:9])
        strata.append(NewStratum(parts[0], parts[1] or parts[0], population, approached))
    return tuple(strata)


def gather(form: Form) -> None:
    """Refusals of the service about one unit (`strata.0.population`) belong to the one field there is."""
    for name in [name for name in form.errors if name.startswith(f"{FIELD}.")]:
        message = form.errors.pop(name)
        line = int(name.split(".")[1]) + 1
        form.refuse(FIELD, _("Regel %(n)s: %(what)s", n=line, what=message))
