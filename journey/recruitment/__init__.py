"""Who was asked to take part: meetings, one tap per person, and the denominator of every response."""
