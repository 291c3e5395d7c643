"""The ledger of received mail as entries: every message of the server that was ever seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import FolderRow, MailRow, TicketRow


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """One received message. Instants are aware UTC; `size` is in bytes, as announced until the bytes are here.

    `arrived_at` is the instant that counts, or what the server said before it was decided. `ticket` is a number.
    """

    id: int
    folder: str
    uidvalidity: int
    uid: int
    sha256: str | None
    size: int
    message_id: str | None
    arrived_at: datetime
    state: str
    nature: str | None
    reason: str | None
    ticket: str | None
    nature_reason: str | None
    observed_at: datetime
    settled_at: datetime | None
    attempts: int
    truncated: bool
    remote_state: str


@dataclass(frozen=True, slots=True)
class ReceivedFilter:
    """Which entries are wanted; what is empty filters nothing. Instants are aware UTC, `until_at` excluded."""

    states: Sequence[str] = ()
    reasons: Sequence[str] = ()
    natures: Sequence[str] = ()
    ticket: str | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None


def list_received(tx: Transaction, wanted: ReceivedFilter, *, limit: int | None = None) -> tuple[ReceivedEntry, ...]:
    """Entries, newest first."""
    arrived_at = _arrived_at()
    query = _all().order_by(col(MailRow.id).desc()).limit(limit)
    for column, values in (
        (col(MailRow.state), wanted.states),
        (col(MailRow.reason), wanted.reasons),
        (col(MailRow.nature), wanted.natures),
    ):
        query = query.where(column.in_(values)) if values else query
    if wanted.ticket is not None:
        query = query.where(col(TicketRow.reference) == wanted.ticket)
    if wanted.since_at is not None:
        query = query.where(arrived_at >= wanted.since_at)
    if wanted.until_at is not None:
        query = query.where(arrived_at < wanted.until_at)
    return tuple(ReceivedEntry(*row) for row in tx.execute(query))


def find_received(tx: Transaction, mail_id: int) -> ReceivedEntry | None:
    """One entry by its row."""
    row = tx.execute(_all().where(col(MailRow.id) == mail_id)).first()
    return None if row is None else ReceivedEntry(*row)


def _arrived_at() -> Any:  # the column expression's own type
    return func.coalesce(col(MailRow.received_at), col(MailRow.internal_date_at), col(MailRow.observed_at))


def _all() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(MailRow.id),
            col(FolderRow.name),
            col(MailRow.uidvalidity),
            col(MailRow.uid),
            col(MailRow.raw_sha256),
            func.coalesce(col(MailRow.raw_size), col(MailRow.announced_size)),
            col(MailRow.message_id),
            _arrived_at(),
            col(MailRow.state),
            col(MailRow.nature),
            col(MailRow.reason),
            col(TicketRow.reference),
            col(MailRow.nature_reason),
            col(MailRow.observed_at),
            col(MailRow.settled_at),
            col(MailRow.attempts),
            col(MailRow.truncated),
            col(MailRow.remote_state),
        )
        .join(FolderRow, col(FolderRow.id) == col(MailRow.folder_id))
        .join(TicketRow, col(TicketRow.id) == col(MailRow.ticket_id), isouter=True)
    )
