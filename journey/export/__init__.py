"""Data that leaves: answers, journeys and figures as a file, by role, each with a purpose and a line in the log. What
was withdrawn never leaves, and nothing made here is kept.
"""
