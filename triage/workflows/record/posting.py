"""A composed mail into the outbox, with the line that it leaves in the ticket's story."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.model.delivery import DeliveryModes, OutgoingMail
from triage.model.judgement import WithholdReason
from triage.rules.outgoing import place
from triage.rules.sending_rate import priority_of
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.journal import append_event


@dataclass(frozen=True, slots=True)
class Posting:
    """One mail of ours about one ticket. `sequence` is the number in its Message-ID; `actor` who had it written."""

    ticket_id: int
    mail_id: int | None
    sequence: int
    hold: WithholdReason | None = None
    actor: str = "triage"


def post(tx: Transaction, mail: OutgoingMail, posting: Posting, *, modes: DeliveryModes, now: datetime) -> bool:
    """Put a mail in the outbox in the state that the mode of its kind gives it; False where its key is there."""
    kind = NoticeKind(mail.kind)
    placement = place(kind, hold=posting.hold, modes=modes)
    added = outbox.enqueue(
        tx,
        mail,
        ticket_id=posting.ticket_id,
        mail_id=posting.mail_id,
        sequence=posting.sequence,
        priority=priority_of(mail.kind),
        hold_reason=placement.reason,
        cancelled=placement.state is OutboxState.CANCELLED,
        now=now,
    )
    if added and placement.reason is None:
        payload = {"kind": mail.kind, "key": mail.key, "message_id": mail.message_id, "recipient": mail.recipient}
        _tell(tx, posting, EventKind.NOTICE, payload, now=now)
    elif added:
        withhold(tx, posting, kind, placement.reason or WithholdReason.APPROVAL, now=now)
    return added


def withhold(tx: Transaction, posting: Posting, kind: NoticeKind, reason: WithholdReason, *, now: datetime) -> None:
    """Say in the ticket's story that a mail of this kind does not leave, and why."""
    _tell(tx, posting, EventKind.NOTICE_WITHHELD, {"kind": kind, "reason": reason}, now=now)


def _tell(tx: Transaction, posting: Posting, kind: EventKind, said: Mapping[str, object], *, now: datetime) -> None:
    append_event(tx, posting.ticket_id, kind, at=now, payload=said, mail_id=posting.mail_id, actor=posting.actor)
