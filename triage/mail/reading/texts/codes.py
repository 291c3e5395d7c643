"""Codes of the shape of ours in a text: four times four letters and digits, with hyphens, as a letter's last line.

Only the shape is looked for, since quoting breaks lines and charsets break the « é » before a code. Whether one is
ours is for the database to say.
"""

import re

CODES = 20
"""At most so many are kept, half of them from the beginning: a chain of quoted letters holds a few."""

# No repetition inside a repetition, and no more than a few characters to go back over: linear in the text.
_HYPHEN = "[-\u2010\u2011\u2013]"
_CODE = re.compile(
    rf"(?<![\w-])([a-z2-7]{{4}}){_HYPHEN}([a-z2-7]{{4}}){_HYPHEN}([a-z2-7]{{4}}){_HYPHEN}([a-z2-7]{{4}})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)


def find_codes(text: str) -> tuple[str, ...]:
    """The codes in a text, in order, each once, lower-case and without hyphens."""
    found = tuple(dict.fromkeys("".join(match.groups()).lower() for match in _CODE.finditer(text)))
    return found if len(found) <= CODES else (*found[: CODES // 2], *found[-CODES // 2 :])
