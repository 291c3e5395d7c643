"""Gathering the facts of `triage check`: each module asks one kind of neighbour and judges nothing."""
