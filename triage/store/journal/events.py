"""Appending one event to a ticket's chain, its payload apart."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col

from triage.model.codes import EventKind
from triage.store.engine import Transaction
from triage.store.journal.chain import hash_event, hash_payload
from triage.store.tables import EventPayloadRow, EventRow, TicketRow

MACHINE = "triage"
"""The actor of what nobody did by hand."""

_HEAD = (
    select(col(TicketRow.reference), col(TicketRow.event_count), col(TicketRow.event_hash))
    .where(col(TicketRow.id) == bindparam("ticket_id"))
    .with_for_update()
)
_MOVE_HEAD = update(TicketRow).where(col(TicketRow.id) == bindparam("ticket_id"))
_ADD = insert(EventRow).returning(col(EventRow.id))
_ADD_PAYLOAD = insert(EventPayloadRow)


def append_event(
    tx: Transaction,
    ticket_id: int,
    kind: EventKind,
    *,
    at: datetime,
    payload: Mapping[str, object],
    mail_id: int | None = None,
    actor: str = MACHINE,
) -> int:
    """Add one event and answer its sequence number; the ticket's row is locked first, so numbers never clash."""
    head = tx.execute(_HEAD, {"ticket_id": ticket_id}).one()
    sequence = head.event_count + 1
    salt = secrets.token_hex(16)
    body = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    payload_hash = hash_payload(salt, body)
    event_hash = hash_event(
        reference=head.reference,
        sequence=sequence,
        kind=kind,
        at=at,
        actor=actor,
        payload_hash=payload_hash,
        previous_hash=head.event_hash,
    )
    event = {
        "ticket_id": ticket_id,
        "sequence": sequence,
        "kind": kind,
        "at": at,
        "actor": actor,
        "mail_id": mail_id,
        "payload_hash": payload_hash,
        "previous_hash": head.event_hash,
        "hash": event_hash,
    }
    event_id = tx.execute(_ADD, event).scalar_one()
    tx.execute(_ADD_PAYLOAD, {"event_id": event_id, "salt": salt, "body": body})
    tx.execute(_MOVE_HEAD, {"ticket_id": ticket_id, "event_count": sequence, "event_hash": event_hash})
    return int(sequence)
