"""Campaigns: the real daemon on a real Dovecot, killed at will, and judged by a checker that shares no code with it."""
