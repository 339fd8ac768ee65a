"""Faults on purpose, with load running: what was acknowledged is there, nothing is there twice, nobody has to help.

`make faults` runs this folder on both databases; it kills processes, fills disks and stops servers, so it is no part
of the ordinary suite.
"""
