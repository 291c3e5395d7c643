"""What an operator does with outgoing mail, written down with its line in the ticket's story (MUST 21, R-24)."""

from datetime import datetime

from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.rules.outgoing import OutboxAct, why_not
from triage.store.engine import Transaction
from triage.store.journal import append_event
from triage.store.ledgers import handling
from triage.store.ledgers.handling import StandingMail
from triage.workflows.record.answering import record_withdrawn

OPERATOR = "operator"
"""The actor of what somebody did at the command line."""

CANCELLED_BY_OPERATOR = "operator"
"""Why such a mail shall not leave, as the outbox keeps it; the operator's words stand in the event."""


class Refused(Exception):
    """What was asked for does not fit: the text says why, without a word of any mail."""


def release(tx: Transaction, outbox_id: int, *, now: datetime) -> None:
    """A held mail leaves at the dispatcher's next look. Raises `Refused`."""
    mail = _allowed(tx, outbox_id, OutboxAct.RELEASE)
    handling.requeue(tx, mail.id, now=now)
    _tell(tx, mail, EventKind.NOTICE_RELEASED, {"held_for": mail.hold_reason}, now=now)


def retry(tx: Transaction, outbox_id: int, *, force: bool, now: datetime) -> None:
    """A mail that was given up, or is uncertain, is tried again with the same bytes. Raises `Refused`."""
    mail = _allowed(tx, outbox_id, OutboxAct.RETRY, force=force)
    handling.requeue(tx, mail.id, now=now)
    _tell(tx, mail, EventKind.NOTICE_RETRIED, {"was": mail.state, "given_up_for": mail.hold_reason}, now=now)


def cancel(tx: Transaction, outbox_id: int, *, said: str, now: datetime) -> None:
    """A mail that has not left shall never leave; `said` is why, in the operator's words. Raises `Refused`."""
    mail = _allowed(tx, outbox_id, OutboxAct.CANCEL)
    handling.cancel(tx, mail.id, reason=CANCELLED_BY_OPERATOR)
    if mail.kind == NoticeKind.ANSWER and mail.ticket_id is not None:
        record_withdrawn(tx, mail.ticket_id, now=now)
    _tell(tx, mail, EventKind.NOTICE_CANCELLED, {"was": mail.state, "said": said}, now=now)


def _allowed(tx: Transaction, outbox_id: int, act: OutboxAct, *, force: bool = False) -> StandingMail:
    mail = handling.hold_still(tx, outbox_id)
    if mail is None:
        raise Refused(f"there is no outgoing mail {outbox_id}")
    refusal = why_not(act, OutboxState(mail.state), mail.hold_reason, force=force)
    if refusal is not None:
        raise Refused(f"outgoing mail {outbox_id}: {refusal}")
    return mail


def _tell(tx: Transaction, mail: StandingMail, kind: EventKind, said: dict[str, object], *, now: datetime) -> None:
    if mail.ticket_id is not None:
        payload = {"kind": mail.kind, "key": mail.key, "message_id": mail.message_id, **said}
        append_event(tx, mail.ticket_id, kind, at=now, payload=payload, mail_id=mail.mail_id, actor=OPERATOR)
