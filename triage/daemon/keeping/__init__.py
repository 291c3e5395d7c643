"""Keeping what can be lost: the way back to the mail server, and the right to write."""
