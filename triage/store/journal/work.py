"""What work changes on a ticket: who has it, where it stands, and the first act of a person, which is kept once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import col

from triage.model.codes import TicketStatus
from triage.store.engine import Transaction
from triage.store.journal.clocks import meet_clocks
from triage.store.tables import TicketRow

# What ended otherwise keeps the instant of its end.
_GOING_ON = frozenset(TicketStatus) - {
    *(TicketStatus.CLOSED, TicketStatus.REDIRECTED, TicketStatus.WITHDRAWN, TicketStatus.MERGED, TicketStatus.SPAM)
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an act may change, so that it can be put back."""

    status: TicketStatus
    assigned_to: str | None
    taken_charge_at: datetime | None


def standing_of(tx: Transaction, ticket_id: int) -> Standing:
    """How the ticket stands now; its row is locked until the transaction ends."""
    row = tx.execute(
        select(col(TicketRow.status), col(TicketRow.assigned_to), col(TicketRow.taken_charge_at))
        .where(col(TicketRow.id) == ticket_id)
        .with_for_update()
    ).one()
    return Standing(TicketStatus(row.status), row.assigned_to, row.taken_charge_at)


def _closed(status: TicketStatus, now: datetime) -> dict[str, object]:
    """When the ticket was closed: the first such instant while it is, none while it is worked on."""
    if status is TicketStatus.CLOSED:
        return {"closed_at": func.coalesce(col(TicketRow.closed_at), now)}
    return {"closed_at": None} if status in _GOING_ON else {}


def put_standing(
    tx: Transaction, ticket_id: int, standing: Standing, *, met_by: Collection[str], now: datetime
) -> None:
    """Write how the ticket stands. It is reviewed again at once, since its due steps may have changed.

    The clocks of the standards `met_by` (ids) end when somebody took charge, and run again where nobody has.
    """
    tx.execute(
        update(TicketRow)
        .where(col(TicketRow.id) == ticket_id)
        .values(
            status=standing.status,
            assigned_to=standing.assigned_to,
            taken_charge_at=standing.taken_charge_at,
            next_review_at=now,
            **_closed(standing.status, now),
        )
    )
    meet_clocks(tx, ticket_id, met_by, met_at=standing.taken_charge_at)
