"""Fills a database with the studies in `seeds/`: the invented 2016 cohort and a live demo."""
