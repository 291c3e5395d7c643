"""When the clocks of a ticket end, and that they run again. A clock that a change of kind replaced stays as it was."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import ClockRow


def meet_clocks(tx: Transaction, ticket_id: int, standards: Collection[str], *, met_at: datetime | None) -> None:
    """The ticket's clocks of these standards (ids) end at that instant (UTC), or run again where there is none."""
    tx.execute(
        update(ClockRow)
        .where(
            col(ClockRow.ticket_id) == ticket_id,
            col(ClockRow.standard).in_(sorted(standards)),
            col(ClockRow.superseded_at).is_(None),
        )
        .values(met_at=met_at)
    )
