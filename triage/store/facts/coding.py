"""What is coded on a ticket besides its kind: what letters, closing and reports need to know of it."""

from sqlalchemy import select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import TicketRow


def find_client(tx: Transaction, ticket_id: int) -> str | None:
    """The category of client, None where nobody said."""
    return tx.execute(select(col(TicketRow.client)).where(col(TicketRow.id) == ticket_id)).scalar_one_or_none()
