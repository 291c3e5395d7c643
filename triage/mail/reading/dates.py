"""The dates that a mail claims: display only, for a sender's clock proves nothing (R-57)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.mail.reading.caps import RECEIVED_LINES
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_line
from triage.mail.reading.decoding.headers import Head
from triage.model.message import ReceivedLine

_DATE_CHARACTERS = 100
_HOST_CHARACTERS = 255
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]{1,255})", re.IGNORECASE)


def read_date(value: bytes | None) -> datetime | None:
    """The instant in UTC, or None where it cannot be told; a date without zone is taken as UTC."""
    if value is None:
        return None
    text = clean_line(decode_bytes(value[: 4 * _DATE_CHARACTERS])[0], limit=_DATE_CHARACTERS)
    try:
        read = parsedate_to_datetime(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_received(head: Head) -> tuple[ReceivedLine, ...]:
    """The hosts that a mail claims to have passed, topmost first."""
    lines = []
    for value in head.every("received")[:RECEIVED_LINES]:
        match = _BY.search(decode_bytes(value)[0])
        lines.append(
            ReceivedLine(
                by=clean_line(match[1], limit=_HOST_CHARACTERS).lower() if match else "",
                at=read_date(value.rpartition(b";")[2]),
            )
        )
    return tuple(lines)
