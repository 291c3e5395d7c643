"""The outbox: mails that are decided and recorded, not yet accepted by the server.

A row's key is unique for ever; its bytes never change; an attempt is booked and committed before it is made, and
`dot_written` before the final dot can leave. `enqueue` is called by `workflows.record` alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, literal, or_, select, update
from sqlmodel import col

from triage.model.codes import OutboxState
from triage.model.delivery import MAIL_IN_HAND, ClaimedMail, OutgoingMail, SendOutcome, SendResult
from triage.model.message import fold_mailbox
from triage.store.engine import Transaction
from triage.store.raw import keep_bytes, read_bytes
from triage.store.tables import AttemptRow, OutboxRow, TicketRow

_READY = [literal(each) for each in (OutboxState.PENDING, OutboxState.RETRY, OutboxState.UNKNOWN)]

# What runs for each mail is built once: to build a statement costs several times what it costs to run.
_OF_ROW = col(OutboxRow.id) == bindparam("row_id")
_COUNT = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.ticket_id) == bindparam("ticket_id"))
_HAS_KEY = select(col(OutboxRow.id)).where(col(OutboxRow.key) == bindparam("key"))
_ADD = insert(OutboxRow)
_CHANGE = update(OutboxRow).where(_OF_ROW)
_TROUBLED = _CHANGE.values(troubles=col(OutboxRow.troubles) + 1)
_UNKNOWN = _CHANGE.values(unknowns=col(OutboxRow.unknowns) + 1)
_STANDING = select(col(OutboxRow.state), col(OutboxRow.attempts)).where(_OF_ROW)
_ADD_ATTEMPT = insert(AttemptRow)
_CHANGE_ATTEMPT = update(AttemptRow).where(
    col(AttemptRow.outbox_id) == bindparam("of_row"), col(AttemptRow.number) == bindparam("of_number")
)
_NEXT_DUE = select(func.min(col(OutboxRow.next_attempt_at))).where(col(OutboxRow.state).in_(_READY))
_BOOKINGS = select(
    col(OutboxRow.id),
    col(OutboxRow.kind),
    col(OutboxRow.envelope_from),
    col(OutboxRow.recipient),
    col(OutboxRow.message_id),
    col(OutboxRow.raw_sha256),
    col(OutboxRow.attempts),
    col(OutboxRow.troubles),
    col(OutboxRow.unknowns),
    col(OutboxRow.first_attempt_at),
    col(OutboxRow.ticket_id),
    col(TicketRow.reference),
).join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id), isouter=True)
_DUE = (
    _BOOKINGS.where(
        col(OutboxRow.state).in_(_READY),
        or_(col(OutboxRow.next_attempt_at).is_(None), col(OutboxRow.next_attempt_at) <= bindparam("now")),
    )
    # A mail over which the server fell silent again and again stands behind those over which it did not.
    .order_by(col(OutboxRow.priority), col(OutboxRow.troubles), col(OutboxRow.next_attempt_at), col(OutboxRow.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=OutboxRow)
)


@dataclass(frozen=True, slots=True)
class Booked:
    """A claimed mail, with what its verdict needs: when it was first tried, and whose notice it is.

    `troubles` counts the earlier attempts that said nothing of this mail. `outlived` says that the server took another
    mail since it was first in trouble with this one in hand.
    """

    mail: ClaimedMail
    number: int
    first_attempt_at: datetime
    ticket_id: int | None
    reference: str | None
    troubles: int = 0
    outlived: bool = False


def next_sequence(tx: Transaction, ticket_id: int) -> int:
    """The number of the next mail of ours on a ticket, part of its Message-ID."""
    return int(tx.execute(_COUNT, {"ticket_id": ticket_id}).scalar_one()) + 1


def enqueue(
    tx: Transaction,
    mail: OutgoingMail,
    *,
    ticket_id: int | None,
    mail_id: int | None,
    sequence: int,
    priority: int,
    hold_reason: str | None,
    now: datetime,
    cancelled: bool = False,
) -> bool:
    """Put a composed mail in the outbox, held for a person if there is a reason; False if its key is there.

    `cancelled` is for what shall never leave, whoever wishes so later.
    """
    if tx.execute(_HAS_KEY, {"key": mail.key}).first() is not None:
        return False
    row = {
        "key": mail.key,
        "kind": mail.kind,
        "ticket_id": ticket_id,
        "mail_id": mail_id,
        "sequence": sequence,
        "recipient": mail.recipient,
        "addressee": fold_mailbox(mail.recipient),
        "addressee_domain": mail.recipient.rpartition("@")[2].lower(),
        "envelope_from": mail.envelope_from,
        "message_id": mail.message_id,
        "raw_sha256": keep_bytes(tx, mail.raw),
        "priority": priority,
        "state": OutboxState.CANCELLED if cancelled else OutboxState.HELD if hold_reason else OutboxState.PENDING,
        "hold_reason": hold_reason,
        "attempts": 0,
        "troubles": 0,
        "unknowns": 0,
        "created_at": now,
        "next_attempt_at": None if hold_reason or cancelled else now,
    }
    tx.execute(_ADD, row)
    return True


def release_claimed(tx: Transaction) -> None:
    """What a process that died had claimed without writing the dot was not sent: again at once, nothing counted."""
    tx.execute(
        update(OutboxRow)
        .where(col(OutboxRow.state) == OutboxState.CLAIMED)
        .values(
            state=OutboxState.RETRY,
            next_attempt_at=col(OutboxRow.claimed_at),
            troubles=col(OutboxRow.troubles) + 1,
        )
    )


def find_lost(tx: Transaction) -> tuple[tuple[Booked, datetime], ...]:
    """Attempts whose dot may have left and whose end nobody wrote down, with the instant of the dot (MUST 19)."""
    query = _BOOKINGS.add_columns(col(OutboxRow.dot_written_at)).where(col(OutboxRow.state) == OutboxState.DOT_WRITTEN)
    return tuple(
        (_booked(tx, row, row.attempts, row.first_attempt_at), row.dot_written_at) for row in tx.execute(query).all()
    )


def claim_due(tx: Transaction, *, now: datetime, limit: int) -> tuple[Booked, ...]:
    """Book an attempt on the mails that are due, the most urgent first, and hand out their bytes."""
    booked = []
    for row in tx.execute(_DUE, {"now": now, "most": limit}).all():
        # The window of retries opens with the first attempt that says something of this mail (MUST 22).
        counted = row.attempts - row.troubles - row.unknowns
        first_attempt_at = row.first_attempt_at if counted and row.first_attempt_at else now
        _book(tx, row.id, row.attempts + 1, first_attempt_at, now)
        claimed = _booked(tx, row, row.attempts + 1, first_attempt_at)
        booked.append(replace(claimed, outlived=row.troubles > 0 and _was_outlived(tx, row.id)))
    return tuple(booked)


def _was_outlived(tx: Transaction, outbox_id: int) -> bool:
    choked = select(func.min(col(AttemptRow.id))).where(
        col(AttemptRow.outbox_id) == outbox_id,
        col(AttemptRow.outcome).in_((SendOutcome.SERVER_TROUBLE, SendOutcome.LOGIN_REFUSED)),
        col(AttemptRow.phase).in_(sorted(MAIL_IN_HAND)),
    )
    first = tx.execute(choked).scalar_one()
    if first is None:
        return False
    later = select(col(AttemptRow.id)).where(
        col(AttemptRow.id) > first, col(AttemptRow.outcome) == SendOutcome.ACCEPTED
    )
    return tx.execute(later.limit(1)).first() is not None


def is_under_way(tx: Transaction, booked: Booked) -> bool:
    """Whether this very attempt still waits for its end; asked in the transaction that settles it."""
    row = tx.execute(_STANDING, {"row_id": booked.mail.outbox_id}).one()
    return row.attempts == booked.number and row.state in (OutboxState.CLAIMED, OutboxState.DOT_WRITTEN)


def note_dot(tx: Transaction, booked: Booked, *, now: datetime) -> None:
    """The final dot is about to leave: from here on a silence means that nobody knows."""
    _set(tx, booked.mail.outbox_id, state=OutboxState.DOT_WRITTEN, dot_written_at=now)
    _set_attempt(tx, booked.mail.outbox_id, booked.number, dot_written_at=now)


def note_result(tx: Transaction, booked: Booked, result: SendResult, *, at: datetime) -> None:
    """Write down how the attempt ended."""
    _set_attempt(
        tx,
        booked.mail.outbox_id,
        booked.number,
        outcome=result.outcome,
        phase=result.phase,
        code=result.code,
        enhanced=result.enhanced,
        text=result.text,
        ended_at=at,
    )
    _set(tx, booked.mail.outbox_id, response=result.text)


def settle_sent(tx: Transaction, outbox_id: int, *, at: datetime, provider_id: str | None) -> None:
    """The server accepted it."""
    _set(tx, outbox_id, state=OutboxState.SENT, sent_at=at, provider_id=provider_id, next_attempt_at=None)


def settle_retry(tx: Transaction, outbox_id: int, *, when: datetime, burned: bool) -> None:
    """Try again at `when`; an attempt that the server's own trouble spoilt is not counted (MUST 22)."""
    row = {"row_id": outbox_id, "state": OutboxState.RETRY, "next_attempt_at": when, "dot_written_at": None}
    tx.execute(_CHANGE if burned else _TROUBLED, row)


