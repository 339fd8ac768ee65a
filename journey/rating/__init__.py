"""Answers about steps and staff contacts, and the closing interview."""
