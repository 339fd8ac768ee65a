"""The pure floor: what the law and the study demand, as functions over dates and enums.

Nothing here reads a clock, a database, a log or a network: whoever calls passes `today` and the facts.
"""
