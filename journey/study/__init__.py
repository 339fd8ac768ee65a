"""Studies: a named measurement with a period, routes and a consent text."""
