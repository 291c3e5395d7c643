"""What a week of mails led to, or would have, whatever the mode: numbers, codes and instants, nothing of any person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from triage.model.codes import NoticeKind
from triage.model.judgement import WithholdReason
from triage.model.papers.observation import ObservedMail
from triage.store.engine import Transaction
from triage.store.folders import IMPORT
from triage.store.tables import ClockRow, FolderRow, MailRow, OutboxRow, TicketRow


def observed_since(tx: Transaction) -> datetime | None:
    """When the first folder was watched, None where none ever was."""
    return tx.execute(select(func.min(col(FolderRow.known_since_at))).where(col(FolderRow.role) != IMPORT)).scalar_one()


def list_observed(tx: Transaction, *, since_at: datetime, until_at: datetime) -> tuple[ObservedMail, ...]:
    """Every mail taken in that was received between two instants (aware UTC, the second excluded)."""
    newest = (
        select(func.max(col(OutboxRow.id)))
        .where(col(OutboxRow.mail_id) == col(MailRow.id), col(OutboxRow.kind) == NoticeKind.ACKNOWLEDGEMENT)
        .correlate(MailRow)
        .scalar_subquery()
    )
    answer_due_on = (
        select(func.max(col(ClockRow.due_on)))
        .where(col(ClockRow.ticket_id) == col(MailRow.ticket_id), col(ClockRow.superseded_at).is_(None))
        .correlate(MailRow)
        .scalar_subquery()
    )
    query = (
        select(
            col(MailRow.received_at),
            col(MailRow.reason),
            col(MailRow.nature),
            col(TicketRow.reference),
            col(OutboxRow.created_at),
            col(OutboxRow.hold_reason),
            answer_due_on,
        )
        .join(TicketRow, col(TicketRow.id) == col(MailRow.ticket_id), isouter=True)
        .join(OutboxRow, col(OutboxRow.id) == newest, isouter=True)
        .where(col(MailRow.received_at) >= since_at, col(MailRow.received_at) < until_at, ~col(MailRow.imported))
        .order_by(col(MailRow.id))
    )
    rows: Sequence[Any] = tx.execute(query).all()  # what the query asks for is never null where it is compared
    return tuple(
        ObservedMail(received_at, reason, nature, ticket, prepared_at, _hold(hold), due_on)
        for received_at, reason, nature, ticket, prepared_at, hold, due_on in rows
    )


def _hold(reason: str | None) -> str | None:
    """Why the letter would have waited for a person; what became of it later is another matter."""
    is_hold = reason in set(WithholdReason) and reason != WithholdReason.OBSERVATION
    return reason if is_hold else None
