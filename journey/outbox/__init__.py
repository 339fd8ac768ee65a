"""Messages out and their receipts: the only room that knows Twilio."""
