"""Encoded words in headers (RFC 2047), decoded by ourselves: bounded, and never more than linear.

The standard parser needs gigabytes for a long header of encoded words; here the cost is the header's length.
Words are believed inside quotes and beside other text too, since clients put them there.
"""

import binascii
import re

from triage.mail.reading.decoding.charsets import decode_bytes

# Each run ends at the next question mark, or a few of them further on where a sender forgot to encode his own; what
# was cut off at the end of a header is a word too. No text is looked at more than a few times.
_WORD = re.compile(
    r"=\?([!->@-~]{1,75})\?([bBqQ])\?([^?\r\n]*(?:(?<!=)\?(?!=)[^?\r\n]{0,200}){0,4})(?:\?=|\?\Z|(?<!=)\Z)"
)


def decode_header(value: bytes) -> str:
    """The text of an unstructured header, raw 8-bit bytes included; not yet cleaned."""
    return decode_words(decode_bytes(value)[0])


def decode_words(text: str) -> str:
    """The text with its encoded words decoded; blanks between two of them vanish, as they must."""
    if "=?" not in text:
        return text
    out: list[str] = []
    run: list[bytes] = []  # words of one charset in a row may split a character between them
    charset, end = "", 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        label = match[1].partition("*")[0].lower()
        if run and (between.strip() or label != charset):
            out.append(decode_bytes(b"".join(run), charset)[0])
            run = []
        if between.strip() or not end:
            out.append(between)
        charset, end = label, match.end()
        run.append(_content(match[2], match[3]))
    if run:
        out.append(decode_bytes(b"".join(run), charset)[0])
    out.append(text[end:])
    return "".join(out)


def _content(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """What base64 holds, padded or not, with whatever else stands in it; a broken end is left out."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        spare = len(kept) % 4
        if spare == 1:
            kept = kept[:-1]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
