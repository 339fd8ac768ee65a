"""What participants send besides taps: a spoken message or a photo. Kept sealed, heard and seen by researchers only,
deleted after a month, at a withdrawal and when the consent for it ends."""
