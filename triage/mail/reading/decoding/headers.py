"""Where a header block ends and what its fields are: bytes to bytes, in one pass, bounded.

Decoding is left to who knows the field. Nothing is refused: a line that is no field is passed over where fields
follow it, and begins the body where they do not.
"""

import re
from dataclasses import dataclass

from triage.mail.reading.caps import FIELD_BYTES, FIELDS, HEADER_BLOCK_BYTES, SENDER_FIELD_BYTES, Repair

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_BREAKS = re.compile(rb"[\r\n]*")
_SHORT_FIELDS = {"from", "sender"}
_MBOX_LINE = (b"From ", b">From ")


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of one header block in order: lower-case name, unfolded value."""

    fields: tuple[tuple[str, bytes], ...]

    def every(self, *names: str) -> tuple[bytes, ...]:
        """All values of the named fields, in the order of the mail."""
        return tuple(value for name, value in self.fields if name in names)

    def first(self, name: str) -> bytes | None:
        """The first value of a field, or None."""
        return next((value for found, value in self.fields if found == name), None)

    def has(self, *names: str) -> bool:
        """Whether one of the fields is there."""
        return any(found in names for found, _ in self.fields)


def read_head(raw: bytes, start: int, end: int, repairs: set[str]) -> tuple[Head, int]:
    """The header block that begins at `start`, and where the body after it begins."""
    fields: list[tuple[str, list[bytes]]] = []
    position = _skip_blank(raw, start, end)
    limit = min(end, position + HEADER_BLOCK_BYTES)
    while position < end:
        stop = _line_end(raw, position, end)
        line = raw[position : min(stop, limit)].rstrip(b"\r\n")
        if not line:
            return _finish(fields, repairs), stop
        if position >= limit or len(fields) > FIELDS:
            repairs.add(Repair.HEADER_CUT)
            return _finish(fields, repairs), _after_blank(raw, position, end)
        if not _take(line, fields):
            if not _field_follows(raw, stop, end):
                return _finish(fields, repairs), position
            if not line.startswith(_MBOX_LINE):
                repairs.add(Repair.HEADER_LINE_SKIPPED)
        position = stop
    return _finish(fields, repairs), end


def _take(line: bytes, fields: list[tuple[str, list[bytes]]]) -> bool:
    """Add a field or a continuation; False where the line is neither."""
    if line[0] in b" \t" and fields:
        fields[-1][1].append(line)
        return True
    match = _NAME.match(line)
    if not match:
        return False
    fields.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
    return True


def _finish(fields: list[tuple[str, list[bytes]]], repairs: set[str]) -> Head:
    done = []
    for name, pieces in fields[:FIELDS]:
        value = b"".join(pieces).strip()
        limit = SENDER_FIELD_BYTES if name in _SHORT_FIELDS else FIELD_BYTES
        if len(value) > limit:
            repairs.add(Repair.FIELD_CUT)
            value = value[:limit]
        done.append((name, value))
    return Head(tuple(done))


def _line_end(raw: bytes, position: int, end: int) -> int:
    found = raw.find(b"\n", position, end)
    return end if found < 0 else found + 1


def _skip_blank(raw: bytes, position: int, end: int) -> int:
    if raw.startswith(b"\xef\xbb\xbf", position):  # a byte order mark, from mail saved by an editor
        position += 3
    match = _BREAKS.match(raw, position, end)
    return match.end() if match else position


def _after_blank(raw: bytes, position: int, end: int) -> int:
    ends = [found + len(gap) for gap in (b"\n\r\n", b"\n\n") if (found := raw.find(gap, position - 1, end)) >= 0]
    return min(ends, default=end)


def _field_follows(raw: bytes, position: int, end: int) -> bool:
    return bool(_NAME.match(raw, position, min(end, position + 300)))
