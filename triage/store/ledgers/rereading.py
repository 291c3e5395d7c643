"""A received mail that was settled without being understood, and what is written once it is."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, update
from sqlmodel import col

from triage.model.decision import Decision
from triage.model.message import ParsedMessage, fold_address
from triage.store.engine import Transaction
from triage.store.inbox import ReceivedMail
from triage.store.tables import MailRow, TicketRow


@dataclass(frozen=True, slots=True)
class SettledMail:
    """A mail whose bytes are here, why it was treated as it was, and its ticket if it has one."""

    mail: ReceivedMail
    reason: str | None
    ticket_id: int | None
    reference: str | None


def find_settled(tx: Transaction, mail_id: int) -> SettledMail | None:
    """One mail by its row, locked until the end of a transaction that writes; None where its bytes are not here."""
    query = (
        select(
            col(MailRow.id),
            col(MailRow.raw_sha256),
            col(MailRow.internal_date_at),
            col(MailRow.observed_at),
            col(MailRow.truncated),
            col(MailRow.attempts),
            col(MailRow.date_doubted),
            col(MailRow.imported),
            col(MailRow.reason),
            col(MailRow.ticket_id),
            col(TicketRow.reference),
        )
        .join(TicketRow, col(TicketRow.id) == col(MailRow.ticket_id), isouter=True)
        .where(col(MailRow.id) == mail_id, col(MailRow.raw_sha256).is_not(None))
        .with_for_update(of=MailRow)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    mail = ReceivedMail(row[0], cast("str", row[1]), *row[2:8])  # never null, says the query
    return SettledMail(mail, row.reason, row.ticket_id, row.reference)


def resettle(tx: Transaction, mail_id: int, *, message: ParsedMessage, decision: Decision) -> None:
    """Write what was understood after all; reception, ticket and place on the server stay as they are."""
    tx.execute(
        update(MailRow)
        .where(col(MailRow.id) == mail_id)
        .values(
            message_id=message.message_id,
            fingerprint=message.fingerprint,
            content=message.content or None,
            sender=fold_address(message.sender) or None,
            reason=decision.reason,
            nature=decision.nature.nature,
            nature_reason=decision.nature.reason,
        )
    )
