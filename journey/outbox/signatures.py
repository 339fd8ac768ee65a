"""Refuses what claims to come from the gateway and is not signed by it."""

from journey.rules.errors import Forbidden
from journey.web.visit import Visit


def check_signature(visit: Visit) -> None:
    """Forbidden unless the gateway signed this form, over our public address: a proxy in between does not change it."""
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    settings, url = visit.house.settings, visit.request.url
    secret = settings.twilio_auth_token.get_secret_value()
    address = settings.base_url.rstrip("/") + url.path + (f"?{url.query}" if url.query else "")
    fields = {name: str(value) for name, value in visit.form_data.items()}
    signature = visit.request.headers.get("X-Twilio-Signature", "")
    if not secret or not RequestValidator(secret).validate(address, fields, signature):
        raise Forbidden("De handtekening klopt niet.")
