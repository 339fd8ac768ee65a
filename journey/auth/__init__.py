"""Who may do what: sign-in, sessions, tokens, roles, and the one helper that scopes every query."""
