"""Municipalities: who they are and how they count."""
