"""`python -m journey` is the command `journey`."""

from journey.cli.main import app

app()
