"""`triage demo --serve`: the demo's servers stay up, so that a person joins with a mail program of their own."""
