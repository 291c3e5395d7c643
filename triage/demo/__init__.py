"""`triage demo`: servers of its own on loopback, people of fiction, and the real daemon between them.

Only `cli` imports this folder. It knows the daemon as an operator does, by its commands, its log and its exit code;
`days` alone runs the daemon's passes itself, since nobody but it moves the clock.
"""
