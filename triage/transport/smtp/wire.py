"""The body of a mail as DATA wants it: CRLF only, dots doubled, cut into pieces (RFC 5321 §4.5.2).

The same bytes in always give the same bytes out, so that every attempt is identical (MUST 18).
"""

import re
from collections.abc import Iterator

FINAL_DOT = b".\r\n"
_PIECE_BYTES = 65_536  # what may be under way before we wait for the server to read
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT_AT_START = re.compile(rb"(?m)^\.")  # after the line ends are CRLF, `^` is the start of the mail or follows an LF


def as_data(raw: bytes) -> bytes:
    """The mail without the final dot.

    A bare CR or LF becomes CRLF: some servers refuse it, others see the end of the mail there.
    """
    body = _LINE_END.sub(b"\r\n", raw)
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return _DOT_AT_START.sub(b"..", body)


def pieces(body: bytes) -> Iterator[bytes]:
    """The body in pieces of at most 64 KiB."""
    return (body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES))
