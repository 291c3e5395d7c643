"""Everything on one ticket, for people who look into the database: its mails in and out, and its events."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from triage.model.ticket import TicketSnapshot
from triage.store.engine import Transaction
from triage.store.tables import EventPayloadRow, EventRow, MailRow, OutboxRow, TicketRow
from triage.store.tickets import find_ticket, ticket_id


@dataclass(frozen=True, slots=True)
class TicketStory:
    """A ticket and what happened on it, oldest first; instants are aware UTC."""

    ticket: TicketSnapshot
    possibly_related: str | None
    mails: tuple[dict[str, Any], ...]
    outbox: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...]


def read_story(tx: Transaction, reference: str) -> TicketStory | None:
    """The story of one ticket, None where there is no such number."""
    key, ticket = ticket_id(tx, reference), find_ticket(tx, reference)
    if key is None or ticket is None:
        return None
    return TicketStory(
        ticket=ticket,
        possibly_related=_possibly_related(tx, key),
        mails=_mails(tx, key),
        outbox=_outbox(tx, key),
        events=_events(tx, key),
    )


def _possibly_related(tx: Transaction, key: int) -> str | None:
    related = select(col(TicketRow.possibly_related_id)).where(col(TicketRow.id) == key).scalar_subquery()
    return tx.execute(select(col(TicketRow.reference)).where(col(TicketRow.id) == related)).scalar_one_or_none()


def _mails(tx: Transaction, key: int) -> tuple[dict[str, Any], ...]:
    query: Select[*tuple[Any, ...]] = (
        select(
            col(MailRow.id),
            col(MailRow.reason),
            col(MailRow.nature),
            col(MailRow.raw_size).label("size"),
            col(MailRow.raw_sha256).label("sha256"),
            col(MailRow.message_id),
            col(MailRow.received_at).label("arrived_at"),
        )
        .where(col(MailRow.ticket_id) == key)
        .order_by(col(MailRow.id))
    )
    return tuple(dict(row) for row in tx.execute(query).mappings())


def _outbox(tx: Transaction, key: int) -> tuple[dict[str, Any], ...]:
    query: Select[*tuple[Any, ...]] = (
        select(
            col(OutboxRow.id),
            col(OutboxRow.key),
            col(OutboxRow.kind),
            col(OutboxRow.recipient),
            col(OutboxRow.state),
            col(OutboxRow.hold_reason),
            col(OutboxRow.attempts),
            col(OutboxRow.message_id),
            col(OutboxRow.next_attempt_at),
            col(OutboxRow.sent_at),
            col(OutboxRow.response),
        )
        .where(col(OutboxRow.ticket_id) == key)
        .order_by(col(OutboxRow.id))
    )
    return tuple(dict(row) for row in tx.execute(query).mappings())


def _events(tx: Transaction, key: int) -> tuple[dict[str, Any], ...]:
    query: Select[*tuple[Any, ...]] = (
        select(
            col(EventRow.sequence),
            col(EventRow.kind),
            col(EventRow.at),
            col(EventRow.actor),
            col(EventRow.hash),
            col(EventPayloadRow.body).label("payload"),
        )
        .join(EventPayloadRow, col(EventPayloadRow.event_id) == col(EventRow.id), isouter=True)
        .where(col(EventRow.ticket_id) == key)
        .order_by(col(EventRow.sequence))
    )
    rows = tx.execute(query).mappings()
    return tuple({**row, "payload": None if row["payload"] is None else json.loads(row["payload"])} for row in rows)
