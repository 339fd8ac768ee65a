"""Journeys and their dated facts, with or without a person."""
