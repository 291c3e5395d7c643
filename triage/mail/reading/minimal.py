"""The little that is told of a mail on which the reader failed: first lines of its first 64 KiB, as latin-1.

Shares no step with the reader that failed but the cleaning of one line; the ticket it makes carries the raw mail.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from triage.mail.reading.caps import ID_CHARACTERS, MINIMAL_BYTES, SUBJECT_CHARACTERS, Repair
from triage.mail.reading.decoding.cleaning import clean_line
from triage.model.codes import Language
from triage.model.message import Address, MachineSigns, ParsedMessage

_LINE_BYTES = 1_000
_WANTED = (b"from", b"subject", b"date", b"message-id")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def scan_minimal(raw: bytes) -> ParsedMessage:
    """A message with `readable` False: sender, subject, date and id as far as they stand in plain sight."""
    found = _scan(raw[:MINIMAL_BYTES])
    sender = found.get(b"from")
    message_id = found.get(b"message-id", "").strip("<> ")[:ID_CHARACTERS]
    return ParsedMessage(
        readable=False,
        message_id=message_id or None,
        senders=() if sender is None else (_address(sender),),
        reply_to=(),
        to=(),
        cc=(),
        delivered_to=(),
        subject=found.get(b"subject", ""),
        date=_date(found.get(b"date", "")),
        in_reply_to=(),
        references=(),
        text="",
        html=False,
        new_text="",
        attachments=(),
        bounces=(),
        signs=MachineSigns(from_count=int(sender is not None)),
        received=(),
        language=Language.UNDETERMINED,
        fingerprint=sha256(raw).hexdigest(),
        warnings=(Repair.UNREADABLE.value,),
    )


def _scan(block: bytes) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for line in block.split(b"\n"):
        name, colon, value = line[: _LINE_BYTES + 20].partition(b":")
        name = name.strip().lower()
        if colon and name in _WANTED and name not in found:
            found[name] = clean_line(value.decode("latin-1"), limit=SUBJECT_CHARACTERS)
    return found


def _address(text: str) -> Address:
    addresses = _ADDRESS.findall(text)
    if len(addresses) != 1:
        return Address(text[:200], "")
    local, _, domain = addresses[0].rpartition("@")
    return Address("", f"{local}@{domain.lower()}")


def _date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text[:100])
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
