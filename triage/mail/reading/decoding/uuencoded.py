"""Files that old clients write into the text itself: « begin 644 name », lines of letters, « end ».

Line by line and bounded; what does not decode stays in the text.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)
_END = {b"end", b"`", b" ", b""}
_FILES = 50


@dataclass(frozen=True, slots=True)
class UuFile:
    """One file: the name that the sender gave, and its bytes."""

    name: bytes
    content: bytes


def take_uuencoded(data: bytes) -> tuple[bytes, list[UuFile]]:
    """The text without the files that stand in it, and the files; a block without an end is text."""
    files: list[UuFile] = []
    kept: list[bytes] = []
    position = 0
    while len(files) < _FILES and (match := _BEGIN.search(data, position)):
        content, after = _read_lines(data, match.end())
        kept.append(data[position : match.start() if content is not None else match.end()])
        if content is not None:
            files.append(UuFile(match[1].strip(), content))
        position = after if content is not None else match.end()
    return (b"".join([*kept, data[position:]]), files) if files else (data, [])


def _read_lines(data: bytes, start: int) -> tuple[bytes | None, int]:
    """What the lines from `start` on hold, and where the text goes on; None where they are no such block."""
    out: list[bytes] = []
    for line, after in _lines(data, start):
        if line in _END:
            if line == b"end":
                return b"".join(out), after
            continue
        decoded = decode_line(line)
        if decoded is None:
            return None, start
        out.append(decoded)
    return None, start


def decode_line(line: bytes, *, exactly: bool = False) -> bytes | None:
    """The bytes of one line, None where it is none.

    Some encoders make a line too long: its head says what counts, unless the line must hold `exactly`.
    """
    length = len(line) if exactly else (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return None


def _lines(data: bytes, position: int) -> Iterator[tuple[bytes, int]]:
    while position < len(data):
        found = data.find(b"\n", position)
        after = len(data) if found < 0 else found + 1
        yield data[position:after].rstrip(b"\r\n"), after
        position = after
