"""A digest composed, numbered and put in the outbox, all in the caller's transaction; once a supervisor and day."""

from collections.abc import Callable
from datetime import datetime

from triage.mail.writing.internal.digest import compose_digest
from triage.mail.writing.message_ids import make_collective_id
from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import NoticeKind, OutboxState
from triage.model.papers.digest import Digest
from triage.rules.digest import digest_key
from triage.rules.outgoing import place
from triage.rules.sending_rate import priority_of
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.ledgers import handling
from triage.store.ledgers.numbering import keep_numbering
from triage.workflows.record.stationery import Stationery

ReplyAddress = Callable[[Transaction, Digest, datetime], str | None]
"""Gives the address to which an answer to this digest goes, and writes down in the same transaction what it allows."""


def record_digest(
    tx: Transaction,
    digest: Digest,
    *,
    recipient: StaffMember,
    staff: Staff,
    stationery: Stationery,
    reply_address: ReplyAddress | None,
    now: datetime,
) -> bool:
    """Put one digest in the outbox with the meaning of its numbers; False where that day's is there already.

    Raises `UnsafeMail` where the recipient's address cannot be written to.
    """
    key = digest_key(recipient.id, digest.on)
    if handling.find_by_key(tx, key) is not None:
        return False
    mail = compose_digest(
        digest,
        recipient=recipient,
        staff=staff,
        letterhead=stationery.letterhead,
        templates=stationery.templates,
        message_id=make_collective_id(
            kind=NoticeKind.DIGEST, about=key, domain=stationery.domain, key=stationery.signing_key
        ),
        key=key,
        reply_to=None if reply_address is None else reply_address(tx, digest, now),
        now=now.astimezone(stationery.zone),
    )
    placement = place(NoticeKind.DIGEST, hold=None, modes=stationery.modes)
    outbox.enqueue(
        tx,
        mail,
        ticket_id=None,
        mail_id=None,
        sequence=0,
        priority=priority_of(mail.kind),
        hold_reason=placement.reason,
        cancelled=placement.state is OutboxState.CANCELLED,
        now=now,
    )
    keep_numbering(tx, staff_id=recipient.id, on=digest.on, numbering=digest.numbering)
    return True
