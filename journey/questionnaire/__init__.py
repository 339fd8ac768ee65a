"""Questionnaires: sections and items as data with a version, in TOML and XLSForm. Knows nothing of who answers."""
