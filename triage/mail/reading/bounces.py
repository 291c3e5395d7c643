"""What a delivery status notification says (RFC 3464): who was not reached, why, and which mail of ours it returns."""

from collections.abc import Iterator

from triage.mail.reading.addresses import tidy_address
from triage.mail.reading.caps import ADDRESSES, FIELD_BYTES, IDS
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_line
from triage.mail.reading.decoding.headers import Head, read_head
from triage.mail.reading.decoding.structure import Part
from triage.mail.reading.decoding.transfer import decode_transfer
from triage.mail.reading.ids import read_id
from triage.model.message import BounceReport

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_HEADER_TYPES = {"text/rfc822-headers", "message/global-headers"}


def read_bounces(whole: Part) -> tuple[BounceReport, ...]:
    """One report a recipient; empty where the mail holds no delivery status."""
    reports: list[BounceReport] = []
    for part in whole.walk():
        if part.type in _STATUS_TYPES:
            reports.extend(filter(None, map(_report, _blocks(_bytes(part)))))
    return tuple(reports[:ADDRESSES])


def read_returned_ids(whole: Part) -> tuple[str, ...]:
    """The Message-IDs of the mails that a report brings back: by them it finds its ticket."""
    if whole.type != "multipart/report":
        return ()
    found: list[str | None] = []
    for part in whole.walk():
        if part.type in _HEADER_TYPES:
            data = _bytes(part)
            found.append(read_id(read_head(data, 0, len(data), set())[0].first("message-id")))
        elif part is not whole and part.type == "message/rfc822":
            found.extend(read_id(child.head.first("message-id")) for child in part.children)
    return tuple(dict.fromkeys(found_id for found_id in found if found_id))[:IDS]


def _bytes(part: Part) -> bytes:
    return decode_transfer(part.body[: 8 * FIELD_BYTES], part.encoding, set())


def _blocks(data: bytes) -> Iterator[Head]:
    """The groups of fields between empty lines; the first is about the whole mail, the others about recipients."""
    position = 0
    while position < len(data):
        head, after = read_head(data, position, len(data), set())
        if head.fields:
            yield head
        if after <= position:
            return
        position = after


def _report(block: Head) -> BounceReport | None:
    # The original recipient is the one we wrote to; the final one may be an address that nobody here knows.
    recipient = _recipient(block, "original-recipient") or _recipient(block, "final-recipient")
    if not recipient:
        return None
    status = _line(block, "status").partition(" ")[0]
    diagnostic = _line(block, "diagnostic-code").partition(";")[2].strip()
    return BounceReport(recipient, status, _line(block, "action").lower().partition(" ")[0], diagnostic)


def _recipient(block: Head, name: str) -> str:
    text = _line(block, name)
    return tidy_address(text.partition(";")[2] or text)


def _line(block: Head, name: str) -> str:
    return clean_line(decode_bytes(block.first(name) or b"")[0], limit=320)
