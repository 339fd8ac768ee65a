"""Journey: follows people who apply for social assistance, step by step, from first registration to decision."""

__version__ = "0.1.0"
