"""The texts that go out by themselves: their words per language, when each is planned, and to whom never."""
