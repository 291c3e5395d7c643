"""A digest composed, numbered and put in the outbox, all in the caller's transaction; once a supervisor and day."""

from datetime import datetime, timedelta

from triage.mail.writing.internal.digest import compose_digest
from triage.mail.writing.message_ids import make_collective_id
from triage.model.agents.authority import TokenScope
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
from triage.store.staff_tokens import issue_token
from triage.workflows.record.stationery import Stationery

TOKEN_LIFE = timedelta(days=14)
"""How long an answer to a digest finds its numbers."""


def record_digest(
    tx: Transaction,
    digest: Digest,
    *,
    recipient: StaffMember,
    staff: Staff,
    stationery: Stationery,
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
        token=_issue_token(tx, digest, now=now),
        plus_addressing=stationery.plus_addressing,
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


def _issue_token(tx: Transaction, digest: Digest, *, now: datetime) -> str | None:
    """What an answer is recognised by; a digest without numbers has nothing to answer to."""
    if not digest.numbering:
        return None
    _, text = issue_token(
        tx,
        scope=TokenScope.DIGEST,
        staff_id=digest.staff_id,
        ticket_id=None,
        expires_at=now + TOKEN_LIFE,
        now=now,
        digest_on=digest.on,
    )
    return text
