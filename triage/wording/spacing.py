"""The spaces that letters need: one that never breaks a line, and the way to put it where blanks stand."""

NO_BREAK = "\u00a0"


def unbreakable(text: str) -> str:
    """The text with each blank made unbreakable: for telephone numbers, amounts, hours."""
    return NO_BREAK.join(text.split())
