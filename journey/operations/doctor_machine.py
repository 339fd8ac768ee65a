"""What `journey doctor` looks at outside the database: settings, disk, files, fonts, and the gateway."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import typst

from journey.clock import AMSTERDAM, Clock
from journey.files import SealedObjects
from journey.operations.findings import FAULT, NOTICE, Check, Finding, sqlite_file, uploads_of
from journey.resources import folder
from journey.settings import DEVELOPMENT_KEY, DEVELOPMENT_SECRET
from journey.work import House

GIGABYTE: Final = 1024**3
FULL_BELOW: Final = GIGABYTE // 2
TIGHT_BELOW: Final = 2 * GIGABYTE
LETTERS: Final = {"Latin": "Jørgen ğışŻł", "Arabic": "العربية", "Ethiopic": "ትግርኛ"}
HERE: Final = ("127.0.0.1", "localhost", "::1")


def check_settings(house: House) -> Iterator[Finding]:
    """What production refuses at its start is a fault elsewhere too, once others than this machine can reach it."""
    settings = house.settings
    if settings.is_production:
        return
    address = urlsplit(settings.base_url)
    is_open = address.hostname not in HERE
    yield Finding(
        FAULT if is_open else NOTICE,
        f"JOURNEY_ENV is {settings.env}: nothing unsafe is refused, and texts go nowhere without a gateway.",
        "Set JOURNEY_ENV=production where real people take part.",
    )
    if is_open and address.scheme != "https":
        yield Finding(
            FAULT,
            "JOURNEY_BASE_URL does not begin with https://, so what people send can be read on the way.",
            "Let a proxy end TLS and write its https address.",
        )
    if is_open and settings.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
        yield Finding(
            FAULT,
            "JOURNEY_SECRET_KEY still has its default.",
            "Set a random one before anybody takes part; docs/operations.md says what a later change of it breaks.",
        )
    if is_open and DEVELOPMENT_KEY in settings.encryption_keys.get_secret_value():
        yield Finding(
            FAULT,
            "JOURNEY_ENCRYPTION_KEYS still holds the default key, which everybody knows.",
            "Put a new key in front, restart, run journey rotate-keys, then take the default out.",
        )
    if settings.today is not None:
        yield Finding(NOTICE, "JOURNEY_TODAY freezes the date.", "Take it away where real people take part.")


def check_sender(house: House) -> Iterator[Finding]:
    """Each text says "Stuur STOP": the sender must be a number that takes an answer."""
    if house.settings.sender_fault:
        yield Finding(
            FAULT,
            f"JOURNEY_TWILIO_FROM: {house.settings.sender_fault}.",
            "Rent a number that receives texts and set it in full; let its texts come to /webhooks/twilio/inbound.",
        )


def check_contact(house: House) -> Iterator[Finding]:
    settings = house.settings
    if not settings.security_contact:
        yield Finding(
            NOTICE,
            "Who finds a weakness does not know whom to tell: there is no security contact.",
            "Set JOURNEY_SECURITY_CONTACT to a mailto: or https: address.",
        )
    elif settings.security_contact_until and settings.security_contact_until < Clock.true_now().date():
        yield Finding(
            NOTICE,
            f"The security contact held until {settings.security_contact_until}.",
            "See whether it still reaches somebody, then set JOURNEY_SECURITY_CONTACT_UNTIL to a later day.",
        )


def check_disk(house: House) -> Iterator[Finding]:
    """The database of SQLite and uploads in a folder; what PostgreSQL or a store has is not seen from here."""
    places = [
        sqlite_file(house),
        None if house.settings.uploads.startswith("s3:") else uploads_of(house).folder,
    ]
    seen = set()
    for place in filter(None, places):
        there = next(one for one in (place.resolve(), *place.resolve().parents) if one.exists())
        free = shutil.disk_usage(there).free
        if free >= TIGHT_BELOW or there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        yield Finding(
            FAULT if free < FULL_BELOW else NOTICE,
            f"The disk of {place} has {free / GIGABYTE:.1f} GB left.",
            "Make room: when it is full, nothing that people answer can be kept.",
        )


def check_storing(house: House) -> Iterator[Finding]:
    """Writes, reads and deletes one empty file, unless the folder was never needed yet."""
    files, name = uploads_of(house), f"doctor{secrets.token_hex(4)}"
    if not isinstance(files, SealedObjects) and not files.folder.exists():
        yield Finding(
            NOTICE,
            f"The folder for uploads, {files.folder.resolve()}, does not exist yet.",
            "It is made at the first upload. If there were uploads before, JOURNEY_UPLOADS names another place.",
        )
        return
    try:
        files.write(name, b"", name)
        back = files.read(name, name)
        files.delete(name)
    except OSError as refusal:
        back, why = None, refusal.strerror or str(refusal)
    else:
        why = "what was written is not there"
    if back is None:
        yield Finding(
            FAULT,
            f"Uploads cannot be kept in {house.settings.uploads}: {why}.",
            "Give the user of the service the right to write there, or mend JOURNEY_UPLOADS and JOURNEY_S3_….",
        )


def check_time_zone(_house: House) -> Iterator[Finding]:
    for month, hours in ((1, 1), (7, 2)):
        if datetime(2026, month, 1, tzinfo=AMSTERDAM).utcoffset() != timedelta(hours=hours):
            yield Finding(
                FAULT,
                "The time zone data of this machine is wrong about Amsterdam, so every term would be counted wrong.",
                "Install Journey again with its dependencies (tzdata), and see that PYTHONTZPATH is not set.",
            )
            return
    now = Clock.true_now()
    own, dutch = now.astimezone().utcoffset(), now.astimezone(AMSTERDAM).utcoffset()
    if own not in (dutch, timedelta(0)):
        yield Finding(
            NOTICE,
            f"The machine's own time zone is neither UTC nor Dutch (UTC{now.astimezone():%z}).",
            "Journey counts in Dutch time whatever the machine says; set the machine to UTC or Europe/Amsterdam, so "
            "that log lines, back-ups and timers of the machine are not read as hours off.",
        )


def check_reports(_house: House) -> Iterator[Finding]:
    """Makes one line of PDF in every script that people write here."""
    fonts = typst.Fonts()
    for script, words in LETTERS.items():
        page = f'#set document(title: "x")\n#set text(lang: "nl")\n{words}'.encode()
        try:
            typst.compile(page, format="pdf", pdf_standards="ua-1", font_paths=fonts)
        except typst.TypstError:
            yield Finding(
                NOTICE,
                f"This machine has no letter forms for {script}: a report with such words shows boxes instead.",
                "Install the Noto fonts (fonts-noto-core on Debian).",
            )


def check_assets(_house: House) -> Iterator[Finding]:
    needed = (folder("static") / "vendor/htmx.min.js", folder("templates") / "base.html", folder("seeds"))
    for path in needed:
        if not path.exists():
            yield Finding(
                FAULT,
                f"{path} is missing, so pages are incomplete.",
                "Install Journey again from its wheel, or run `pip install -e .` in a checkout.",
            )


def check_gateway(house: House) -> Iterator[Finding]:
    """Asks the gateway for our own account, over the network."""
    if house.settings.gateway == "console":
        yield Finding(
            NOTICE, "There is no gateway to reach: texts go nowhere.", "Set JOURNEY_GATEWAY=twilio."
        )
        return
    from journey.outbox.twilio_gateway import TwilioGateway

    outcome = TwilioGateway(house.settings).find_account()
    if outcome.result == "halt":
        yield Finding(
            FAULT,
            f"Twilio refuses us ({outcome.error}).",
            "See whether JOURNEY_TWILIO_ACCOUNT_SID and JOURNEY_TWILIO_AUTH_TOKEN are those of an account in use.",
        )
    elif outcome.result != "accepted":
        yield Finding(
            FAULT,
            f"Twilio does not answer as it should ({outcome.error}).",
            "See whether this machine may make connections to the outside, and status.twilio.com.",
        )


MACHINE: Final[Mapping[str, Check]] = {
    "settings": check_settings,
    "sender": check_sender,
    "security contact": check_contact,
    "disk": check_disk,
    "storing": check_storing,
    "time zone": check_time_zone,
    "reports": check_reports,
    "assets": check_assets,
}
