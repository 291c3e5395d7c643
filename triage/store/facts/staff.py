"""What the database knows that bears on a mail of staff: which notice it answers, and whom a ticket is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from triage.model.codes import EventKind, NoticeKind
from triage.model.ticket import TicketSnapshot
from triage.store.engine import Transaction
from triage.store.tables import ConcernedRow, EventPayloadRow, EventRow, OutboxRow
from triage.store.tickets import find_ticket, ticket_id


@dataclass(frozen=True, slots=True)
class WorkedTicket:
    """A ticket that a command is about. `concerned` are folded addresses of the people whom it is about (R-75)."""

    id: int
    ticket: TicketSnapshot
    concerned: frozenset[str]


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """An event of a ticket with what it said."""

    sequence: int
    kind: EventKind
    at: datetime
    actor: str
    payload: Mapping[str, Any]


def find_worked(tx: Transaction, reference: str) -> WorkedTicket | None:
    """One ticket as work needs it, None where there is no such number."""
    key, ticket = ticket_id(tx, reference), find_ticket(tx, reference)
    if key is None or ticket is None:
        return None
    about = tx.execute(select(col(ConcernedRow.address)).where(col(ConcernedRow.ticket_id) == key)).scalars()
    return WorkedTicket(key, ticket, frozenset(about))


def find_answered_kind(tx: Transaction, ids: Sequence[str]) -> NoticeKind | None:
    """The kind of the newest mail of ours that these ids name, None where they name none."""
    if not ids:
        return None
    query = (
        select(col(OutboxRow.kind))
        .where(or_(col(OutboxRow.message_id).in_(ids), col(OutboxRow.provider_id).in_(ids)))
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    )
    kind = tx.execute(query).scalar_one_or_none()
    return None if kind is None else NoticeKind(kind)


def list_acts(tx: Transaction, ticket_id: int, *, kinds: Sequence[EventKind]) -> tuple[LoggedAct, ...]:
    """The events of these kinds on a ticket, newest first, those without payload left out."""
    query = (
        select(
            col(EventRow.sequence), col(EventRow.kind), col(EventRow.at), col(EventRow.actor), col(EventPayloadRow.body)
        )
        .join(EventPayloadRow, col(EventPayloadRow.event_id) == col(EventRow.id))
        .where(col(EventRow.ticket_id) == ticket_id, col(EventRow.kind).in_([kind.value for kind in kinds]))
        .order_by(col(EventRow.sequence).desc())
    )
    return tuple(
        LoggedAct(sequence, EventKind(kind), at, actor, json.loads(body))
        for sequence, kind, at, actor, body in tx.execute(query)
    )
