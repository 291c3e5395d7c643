"""What is coded on a ticket besides its kind: what letters, closing and reports need to know of it."""

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import TicketRow


@dataclass(frozen=True, slots=True)
class Coding:
    """Codes as they stand, None where nobody said; `criteria` are those of a conclusion (R-30)."""

    client: str | None
    conclusion: str | None
    criteria: tuple[str, ...]


def find_coding(tx: Transaction, ticket_id: int) -> Coding:
    """The codes of a ticket that exists."""
    query = select(col(TicketRow.client), col(TicketRow.conclusion), col(TicketRow.criteria)).where(
        col(TicketRow.id) == ticket_id
    )
    client, conclusion, criteria = tx.execute(query).one()
    return Coding(client, conclusion, tuple(json.loads(criteria or "[]")))
