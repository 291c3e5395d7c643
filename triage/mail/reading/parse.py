"""`parse_message`: any bytes give a `ParsedMessage`, within time and memory in proportion to the mail.

Should a step fail all the same, the answer is the minimal one, with `readable` False; only the end of the allowed
time, or of the process itself, is left to the sandbox.
"""

from dataclasses import replace

from triage.mail.reading.addresses import read_addresses, tidy_address
from triage.mail.reading.bounces import read_bounces, read_returned_ids
from triage.mail.reading.caps import SUBJECT_CHARACTERS, Repair
from triage.mail.reading.dates import read_date, read_received
from triage.mail.reading.decoding.cleaning import clean_line
from triage.mail.reading.decoding.headers import Head
from triage.mail.reading.decoding.structure import Part, read_structure
from triage.mail.reading.decoding.words import decode_header
from triage.mail.reading.fingerprint import fingerprint
from triage.mail.reading.ids import read_id, read_ids
from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.signs import read_signs
from triage.mail.reading.texts.bodies import Body, read_body
from triage.mail.reading.texts.codes import find_codes
from triage.mail.reading.texts.language import guess_language
from triage.mail.reading.texts.replies import find_new_text
from triage.mail.reading.texts.separators import is_forward_subject
from triage.mail.reading.trusted import read_trace
from triage.mail.reading.undelivered import read_undelivered
from triage.model.message import ParsedMessage

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


def parse_message(raw: bytes) -> ParsedMessage:
    """Understand one mail. Never raises for any bytes; `readable` says whether the reader held."""
    try:
        return _parse(raw)
    except Exception:  # noqa: BLE001 - the reader is total: what breaks it is told apart by `readable`, with a test each
        return scan_minimal(raw)


def _parse(raw: bytes) -> ParsedMessage:
    repairs: set[str] = set()
    whole = read_structure(raw, repairs)
    return _assemble(whole, read_body(whole, repairs), repairs)


def _assemble(whole: Part, body: Body, repairs: set[str]) -> ParsedMessage:
    head = whole.head
    senders = read_addresses(head.every("from"))
    if len(senders) > 1:
        repairs.add(Repair.SEVERAL_FROM)
    subject = clean_line(decode_header(head.first("subject") or b""), limit=SUBJECT_CHARACTERS)
    date = read_date(head.first("date"))
    undelivered = read_undelivered(whole, body.text, senders=[sender.address for sender in senders])
    new_text = find_new_text(body.text, forwarded=is_forward_subject(subject))
    return ParsedMessage(
        readable=True,
        message_id=read_id(head.first("message-id")),
        senders=senders,
        reply_to=read_addresses(head.every("reply-to")),
        to=read_addresses(head.every("to")),
        cc=read_addresses(head.every("cc")),
        delivered_to=_delivered_to(head),
        subject=subject,
        date=date,
        in_reply_to=read_ids(head.every("in-reply-to")),
        references=read_ids(head.every("references")),
        text=body.whole,
        html=body.html,
        new_text=new_text,
        attachments=body.attachments,
        bounces=read_bounces(whole) or undelivered.reports,
        signs=replace(read_signs(whole), undelivered=undelivered.opens),
        received=read_received(head),
        language=guess_language(new_text if new_text.strip() else subject),
        fingerprint=fingerprint(
            senders=[sender.address for sender in senders], date=date, subject=subject, leaves=body.leaves
        ),
        warnings=tuple(sorted(map(str, repairs))),
        returned=read_returned_ids(whole) or undelivered.returned,
        trace=read_trace(head),
        codes=find_codes(body.whole),
        content=fingerprint(senders=(), date=None, subject=subject, leaves=body.leaves),
    )


def _delivered_to(head: Head) -> tuple[str, ...]:
    addresses = (tidy_address(address.address) for address in read_addresses(head.every(*_DELIVERED_TO)))
    return tuple(dict.fromkeys(address for address in addresses if address))
