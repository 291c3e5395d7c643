"""The outbox as entries, with every attempt to send each (MUST 20, 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import AttemptRow, OutboxRow, TicketRow


@dataclass(frozen=True, slots=True)
class OutgoingEntry:
    """One outgoing mail. Instants are aware UTC; `ticket` is a number, `mail` the row of the mail that it answers.

    `hold_reason` says why it waits, was given up, or shall not leave.
    """

    id: int
    key: str
    kind: str
    ticket: str | None
    recipient: str
    state: str
    attempts: int
    message_id: str
    next_attempt_at: datetime | None
    sent_at: datetime | None
    response: str | None
    hold_reason: str | None
    mail: int | None
    sha256: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptEntry:
    """One try to send: when, how far it came, and what the server said."""

    number: int
    started_at: datetime
    dot_written_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    phase: str | None
    code: int | None
    enhanced: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class OutgoingFilter:
    """Which entries are wanted; what is empty filters nothing."""

    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    reasons: Sequence[str] = ()
    ticket: str | None = None
    mail: int | None = None


def list_outgoing(tx: Transaction, wanted: OutgoingFilter, *, limit: int | None = None) -> tuple[OutgoingEntry, ...]:
    """Entries, newest first."""
    query = _all().order_by(col(OutboxRow.id).desc()).limit(limit)
    for column, values in (
        (col(OutboxRow.state), wanted.states),
        (col(OutboxRow.kind), wanted.kinds),
        (col(OutboxRow.hold_reason), wanted.reasons),
    ):
        query = query.where(column.in_(values)) if values else query
    if wanted.ticket is not None:
        query = query.where(col(TicketRow.reference) == wanted.ticket)
    if wanted.mail is not None:
        query = query.where(col(OutboxRow.mail_id) == wanted.mail)
    return tuple(OutgoingEntry(*row) for row in tx.execute(query))


def find_outgoing(tx: Transaction, outbox_id: int) -> OutgoingEntry | None:
    """One entry by its row."""
    row = tx.execute(_all().where(col(OutboxRow.id) == outbox_id)).first()
    return None if row is None else OutgoingEntry(*row)


def list_attempts(tx: Transaction, outbox_id: int) -> tuple[AttemptEntry, ...]:
    """Every try to send one mail, in order."""
    query = (
        select(
            col(AttemptRow.number),
            col(AttemptRow.started_at),
            col(AttemptRow.dot_written_at),
            col(AttemptRow.ended_at),
            col(AttemptRow.outcome),
            col(AttemptRow.phase),
            col(AttemptRow.code),
            col(AttemptRow.enhanced),
            col(AttemptRow.text),
        )
        .where(col(AttemptRow.outbox_id) == outbox_id)
        .order_by(col(AttemptRow.number))
    )
    rows: Any = tx.execute(query)
    return tuple(AttemptEntry(*row) for row in rows)


def _all() -> Select[*tuple[Any, ...]]:
    return select(
        col(OutboxRow.id),
        col(OutboxRow.key),
        col(OutboxRow.kind),
        col(TicketRow.reference),
        col(OutboxRow.recipient),
        col(OutboxRow.state),
        col(OutboxRow.attempts),
        col(OutboxRow.message_id),
        col(OutboxRow.next_attempt_at),
        col(OutboxRow.sent_at),
        col(OutboxRow.response),
        col(OutboxRow.hold_reason),
        col(OutboxRow.mail_id),
        col(OutboxRow.raw_sha256),
        col(OutboxRow.created_at),
    ).join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id), isouter=True)
