"""Saying what kind of matter a ticket is: its clocks are counted again from reception, and none is forgotten."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlmodel import col

from triage.model.codes import ClientCategory, Priority, ServiceLine, TicketKind
from triage.model.standard import Due
from triage.store.engine import Transaction
from triage.store.tables import ClockRow, TicketRow


def put_code(tx: Transaction, ticket_id: int, code: ClientCategory | ServiceLine | Priority) -> None:
    """Whose matter it is, about which service, or how soon, by the kind of code."""
    values: dict[str, object]
    match code:
        case ClientCategory():
            values = {"client": code.value}
        case ServiceLine():
            values = {"service": code.value}
        case Priority():
            values = {"priority": int(code.value)}
    tx.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(**values))


def recode(
    tx: Transaction,
    ticket_id: int,
    kind: TicketKind,
    dues: Iterable[Due],
    *,
    met: Mapping[str, datetime | None],
    now: datetime,
) -> None:
    """Write the kind and its clocks; `met` says by standard (id) when each was met already.

    A clock that runs no more stays with the instant at which it was given up; one that comes back goes on as before.
    """
    received_at = tx.execute(
        update(TicketRow)
        .where(col(TicketRow.id) == ticket_id)
        .values(kind=kind, next_review_at=now)
        .returning(col(TicketRow.received_at))
    ).scalar_one()
    mine = col(ClockRow.ticket_id) == ticket_id
    tx.execute(update(ClockRow).where(mine, col(ClockRow.superseded_at).is_(None)).values(superseded_at=now))
    for due in dues:
        said = {
            "version": due.version,
            "unit": due.unit,
            "due_at": due.due_at,
            "due_on": due.due_on,
            "committed": due.committed,
            "provisional": due.provisional,
            "met_at": met.get(due.standard),
        }
        known = mine, col(ClockRow.standard) == due.standard, col(ClockRow.started_at) == received_at
        if tx.execute(select(col(ClockRow.id)).where(*known)).first() is None:
            place = {"ticket_id": ticket_id, "standard": due.standard, "started_at": received_at}
            tx.execute(insert(ClockRow).values(**place, **said))
        else:
            tx.execute(update(ClockRow).where(*known).values(superseded_at=None, **said))
