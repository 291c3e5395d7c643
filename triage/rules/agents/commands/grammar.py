"""Where a block of commands ends and the text begins, and the parts of one line (MUST 31).

The block is the leading lines that begin with « # », blank lines between them allowed. What no line begins so is
text, quotation included, and never executes. One pass over the characters.
"""

import re
import unicodedata
from dataclasses import dataclass

from triage.model.agents.commands import TypedLine
from triage.wording.folding import fold

MOST_LINES = 60
"""More commands in one mail are a mistake, and cost time to explain."""

# What telephones and word processors make of « # ».
_HASHES = "#\uff03\ufe5f\u266f"
_TAKING = frozenset(
    {
        *(
            "je prends",
            "je le prends",
            "je la prends",
            "je prends le dossier",
            "je prends ce dossier",
            "je m'en occupe",
        ),
        *("i take it", "i'll take it", "i will take it", "i am taking it", "i'm taking it"),
    }
)
_ADORNMENTS = "*_•·"
_NAME_MARKS = "-'’\u2010\u2011\u2012\u2013\u2014_"
_SEPARATORS = " \t\u00a0\u202f:;,.–—-"
_TARGET = re.compile(r"([0-9]{4})\s?[-\u2010-\u2014]\s?([0-9]{6})(?![0-9])|([0-9]{1,4})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Split:
    """The lines of the block, whether there were more than are read, and all that follows as it was typed.

    `text_line` is the number of the line with which the text begins.
    """

    lines: tuple[TypedLine, ...]
    text: str
    text_line: int
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class LineParts:
    """A line without its « # »: its ticket's number or number in a list, if it begins with one, its name, the rest."""

    reference: str | None
    item: int | None
    name: str
    rest: str


def split_block(typed: str) -> Split:
    """The leading command lines of a text, and the text."""
    lines = typed.splitlines()
    found: list[TypedLine] = []
    end = len(lines)
    for index, line in enumerate(lines):
        bare = bare_line(line)
        if bare and not _is_command(bare, lines, index):
            end = index
            break
        if bare:
            found.append(TypedLine(index + 1, bare))
    text = "\n".join(lines[end:]).strip("\n")
    return Split(tuple(found[:MOST_LINES]), text, end + 1, is_cut=len(found) > MOST_LINES)


def is_hashed(line: str) -> bool:
    """Whether a line begins as commands do."""
    return bare_line(line).startswith(tuple(_HASHES))


def opens_in_words(typed: str) -> bool:
    """Whether the first line that holds anything is a command in words, « Je prends », whatever stands below it."""
    bare = (bare_line(line).strip(_ADORNMENTS + _SEPARATORS) for line in typed.splitlines())
    return next((_is_taking(each) for each in bare if each), False)


def part_line(typed: str) -> LineParts:
    """The parts of one command line; the name is empty where nothing that could be one stands there."""
    if _is_taking(typed):
        return LineParts(None, None, "prendre", "")
    body = typed.lstrip(_HASHES + _SEPARATORS)
    target = _TARGET.match(body)
    reference = item = None
    if target:
        reference = f"{target[1]}-{target[2]}" if target[1] else None
        item = int(target[3]) if target[3] else None
        body = body[target.end() :].lstrip(_HASHES + _SEPARATORS)
    end = _name_end(body)
    return LineParts(reference, item, body[:end], trim(body[end:]))


def trim(text: str) -> str:
    """Without the blanks and separators before it and the blanks behind it; marks alone are nothing."""
    return text.lstrip(_SEPARATORS).rstrip() if any(map(str.isalnum, text)) else ""


def bare_line(line: str) -> str:
    """A line without blanks and invisible characters at its ends, and without what makes a command bold or listed."""
    start, end = 0, len(line)
    while start < end and _is_empty(line[start]):
        start += 1
    while end > start and _is_empty(line[end - 1]):
        end -= 1
    bare = line[start:end]
    unadorned = bare.lstrip(_ADORNMENTS + _SEPARATORS)
    return unadorned.rstrip(_ADORNMENTS) if unadorned.startswith(tuple(_HASHES)) else bare


def _is_empty(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}


def _is_command(bare: str, lines: list[str], index: int) -> bool:
    if bare.startswith(tuple(_HASHES)):
        return True
    # « Je prends » alone: not the first line of a paragraph that goes on.
    following = bare_line(lines[index + 1]) if index + 1 < len(lines) else ""
    return _is_taking(bare) and (not following or following.startswith(tuple(_HASHES)))


def _is_taking(bare: str) -> bool:
    return len(bare) < 40 and fold(bare).strip(" .!,") in _TAKING


def _name_end(body: str) -> int:
    for index, sign in enumerate(body):
        if not (sign.isalnum() or sign in _NAME_MARKS or unicodedata.category(sign) in {"Mn", "Cf"}):
            return index
    return len(body)
