"""What stands beside the tickets that a mail points to: whom they are about, and what was told last."""

import json
from collections.abc import Collection

from sqlalchemy import func, select
from sqlmodel import col

from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.model.judgement import TicketSurroundings
from triage.store.engine import Transaction
from triage.store.tables import (
    AddressRow,
    ConcernedRow,
    CorrespondentRow,
    EventPayloadRow,
    EventRow,
    OutboxRow,
    TicketRow,
)

_CONFIRMING = (NoticeKind.FOLLOW_UP_RECEIVED, NoticeKind.TAKEN_CHARGE, NoticeKind.CLOSING)
"""Automatic letters of which a requester gets one a day at most; those that are owed are not among them."""


def find_surroundings(tx: Transaction, references: Collection[str]) -> dict[str, TicketSurroundings]:
    """By number, of each of these tickets that there is."""
    if not references:
        return {}
    tickets = select(col(TicketRow.id), col(TicketRow.reference)).where(col(TicketRow.reference).in_(references))
    numbers = {row.id: row.reference for row in tx.execute(tickets)}
    concerned: dict[int, set[str]] = {}
    about = select(col(ConcernedRow.ticket_id), col(ConcernedRow.address)).where(
        col(ConcernedRow.ticket_id).in_(numbers)
    )
    for key, address in tx.execute(about):
        concerned.setdefault(key, set()).add(address)
    told = (
        select(col(OutboxRow.ticket_id), func.max(col(OutboxRow.created_at)).label("told_at"))
        .where(
            col(OutboxRow.ticket_id).in_(numbers),
            col(OutboxRow.kind).in_(_CONFIRMING),
            # One that another letter made needless told nobody anything.
            col(OutboxRow.state) != OutboxState.CANCELLED,
        )
        .group_by(col(OutboxRow.ticket_id))
    )
    told_at = {row.ticket_id: row.told_at for row in tx.execute(told)}
    subjects = _subjects(tx, numbers)
    requesters, letters = _requesters(tx, numbers), _letters(tx, numbers)
    return {
        reference: TicketSurroundings(
            frozenset(concerned.get(key, ())),
            told_at.get(key),
            subjects.get(key, ""),
            requester=requesters.get(key, ""),
            is_surveyed=any(kind == NoticeKind.CLOSING for kind, _ in letters.get(key, ())),
            confirmations=frozenset(
                each for kind, each in letters.get(key, ()) if kind == NoticeKind.WITHDRAWAL and each is not None
            ),
        )
        for key, reference in numbers.items()
    }


def _subjects(tx: Transaction, keys: Collection[int]) -> dict[int, str]:
    """The subject of the mail that opened each ticket, as its event keeps it until it is destroyed."""
    query = (
        select(col(EventRow.ticket_id), col(EventPayloadRow.body))
        .join(EventPayloadRow, col(EventPayloadRow.event_id) == col(EventRow.id))
        .where(col(EventRow.ticket_id).in_(keys), col(EventRow.kind) == EventKind.OPENED)
    )
    said = ((key, json.loads(body).get("said") or {}) for key, body in tx.execute(query))
    return {key: str(each.get("subject", "")) for key, each in said}


def _requesters(tx: Transaction, keys: Collection[int]) -> dict[int, str]:
    """Folded addresses by the tickets' rows."""
    query = (
        select(col(CorrespondentRow.ticket_id), col(AddressRow.address))
        .join(AddressRow, col(AddressRow.id) == col(CorrespondentRow.address_id))
        .where(col(CorrespondentRow.ticket_id).in_(keys), col(CorrespondentRow.role) == "requester")
    )
    return {row.ticket_id: row.address for row in tx.execute(query)}


def _letters(tx: Transaction, keys: Collection[int]) -> dict[int, list[tuple[str, str | None]]]:
    """The letters that a word may answer, and that left or may have: kind and each id that they went by."""
    query = select(
        col(OutboxRow.ticket_id), col(OutboxRow.kind), col(OutboxRow.message_id), col(OutboxRow.provider_id)
    ).where(
        col(OutboxRow.ticket_id).in_(keys),
        col(OutboxRow.kind).in_((NoticeKind.CLOSING, NoticeKind.WITHDRAWAL)),
        col(OutboxRow.state).in_((OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.DOT_WRITTEN)),
    )
    found: dict[int, list[tuple[str, str | None]]] = {}
    for row in tx.execute(query):
        found.setdefault(row.ticket_id, []).extend([(row.kind, row.message_id), (row.kind, row.provider_id)])
    return found
