"""What bears on a sweep of deadlines: tickets whose review has come, found by one index, and reminders of late.

The index on `ticket.next_review_at` is all that a sweep asks of the table, so its cost follows what is due and not
how many tickets there are.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import col

from triage.model.codes import EventKind, NoticeKind
from triage.model.escalation.steps import WatchedTicket
from triage.model.message import fold_mailbox
from triage.store.engine import Transaction
from triage.store.facts.counted import find_concerned
from triage.store.tables import EventPayloadRow, EventRow, OutboxRow, TicketRow
from triage.store.tickets import find_by_keys

# What the machine does by itself is no « last action » on a file.
_MACHINE_EVENTS = (
    EventKind.NOTICE,
    EventKind.NOTICE_WITHHELD,
    EventKind.SENT,
    EventKind.UNDELIVERED,
    EventKind.ESCALATED,
    EventKind.AUTOMATION,
    EventKind.DUPLICATE,
)


def find_due(tx: Transaction, *, now: datetime, limit: int) -> tuple[WatchedTicket, ...]:
    """The tickets whose review has come, the longest overdue first, locked until the end of the transaction."""
    rows = tx.execute(due_query(now=now, limit=limit).with_for_update(skip_locked=True)).all()
    if not rows:
        return ()
    keys = [row.id for row in rows]
    pictures = find_by_keys(tx, keys)
    done, acted_at = _done(tx, keys), _acted_at(tx, keys)
    acknowledged = _acknowledged(tx, keys)
    concerned = find_concerned(tx, col(TicketRow.id).in_(keys))
    return tuple(
        WatchedTicket(
            id=row.id,
            ticket=pictures[row.id],
            last_action_at=acted_at.get(row.id, row.opened_at),
            scope=row.scope,
            service=row.service,
            done=frozenset(done.get(row.id, ())),
            concerned=concerned.get(row.id, frozenset()),
            acknowledged=frozenset(acknowledged.get(row.id, ())),
        )
        for row in rows
    )


def due_query(*, now: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    """What a sweep asks of the table of tickets; its plan is tested."""
    return (
        select(col(TicketRow.id), col(TicketRow.opened_at), col(TicketRow.scope), col(TicketRow.service))
        .where(col(TicketRow.next_review_at) <= now)
        .order_by(col(TicketRow.next_review_at), col(TicketRow.id))
        .limit(limit)
    )


def find_reminders(
    tx: Transaction, addresses: Collection[str], *, after: datetime
) -> tuple[tuple[str, str, datetime], ...]:
    """Reminders put in the outbox later than `after`: addressee as mail is counted, outbox key, instant."""
    query: Select[*tuple[Any, ...]] = select(
        col(OutboxRow.addressee), col(OutboxRow.key), col(OutboxRow.created_at)
    ).where(
        col(OutboxRow.addressee).in_(sorted(fold_mailbox(each) for each in addresses)),
        col(OutboxRow.created_at) > after,
        col(OutboxRow.kind) == NoticeKind.REMINDER,
    )
    return tuple(tuple(row) for row in tx.execute(query))


def _done(tx: Transaction, keys: Sequence[int]) -> dict[int, list[str]]:
    """The keys of the steps that were settled before, as the events of each ticket tell."""
    found: dict[int, list[str]] = {}
    for key, said in _said(tx, keys, EventKind.ESCALATED):
        found.setdefault(key, []).extend(step["key"] for step in said["steps"])
    return found


def _acknowledged(tx: Transaction, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Who answered to which step, both by ids."""
    found: dict[int, list[tuple[str, str]]] = {}
    for key, said in _said(tx, keys, EventKind.ESCALATION_ACKNOWLEDGED):
        found.setdefault(key, []).extend((said["by"], step["step"]) for step in said["steps"])
    return found


def _said(tx: Transaction, keys: Sequence[int], kind: EventKind) -> Iterator[tuple[int, Any]]:
    query = (
        select(col(EventRow.ticket_id), col(EventPayloadRow.body))
        .join(EventPayloadRow, col(EventPayloadRow.event_id) == col(EventRow.id))
        .where(col(EventRow.ticket_id).in_(keys), col(EventRow.kind) == kind)
    )
    for key, body in tx.execute(query):
        yield key, json.loads(body)


def _acted_at(tx: Transaction, keys: Sequence[int]) -> dict[int, datetime]:
    query = (
        select(col(EventRow.ticket_id), func.max(col(EventRow.at)))
        .where(col(EventRow.ticket_id).in_(keys), col(EventRow.kind).not_in(_MACHINE_EVENTS))
        .group_by(col(EventRow.ticket_id))
    )
    return {row[0]: row[1] for row in tx.execute(query)}
