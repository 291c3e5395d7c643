"""The tree of parts of a mail (RFC 2046), read from the bytes by ourselves.

The standard parser holds a mail as lists of lines, several times its size, and is slow without bound on deep
nesting; here a part is a window on the bytes, each level is one search for its boundary, and levels are bounded.
Missing, unclosed and empty boundaries give the parts that can be told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.mail.reading.caps import DEPTH, PARTS, Repair
from triage.mail.reading.decoding.headers import Head, read_head
from triage.mail.reading.decoding.parameters import parse_parameters
from triage.mail.reading.decoding.transfer import decode_transfer

_TYPE = re.compile(r"([a-z0-9!#$&^_.+-]{1,64})\s{0,9}/\s{0,9}([a-z0-9!#$&^_.+-]{1,64})(?:\s|$)", re.ASCII)
_NOTHING = memoryview(b"")
# A boundary that the header names wrongly or not at all: the first line that looks like one, with a field below it.
_LOST_BOUNDARY = re.compile(
    rb"^--([^\r\n]{1,100}?)[ \t]{0,20}\r?\n(?=Content-[A-Za-z-]{1,40}:)", re.IGNORECASE | re.MULTILINE
)
_LOST_BYTES = 64 * 1024
_IDENTITY = {"", "7bit", "8bit", "binary"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `body` is still encoded; `children` are the parts of a multipart or the message in a message."""

    head: Head
    type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    encoding: str
    body: memoryview
    children: tuple["Part", ...] = ()
    after: memoryview = _NOTHING  # what stands behind the last boundary of a multipart

    @property
    def is_multipart(self) -> bool:
        """Whether it is read as a container: it says so, and parts were found in it."""
        return self.type.startswith("multipart/") and bool(self.children)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Reading:
    """What one reading has used up and noted so far."""

    repairs: set[str]
    parts: int = 0


def read_structure(raw: bytes, repairs: set[str]) -> Part:
    """The whole mail as a part; `repairs` collects what had to be cut or mended."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _read_part(raw, 0, len(raw), _Reading(repairs), depth=0, default="text/plain")


def _read_part(raw: bytes, start: int, end: int, reading: _Reading, *, depth: int, default: str) -> Part:
    reading.parts += 1
    head, body = read_head(raw, start, end, reading.repairs)
    kind, parameters = parse_parameters(head.first("content-type") or b"")
    disposition, disposition_parameters = parse_parameters(head.first("content-disposition") or b"")
    encoding = (head.first("content-transfer-encoding") or b"").decode("latin-1").split(";")[0].strip(" \t\"'").lower()
    match = _TYPE.match(kind)
    kind = f"{match[1]}/{match[2]}" if match else default
    children: tuple[Part, ...] = ()
    after = end
    if kind.startswith("multipart/"):
        children, after = _read_children(
            raw,
            body,
            end,
            reading,
            depth=depth,
            kind=kind,
            boundary=parameters.get("boundary") or _guess(raw, body, end),
        )
        if not children:
            kind = _instead(depth)
    elif kind in {"message/rfc822", "message/global"}:
        children = _read_message(raw, body, end, reading, depth=depth, encoding=encoding)
    view = memoryview(raw)
    return Part(
        *(head, kind, parameters, disposition, disposition_parameters, encoding),
        body=view[body:end],
        children=children,
        after=view[after:end],
    )


def _guess(raw: bytes, start: int, end: int) -> str:
    """The boundary of a multipart whose header names none."""
    match = _LOST_BOUNDARY.search(raw, start, min(end, start + _LOST_BYTES))
    return match[1].decode("latin-1") if match and match[1].isascii() else ""


def _instead(depth: int) -> str:
    """What a multipart without parts is read as: too deep in, its bytes are only kept."""
    return "text/plain" if depth < DEPTH else "application/octet-stream"


def _read_children(
    raw: bytes, start: int, end: int, reading: _Reading, *, depth: int, kind: str, boundary: str | None
) -> tuple[tuple[Part, ...], int]:
    """The parts, and where what stands behind them begins."""
    if depth >= DEPTH:
        reading.repairs.add(Repair.TOO_DEEP)
        return (), end
    after = end
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    children = []
    for first, last, closed in _split(raw, start, end, (boundary or "").encode("utf-8", "replace").rstrip()):
        after = closed or after
        if reading.parts >= PARTS:
            reading.repairs.add(Repair.TOO_MANY_PARTS)
            break
        children.append(_read_part(raw, first, last, reading, depth=depth + 1, default=default))
    if not children:
        reading.repairs.add(Repair.BOUNDARY_MISSING)
    return tuple(children), after


def _read_message(
    raw: bytes, start: int, end: int, reading: _Reading, *, depth: int, encoding: str
) -> tuple[Part, ...]:
    if depth >= DEPTH or reading.parts >= PARTS:
        reading.repairs.add(Repair.TOO_DEEP)
        return ()
    if encoding not in _IDENTITY:
        raw = decode_transfer(memoryview(raw)[start:end], encoding, reading.repairs)
        start, end = 0, len(raw)
    return (_read_part(raw, start, end, reading, depth=depth + 1, default="text/plain"),)


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, int]]:
    """The windows between the lines of one boundary, and the end of a closing one, else 0; the last may lack it."""
    if not boundary:
        return
    # The search stays in C whatever the lines are; the line break before a boundary belongs to it.
    mark = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]{0,200}(?=\r?\n|\Z)")
    opened = -1
    for match in mark.finditer(raw, max(0, start - 1), end):
        if opened >= 0:
            last = match.start()
            yield (
                opened,
                max(opened, last - 1 if raw[last - 1 : last] == b"\r" else last),
                match.end() if match[1] else 0,
            )
        if match[1]:
            return
        opened = min(end, raw.find(b"\n", match.end()) + 1 or end)
    if opened >= 0:
        yield opened, end, 0
