"""The privacy officer's room: how long things are kept, with proof of what went; what one person may ask of us."""
