"""Judging who writes as a member of staff, and what that person may do (MUST 30)."""
