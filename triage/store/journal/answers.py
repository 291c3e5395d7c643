"""What an answer changes on a ticket: where it stands, when it was answered first, and which clocks that ended."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import col

from triage.model.codes import TicketKind, TicketStatus
from triage.store.engine import Transaction
from triage.store.journal.clocks import meet_clocks
from triage.store.tables import TicketRow


@dataclass(frozen=True, slots=True)
class Ending:
    """How a ticket stands to its answer. `answered_at` (aware UTC) is when the first one was accepted."""

    kind: TicketKind
    status: TicketStatus
    answered_at: datetime | None
    closed_at: datetime | None


def ending_of(tx: Transaction, ticket_id: int) -> Ending:
    """How it stands now; the ticket's row is locked until the transaction ends."""
    row = tx.execute(
        select(col(TicketRow.kind), col(TicketRow.status), col(TicketRow.answered_at), col(TicketRow.closed_at))
        .where(col(TicketRow.id) == ticket_id)
        .with_for_update()
    ).one()
    return Ending(TicketKind(row.kind), TicketStatus(row.status), row.answered_at, row.closed_at)


def put_ending(tx: Transaction, ticket_id: int, ending: Ending, *, clocks: Collection[str], now: datetime) -> None:
    """Write how it stands; the clocks of these standards (ids) end when it was answered, or run again.

    The ticket is reviewed at once, since its due steps have changed.
    """
    tx.execute(
        update(TicketRow)
        .where(col(TicketRow.id) == ticket_id)
        .values(
            status=ending.status,
            answered_at=ending.answered_at,
            closed_at=ending.closed_at,
            next_review_at=now,
        )
    )
    meet_clocks(tx, ticket_id, clocks, met_at=ending.answered_at)


def put_extension(tx: Transaction, ticket_id: int, until_on: date | None) -> None:
    """The local day that a notice of delay announced; None where none stands. No clock changes (R-33)."""
    tx.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(extended_to_on=until_on))


def put_criteria(tx: Transaction, ticket_id: int, criteria: Sequence[str]) -> None:
    """Why the complaint is founded, in codes (R-30)."""
    tx.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(criteria=json.dumps(list(criteria))))


def put_conclusion(tx: Transaction, ticket_id: int, conclusion: str | None, *, criteria: Sequence[str]) -> None:
    """What the matter came to, in codes; None where nobody concludes any more."""
    said = None if conclusion is None else json.dumps(list(criteria))
    tx.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(conclusion=conclusion, criteria=said))