def settle_unknown(tx: Transaction, outbox_id: int, *, when: datetime) -> None:
    """Whether it left is unknown; the same bytes may be sent again at `when`."""
    tx.execute(_UNKNOWN, {"row_id": outbox_id, "state": OutboxState.UNKNOWN, "next_attempt_at": when})


def settle_dead(tx: Transaction, outbox_id: int, *, reason: str) -> None:
    """No more attempts; the row stays for a person to see and requeue."""
    _set(tx, outbox_id, state=OutboxState.DEAD, hold_reason=reason, next_attempt_at=None)


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next mail is due, None where nothing waits for time."""
    return tx.execute(_NEXT_DUE).scalar_one()


def _booked(tx: Transaction, row: Row[*tuple[Any, ...]], number: int, first_attempt_at: datetime) -> Booked:
    mail = ClaimedMail(
        outbox_id=row.id,
        kind=row.kind,
        envelope_from=row.envelope_from,
        recipient=row.recipient,
        message_id=row.message_id,
        raw=read_bytes(tx, row.raw_sha256),
        attempts=number - 1 - row.troubles - row.unknowns,
        unknowns=row.unknowns,
    )
    return Booked(mail, number, first_attempt_at, row.ticket_id, row.reference, row.troubles)


def _book(tx: Transaction, outbox_id: int, number: int, first_attempt_at: datetime, now: datetime) -> None:
    _set(
        tx,
        outbox_id,
        state=OutboxState.CLAIMED,
        attempts=number,
        first_attempt_at=first_attempt_at,
        claimed_at=now,
        dot_written_at=None,
    )
    tx.execute(_ADD_ATTEMPT, {"outbox_id": outbox_id, "number": number, "started_at": now})


def _set_attempt(tx: Transaction, outbox_id: int, number: int, **values: object) -> None:
    tx.execute(_CHANGE_ATTEMPT, {"of_row": outbox_id, "of_number": number, **values})


def _set(tx: Transaction, outbox_id: int, **values: object) -> None:
    tx.execute(_CHANGE, {"row_id": outbox_id, **values})
