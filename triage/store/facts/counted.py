"""Tickets as counting sees them: codes and instants of a cohort, or of those not done with (R-40 to R-43, R-75)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlmodel import col

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.papers.counting import CountedClock, CountedTicket
from triage.model.papers.digest import StandingTicket
from triage.model.standard import ClockUnit, Due
from triage.store.engine import Transaction
from triage.store.tables import ClockRow, ConcernedRow, TicketRow

# Looking a code up costs a fifth of asking the enumeration for it, and a year has many tickets.
_KINDS: Mapping[str, TicketKind] = {each.value: each for each in TicketKind}
_CHANNELS: Mapping[str, Channel] = {each.value: each for each in Channel}
_STATUSES: Mapping[str, TicketStatus] = {each.value: each for each in TicketStatus}
_UNITS: Mapping[str, ClockUnit] = {each.value: each for each in ClockUnit}


def list_cohort(tx: Transaction, *, since_at: datetime, until_at: datetime) -> tuple[CountedTicket, ...]:
    """Every ticket received between two instants (aware UTC, the second excluded), by number."""
    received_at = col(TicketRow.received_at)
    return tuple(facts for _, facts in _counted(tx, and_(received_at >= since_at, received_at < until_at)))


def list_standing(tx: Transaction, *, statuses: Collection[TicketStatus]) -> tuple[StandingTicket, ...]:
    """Every ticket in one of these statuses, with whom it is about, by number."""
    chosen = col(TicketRow.status).in_([each.value for each in statuses])
    concerned = find_concerned(tx, chosen)
    return tuple(
        StandingTicket(
            reference=row.reference,
            assigned_to=row.assigned_to,
            restricted=row.restricted,
            facts=facts,
            concerned=concerned.get(row.id, frozenset()),
        )
        for row, facts in _counted(tx, chosen)
    )


def find_concerned(tx: Transaction, chosen: ColumnElement[bool]) -> Mapping[int, frozenset[str]]:
    """Folded addresses of the people whom the chosen tickets are about, by the tickets' rows."""
    query = (
        select(col(ConcernedRow.ticket_id), col(ConcernedRow.address))
        .join(TicketRow, col(TicketRow.id) == col(ConcernedRow.ticket_id))
        .where(chosen)
        .order_by(col(ConcernedRow.ticket_id))
    )
    rows = tx.execute(query).all()
    return {key: frozenset(each.address for each in mine) for key, mine in groupby(rows, key=lambda row: row.ticket_id)}


def _counted(tx: Transaction, chosen: ColumnElement[bool]) -> Iterator[tuple[Row[*tuple[Any, ...]], CountedTicket]]:
    """Each ticket once, with its clocks; one pass over two joined tables."""
    query = (
        select(
            col(TicketRow.id),
            col(TicketRow.reference),
            col(TicketRow.kind),
            col(TicketRow.channel),
            col(TicketRow.status),
            col(TicketRow.received_at),
            col(TicketRow.requester_id),
            col(TicketRow.acknowledged_at),
            col(TicketRow.taken_charge_at),
            col(TicketRow.answered_at),
            col(TicketRow.closed_at),
            col(TicketRow.assigned_to),
            col(TicketRow.restricted),
            col(ClockRow.standard),
            col(ClockRow.version),
            col(ClockRow.unit),
            col(ClockRow.due_at),
            col(ClockRow.due_on),
            col(ClockRow.committed),
            col(ClockRow.provisional),
            col(ClockRow.met_at),
        )
        .join(
            ClockRow,
            and_(col(ClockRow.ticket_id) == col(TicketRow.id), col(ClockRow.superseded_at).is_(None)),
            isouter=True,
        )
        .where(chosen)
        .order_by(col(TicketRow.id), col(ClockRow.standard))
    )
    for _, rows in groupby(tx.execute(query), key=lambda row: row.id):
        first, *others = rows
        clocks = tuple(_clock(row) for row in (first, *others) if row.standard is not None)
        yield first, _ticket(first, clocks)


def _ticket(row: Row[*tuple[Any, ...]], clocks: tuple[CountedClock, ...]) -> CountedTicket:
    return CountedTicket(
        kind=_KINDS[row.kind],
        channel=_CHANNELS[row.channel],
        status=_STATUSES[row.status],
        received_at=row.received_at,
        is_reachable=row.requester_id is not None,
        acknowledged_at=row.acknowledged_at,
        taken_charge_at=row.taken_charge_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        clocks=clocks,
    )


def _clock(row: Row[*tuple[Any, ...]]) -> CountedClock:
    due = Due(row.standard, row.version, _UNITS[row.unit], row.due_at, row.due_on, row.committed, row.provisional)
    return CountedClock(due, row.met_at)
