"""Surveys: answers of respondents and what may be said of them. Respondents are no participants: no name, no journey,
and nothing here leads to anybody.
"""
