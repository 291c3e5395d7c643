"""Nouns of the people who work here: the staff, by what right a mail of theirs acts, and what it asks for."""
