"""What a person's hand changes in the outbox: let go, send again, cancel. Whether it may is judged elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from triage.model.codes import OutboxState
from triage.store.engine import Transaction
from triage.store.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class StandingMail:
    """How an outgoing mail stands, for whoever decides what becomes of it."""

    id: int
    kind: str
    key: str
    message_id: str
    ticket_id: int | None
    mail_id: int | None
    state: str
    hold_reason: str | None


def hold_still(tx: Transaction, outbox_id: int) -> StandingMail | None:
    """How one mail stands, locked until the end of the transaction so that no dispatcher claims it meanwhile."""
    query = (
        select(
            col(OutboxRow.id),
            col(OutboxRow.kind),
            col(OutboxRow.key),
            col(OutboxRow.message_id),
            col(OutboxRow.ticket_id),
            col(OutboxRow.mail_id),
            col(OutboxRow.state),
            col(OutboxRow.hold_reason),
        )
        .where(col(OutboxRow.id) == outbox_id)
        .with_for_update()
    )
    row = tx.execute(query).first()
    return None if row is None else StandingMail(*row)


def find_by_key(tx: Transaction, key: str) -> int | None:
    """The row of a key, None where nothing was ever owed under it."""
    return tx.execute(select(col(OutboxRow.id)).where(col(OutboxRow.key) == key)).scalar_one_or_none()


def requeue(tx: Transaction, outbox_id: int, *, now: datetime) -> None:
    """Due now, with the same bytes and the same Message-ID; what was tried before counts against it no more."""
    _set(
        tx,
        outbox_id,
        state=OutboxState.PENDING,
        hold_reason=None,
        next_attempt_at=now,
        troubles=col(OutboxRow.attempts),
        unknowns=0,
        first_attempt_at=None,
        dot_written_at=None,
    )


def hold_back(tx: Transaction, outbox_id: int, *, until_at: datetime) -> None:
    """A mail that has not been tried leaves no earlier; what waits for a person, or shall not leave, stays so."""
    tx.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == outbox_id, col(OutboxRow.state) == OutboxState.PENDING)
        .values(next_attempt_at=until_at)
    )


def hold_again(tx: Transaction, outbox_id: int, *, reason: str) -> None:
    """A mail that was let go and has not been tried waits for a person as before."""
    tx.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == outbox_id, col(OutboxRow.state) == OutboxState.PENDING)
        .values(state=OutboxState.HELD, hold_reason=reason, next_attempt_at=None)
    )


def postpone(tx: Transaction, ticket_id: int, *, kind: str, until_at: datetime) -> None:
    """Mails of a kind about a ticket that have not been tried leave no earlier; those that leave later still do."""
    tx.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.ticket_id) == ticket_id,
            col(OutboxRow.kind) == kind,
            col(OutboxRow.state) == OutboxState.PENDING,
            col(OutboxRow.next_attempt_at) < until_at,
        )
        .values(next_attempt_at=until_at)
    )


def cancel_unsent(tx: Transaction, ticket_id: int, *, kind: str, reason: str) -> None:
    """Mails of a kind about a ticket that no server can have taken shall never leave, tried before or not."""
    tx.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.ticket_id) == ticket_id,
            col(OutboxRow.kind) == kind,
            col(OutboxRow.state).in_((OutboxState.PENDING, OutboxState.RETRY, OutboxState.HELD)),
        )
        .values(state=OutboxState.CANCELLED, hold_reason=reason, next_attempt_at=None)
    )


def cancel(tx: Transaction, outbox_id: int, *, reason: str) -> None:
    """It shall never leave."""
    _set(tx, outbox_id, state=OutboxState.CANCELLED, hold_reason=reason, next_attempt_at=None)


def _set(tx: Transaction, outbox_id: int, **values: object) -> None:
    tx.execute(update(OutboxRow).where(col(OutboxRow.id) == outbox_id).values(**values))
