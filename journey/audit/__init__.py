"""The audit trail: append-only lines of who did what to which object, without answers, numbers or tokens."""
