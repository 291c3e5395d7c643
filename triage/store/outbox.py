"""The outbox: mails that are decided and recorded, not yet accepted by the server.

A row's key is unique for ever; its bytes never change; an attempt is booked and committed before it is made, and
`dot_written` before the final dot can leave. `enqueue` is called by `workflows.record` alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update
from sqlmodel import col

from triage.model.codes import OutboxState
from triage.model.delivery import MAIL_IN_HAND, ClaimedMail, OutgoingMail, SendOutcome, SendResult
from triage.model.message import fold_mailbox
from triage.store.engine import Transaction
from triage.store.raw import keep_bytes, read_bytes
from triage.store.tables import AttemptRow, OutboxRow, TicketRow

_READY = (OutboxState.PENDING, OutboxState.RETRY, OutboxState.UNKNOWN)


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
    query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.ticket_id) == ticket_id)
    return int(tx.execute(query).scalar_one()) + 1


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
    if tx.execute(select(col(OutboxRow.id)).where(col(OutboxRow.key) == mail.key)).first() is not None:
        return False
    tx.execute(
        insert(OutboxRow).values(
            key=mail.key,
            kind=mail.kind,
            ticket_id=ticket_id,
            mail_id=mail_id,
            sequence=sequence,
            recipient=mail.recipient,
            addressee=fold_mailbox(mail.recipient),
            addressee_domain=mail.recipient.rpartition("@")[2].lower(),
            envelope_from=mail.envelope_from,
            message_id=mail.message_id,
            raw_sha256=keep_bytes(tx, mail.raw),
            priority=priority,
            state=OutboxState.CANCELLED if cancelled else OutboxState.HELD if hold_reason else OutboxState.PENDING,
            hold_reason=hold_reason,
            attempts=0,
            troubles=0,
            unknowns=0,
            created_at=now,
            next_attempt_at=None if hold_reason or cancelled else now,
        )
    )
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
    query = (
        _bookings().add_columns(col(OutboxRow.dot_written_at)).where(col(OutboxRow.state) == OutboxState.DOT_WRITTEN)
    )
    return tuple(
        (_booked(tx, row, row.attempts, row.first_attempt_at), row.dot_written_at) for row in tx.execute(query).all()
    )


def claim_due(tx: Transaction, *, now: datetime, limit: int) -> tuple[Booked, ...]:
    """Book an attempt on the mails that are due, the most urgent first, and hand out their bytes."""
    query = (
        _bookings()
        .where(
            col(OutboxRow.state).in_(_READY),
            or_(col(OutboxRow.next_attempt_at).is_(None), col(OutboxRow.next_attempt_at) <= now),
        )
        # A mail over which the server fell silent again and again stands behind those over which it did not.
        .order_by(col(OutboxRow.priority), col(OutboxRow.troubles), col(OutboxRow.next_attempt_at), col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
    booked = []
    for row in tx.execute(query).all():
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
    query = select(col(OutboxRow.state), col(OutboxRow.attempts)).where(col(OutboxRow.id) == booked.mail.outbox_id)
    row = tx.execute(query).one()
    return row.attempts == booked.number and row.state in (OutboxState.CLAIMED, OutboxState.DOT_WRITTEN)


def note_dot(tx: Transaction, booked: Booked, *, now: datetime) -> None:
    """The final dot is about to leave: from here on a silence means that nobody knows."""
    _set(tx, booked.mail.outbox_id, state=OutboxState.DOT_WRITTEN, dot_written_at=now)
    tx.execute(update(AttemptRow).where(*_attempt(booked.mail.outbox_id, booked.number)).values(dot_written_at=now))


def note_result(tx: Transaction, booked: Booked, result: SendResult, *, at: datetime) -> None:
    """Write down how the attempt ended."""
    _end_attempt(
        tx,
        booked.mail.outbox_id,
        booked.number,
        outcome=result.outcome,
        phase=result.phase,
        code=result.code,
        enhanced=result.enhanced,
        text=result.text,
        at=at,
    )
    _set(tx, booked.mail.outbox_id, response=result.text)


def settle_sent(tx: Transaction, outbox_id: int, *, at: datetime, provider_id: str | None) -> None:
    """The server accepted it."""
    _set(tx, outbox_id, state=OutboxState.SENT, sent_at=at, provider_id=provider_id, next_attempt_at=None)


def settle_retry(tx: Transaction, outbox_id: int, *, when: datetime, burned: bool) -> None:
    """Try again at `when`; an attempt that the server's own trouble spoilt is not counted (MUST 22)."""
    spoilt = {} if burned else {"troubles": col(OutboxRow.troubles) + 1}
    _set(tx, outbox_id, state=OutboxState.RETRY, next_attempt_at=when, dot_written_at=None, **spoilt)


def settle_unknown(tx: Transaction, outbox_id: int, *, when: datetime) -> None:
    """Whether it left is unknown; the same bytes may be sent again at `when`."""
    _set(
        tx,
        outbox_id,
        state=OutboxState.UNKNOWN,
        next_attempt_at=when,
        unknowns=col(OutboxRow.unknowns) + 1,
    )


def settle_dead(tx: Transaction, outbox_id: int, *, reason: str) -> None:
    """No more attempts; the row stays for a person to see and requeue."""
    _set(tx, outbox_id, state=OutboxState.DEAD, hold_reason=reason, next_attempt_at=None)


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next mail is due, None where nothing waits for time."""
    query = select(func.min(col(OutboxRow.next_attempt_at))).where(col(OutboxRow.state).in_(_READY))
    return tx.execute(query).scalar_one()


def _bookings() -> Select[*tuple[Any, ...]]:
    return select(
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
    tx.execute(insert(AttemptRow).values(outbox_id=outbox_id, number=number, started_at=now))


def _end_attempt(
    tx: Transaction, outbox_id: int, number: int, *, outcome: SendOutcome, at: datetime, **said: object
) -> None:
    tx.execute(update(AttemptRow).where(*_attempt(outbox_id, number)).values(outcome=outcome, ended_at=at, **said))


def _attempt(outbox_id: int, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AttemptRow.outbox_id) == outbox_id, col(AttemptRow.number) == number


def _set(tx: Transaction, outbox_id: int, **values: object) -> None:
    tx.execute(update(OutboxRow).where(col(OutboxRow.id) == outbox_id).values(**values))
