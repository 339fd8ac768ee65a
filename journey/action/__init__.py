"""What the municipality changed because of what people said. Participants read an improvement once somebody else than
its writer approved it."""
