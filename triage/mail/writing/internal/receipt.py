"""A receipt to its final bytes: to one registered address, beneath the mail that it answers (MUST 18, MUST 25)."""

from datetime import datetime

from triage.mail.writing.compose import automatic_headers, write_mail
from triage.mail.writing.headers import UnsafeMail, is_safe_address
from triage.mail.writing.internal.receipt_values import receipt_values
from triage.mail.writing.templates import Templates
from triage.model.agents.receipts import ReceiptFacts
from triage.model.codes import NoticeKind
from triage.model.delivery import OutgoingMail
from triage.model.notice import Letterhead


def compose_receipt(
    facts: ReceiptFacts, *, letterhead: Letterhead, templates: Templates, message_id: str, key: str, now: datetime
) -> OutgoingMail:
    """One receipt. `now` (aware, body's zone) is its date. Raises `UnsafeMail`, without content."""
    if now.utcoffset() is None:
        raise ValueError("an instant in a mail needs its zone")
    recipient = facts.recipient.address
    if not is_safe_address(recipient):
        raise UnsafeMail("the recipient is not of the plain form local@domain")
    values = receipt_values(facts, unit=letterhead.unit, mailbox=letterhead.address, short_name=letterhead.short_name)
    letter = templates.write(NoticeKind.RECEIPT, values)
    mark = f"{letterhead.short_name} {facts.reference}".strip()
    headers = automatic_headers(
        letterhead,
        recipient=recipient,
        subject=f"[{mark}] {letter.title}",
        message_id=message_id,
        thread=facts.thread,
        submitted="auto-replied",
        now=now,
        reply_to=facts.reply_to,
    )
    return OutgoingMail(
        key=key,
        kind=NoticeKind.RECEIPT,
        message_id=message_id,
        envelope_from=letterhead.address,
        recipient=recipient,
        raw=write_mail(headers, letter, key=key),
    )
