"""Text that may be stored, printed and put in JSON: no control, bidirectional or surrogate code points.

Whoever shows a line of a mail must not be able to be shown two lines, nor a name that runs backwards.
"""

import re

_LINE_BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), *map(ord, _BIDI), *range(0xFFF9, 0xFFFC), 0xFEFF]

# In one line everything that moves the cursor becomes a blank, all other controls vanish.
_ONE_LINE: dict[int, str | None] = dict.fromkeys(_CONTROLS)
_ONE_LINE.update(dict.fromkeys(map(ord, "\t\r\n" + _LINE_BREAKS), " "))

# In a text, the rarer line breaks become the common one, so that lines are the same for every reader.
_MANY_LINES: dict[int, str | None] = dict.fromkeys(_CONTROLS)
_MANY_LINES.update(dict.fromkeys(map(ord, "\r\n" + _LINE_BREAKS), "\n"))
_MANY_LINES[ord("\t")] = "\t"

_BLANKS = re.compile(" {2,}")

# Invisible characters that may hide what a file name begins or ends with.
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)])


def drop_surrogates(text: str) -> str:
    """The text without lone surrogates, which neither UTF-8 nor a database takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode("utf-8")
    return text


def clean_line(text: str, *, limit: int) -> str:
    """One line of at most `limit` characters: runs of blanks are one, and no control character is left."""
    line = drop_surrogates(text[: limit * 8]).translate(_ONE_LINE)
    return _BLANKS.sub(" ", line).strip()[:limit].rstrip()


def clean_text(text: str) -> str:
    r"""Many lines, ended by `\n` alone, with tabulators and no other control character."""
    return drop_surrogates(text.replace("\r\n", "\n")).translate(_MANY_LINES)


def clean_file_name(text: str, *, limit: int) -> str:
    """A label for an attachment: the last component of whatever path it claims, without invisible characters.

    Cleaning comes first, for a path that only appears once something was removed must not survive.
    """
    name = clean_line(text, limit=4 * limit).translate(_INVISIBLE).replace("\\", "/").rsplit("/", 1)[-1].strip()
    if name in {".", ".."}:
        return ""
    if len(name) <= limit:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: limit - len(ending) - 1]}.{ending}" if dot and len(ending) < 20 else name[:limit]


def cut_utf8(text: str, limit: int) -> str:
    """The longest beginning of the text that takes at most `limit` bytes in UTF-8."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")
