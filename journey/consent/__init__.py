"""Consent and its withdrawal: nothing before it, everything at once after it."""
