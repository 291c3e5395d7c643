"""Dates, hours, plurals and marks in French and English, and the linter of letters: pure, used by mail and papers.

Nothing here knows a ticket or a letter; text goes in, text or findings come out.
"""
