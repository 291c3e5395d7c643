"""Content-Transfer-Encoding: what a part holds once base64, quoted-printable or uuencode is undone.

Unknown and broken encodings give the bytes that can be told; nothing is refused.
"""

import binascii
import re
from io import BytesIO

from triage.mail.reading.caps import Repair
from triage.mail.reading.decoding.uuencoded import decode_line
from triage.mail.reading.decoding.words import decode_base64

_SAMPLE_BYTES = 4096
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")
_INNER_BLANK = re.compile(rb"(?<=\S)[ \t](?=\S)")
_UU = {"x-uuencode", "uuencode", "uue", "x-uue"}


def decode_transfer(data: memoryview, encoding: str, repairs: set[str]) -> bytes:
    """The decoded bytes; `repairs` notes an encoding that does not hold."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding == "base64":
        return _base64(data, repairs)
    if encoding in _UU:
        return _uudecode(bytes(data), repairs)
    return bytes(data)


def _base64(data: memoryview, repairs: set[str]) -> bytes:
    if _is_plain(bytes(data[:_SAMPLE_BYTES])):
        repairs.add(Repair.ENCODING_BROKEN)
        return bytes(data)
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        repairs.add(Repair.ENCODING_BROKEN)
        return decode_base64(bytes(data))


def _is_plain(sample: bytes) -> bool:
    """Whether what is labelled base64 was never encoded: words with blanks between them, or much that it never has."""
    sample = sample.strip()
    foreign = len(_FOREIGN.findall(sample)) + len(_INNER_BLANK.findall(sample))
    return foreign * 10 > len(sample)


def _uudecode(data: bytes, repairs: set[str]) -> bytes:
    begin = data.find(b"begin ")
    if begin < 0:
        repairs.add(Repair.ENCODING_BROKEN)
        return data
    out = bytearray()
    lines = BytesIO(data)
    lines.seek(begin)
    next(lines)
    for line in lines:
        bare = line.rstrip(b"\r\n")
        if bare.strip() in {b"end", b"`", b""}:
            break
        decoded = decode_line(bare, exactly=True)
        if decoded is None:
            repairs.add(Repair.ENCODING_BROKEN)
            decoded = decode_line(bare) or b""
        out += decoded
    return bytes(out)
