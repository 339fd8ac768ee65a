"""The agenda of a researcher: what was agreed and promised, which calls to expect, a calendar feed, and the day in
short. Pseudonyms only: names and numbers stay on the call screen.
"""
