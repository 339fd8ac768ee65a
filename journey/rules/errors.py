"""Refusals in the language of the domain, each with an HTTP status and a sentence for the reader.

The message is a Dutch msgid; the web floor translates it and writes the dates the way its reader does.
"""


class DomainError(Exception):
    """A business refusal.

    `message` is a Dutch msgid with `%(name)s` places, `params` hold their values (dates stay dates) and
    `field` names the form field the refusal belongs to. A literal percent sign is `%%`, and only in a message
    that has params.
    """

    status: int = 409

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """It does not exist, or not for this reader."""

    status = 404


class Forbidden(DomainError):
    """The reader may not do this."""

    status = 403


class Invalid(DomainError):
    """What was given cannot be right."""

    status = 400


class Conflict(DomainError):
    """It clashes with what is already recorded."""

    status = 409
