"""What a participant sees: the own page behind a secret link or a typed code."""
