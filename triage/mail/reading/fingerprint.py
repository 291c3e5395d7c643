"""The fingerprint of a mail's content (MUST 11): equal for the same mail seen twice, whatever path each copy took.

Servers rebuild MIME and line ends, so it is taken of decoded parts, and texts are compared as text.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from triage.mail.reading.decoding.structure import Part


def fingerprint(*, senders: Iterable[str], date: datetime | None, subject: str, leaves: Iterable[str]) -> str:
    """SHA-256 over senders, instant, decoded subject and the sorted marks of the leaves, in hexadecimal."""
    digest = sha256()
    moment = "" if date is None else str(int(date.timestamp()))
    for piece in [",".join(senders), moment, subject, *sorted(leaves)]:
        data = piece.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)  # the length keeps neighbours apart
    return digest.hexdigest()


def mark_leaf(part: Part, content: bytes) -> str:
    """What the fingerprint takes of one decoded part that is no text."""
    return f"{part.type} {sha256(content).hexdigest()}"


def mark_text(part: Part, text: str) -> str:
    """What the fingerprint takes of one text: its words, without regard to charset, line ends and trailing blanks."""
    tidy = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return f"{part.type} {sha256(tidy.encode('utf-8', 'replace')).hexdigest()}"
