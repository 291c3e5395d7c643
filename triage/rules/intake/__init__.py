"""Judging one received mail: what made it, when it was received, whose it is, whether we may answer, what follows."""
