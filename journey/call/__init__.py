"""The weekly call: prompts, the list, attempts."""
