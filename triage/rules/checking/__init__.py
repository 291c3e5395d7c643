"""The judgements of `triage check`: facts in, one finding a question out. Nothing is looked up here."""
