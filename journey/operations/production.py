"""The commented `.env` of an installation in production: with keys of its own, and what a person must fill in."""

import base64
import os
import secrets
from pathlib import Path
from string import Template
from typing import Final

from sqlalchemy.engine import make_url
from sqlmodel import select

from journey.models import Study
from journey.operations.keys import count_keys
from journey.operations.version import is_empty
from journey.rules.errors import Conflict, Invalid
from journey.settings import Settings
from journey.work import House

FILE: Final = Path(".env")
TEXT: Final = Template("""\
# Settings of this installation of Journey. A variable of the same name in the environment goes before this file.
# Fill in the lines that begin with "# JOURNEY_" and take the "# " away; `journey doctor` says what is missing.
# Relative paths are seen from the folder in which Journey is started.

# Refuses to start with what is unsafe.
JOURNEY_ENV=production

# The address at which people reach Journey, with https (a proxy ends TLS).
# JOURNEY_BASE_URL=https://journey.example.nl

# Made for this installation. Keep both as long as the database, and a copy apart from the back-ups: without them
# what is sealed cannot be read, and nobody's STOP is recognised.
$secret_key
$encryption_keys

# sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE
JOURNEY_DATABASE_URL='$database_url'

# Texts. The sender is a number that takes an answer.
# JOURNEY_GATEWAY=twilio
# JOURNEY_TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000
# JOURNEY_TWILIO_AUTH_TOKEN=from-the-console-of-twilio
# JOURNEY_TWILIO_FROM=+3197010000000

# May stay as it is. Where voice messages and photos lie, sealed; never below the web root.
# JOURNEY_UPLOADS=uploads
# May stay as it is. For who finds a weakness; shown in security.txt.
# JOURNEY_SECURITY_CONTACT=mailto:security@example.nl
# May stay as it is. Addresses of the proxy, when it is on another machine.
# JOURNEY_TRUSTED_PROXIES=127.0.0.1
""")


def write_production_settings(house: House, file: Path = FILE) -> bool:
    """Whether `file` was written, for its owner alone; one that is there stays.

    Conflict where new keys would close what this database holds, or where it is away or of another version; Invalid
    where no file can be written.
    """
    if os.path.lexists(file):
        return False
    _refuse_new_keys(house)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(_fill_in(house.settings))
    except OSError as refusal:
        raise Invalid(
            "%(file)s kan hier niet worden geschreven (%(why)s).", file=str(file), why=refusal.strerror
        ) from None
    return True


def _fill_in(settings: Settings) -> str:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return TEXT.substitute(
        secret_key=_unless_given("JOURNEY_SECRET_KEY", secrets.token_urlsafe(48)),
        encryption_keys=_unless_given("JOURNEY_ENCRYPTION_KEYS", f"1:{key}"),
        database_url=make_url(settings.database_url).render_as_string(hide_password=False),
    )


def _unless_given(name: str, value: str) -> str:
    return f"# {name} comes from the environment." if name in os.environ else f"{name}={value}"


def _refuse_new_keys(house: House) -> None:
    if is_empty(house.database):
        return
    with house.database.read() as session:
        in_use = session.exec(select(Study.id)).first() is not None
    if in_use or count_keys(house).used:
        raise Conflict(
            "In deze database staan al onderzoeken of versleutelde gegevens, die met nieuwe sleutels niet meer te "
            "lezen zijn. Schrijf .env zelf met de sleutels van nu, of begin met een lege database."
        )
