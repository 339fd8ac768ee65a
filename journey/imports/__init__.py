"""Takes files in: journeys of a case system, and participants of the research side.

A file is taken in whole or not at all, and what a preview says never depends on who takes part.
"""
