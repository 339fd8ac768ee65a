"""The commands of `journey`."""
