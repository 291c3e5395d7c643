"""Tickets as frozen pictures: by reference, by what a mail points to, and as lists. Nothing is written here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlmodel import col

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.decision import NOTHING_CITED, Carrier, Citations, TicketPointer
from triage.model.message import fold_address
from triage.model.standard import ClockUnit, Due
from triage.model.ticket import TicketSnapshot, find_references
from triage.store.engine import Transaction
from triage.store.tables import AddressRow, ClockRow, CorrespondentRow, MailRow, OutboxRow, TicketRow

# What runs for each mail is built once: to build a statement costs several times what it costs to run.
_ID = select(col(TicketRow.id)).where(col(TicketRow.reference) == bindparam("reference"))
_ALL = select(
    col(TicketRow.id),
    col(TicketRow.reference),
    col(TicketRow.kind),
    col(TicketRow.channel),
    col(TicketRow.status),
    col(TicketRow.received_at),
    col(TicketRow.acknowledged_at),
    col(TicketRow.taken_charge_at),
    col(TicketRow.answered_at),
    col(TicketRow.assigned_to),
    col(TicketRow.restricted),
    col(TicketRow.flags),
    col(TicketRow.extended_to_on),
    col(TicketRow.closed_at),
)
_ONE = _ALL.where(col(TicketRow.reference) == bindparam("reference"))
_DUES = (
    select(
        col(ClockRow.ticket_id),
        col(ClockRow.standard),
        col(ClockRow.version),
        col(ClockRow.unit),
        col(ClockRow.due_at),
        col(ClockRow.due_on),
        col(ClockRow.committed),
        col(ClockRow.provisional),
    )
    .where(col(ClockRow.ticket_id).in_(bindparam("keys", expanding=True)), col(ClockRow.superseded_at).is_(None))
    .order_by(col(ClockRow.ticket_id), col(ClockRow.standard))
)
_CORRESPONDENTS = (
    select(col(CorrespondentRow.ticket_id), col(AddressRow.address))
    .join(AddressRow, col(AddressRow.id) == col(CorrespondentRow.address_id))
    .where(col(CorrespondentRow.ticket_id).in_(bindparam("keys", expanding=True)))
    .order_by(col(CorrespondentRow.ticket_id), col(AddressRow.id))
)


def ticket_id(tx: Transaction, reference: str) -> int | None:
    """The row's key of a ticket number, None where there is no such ticket."""
    return tx.execute(_ID, {"reference": reference}).scalar_one_or_none()


def find_ticket(tx: Transaction, reference: str) -> TicketSnapshot | None:
    """One ticket by its number."""
    found = _build(tx, tx.execute(_ONE, {"reference": reference}).all())
    return found[0] if found else None


def find_by_keys(tx: Transaction, keys: Iterable[int]) -> dict[int, TicketSnapshot]:
    """The tickets of these rows, by row."""
    return dict(_keyed(tx, set(keys)))


def list_tickets(
    tx: Transaction, *, kinds: Sequence[str] = (), statuses: Sequence[str] = (), limit: int | None = None
) -> tuple[TicketSnapshot, ...]:
    """Tickets, newest first; an empty filter filters nothing."""
    query = _ALL.order_by(col(TicketRow.id).desc()).limit(limit)
    if kinds:
        query = query.where(col(TicketRow.kind).in_(kinds))
    if statuses:
        query = query.where(col(TicketRow.status).in_(statuses))
    return tuple(_build(tx, tx.execute(query).all()))


def find_pointers(
    tx: Transaction,
    *,
    subject: str,
    thread_ids: Sequence[str],
    sender: str,
    citations: Citations = NOTHING_CITED,
    tokens: Mapping[str, int] = MappingProxyType({}),
) -> tuple[TicketPointer, ...]:
    """The tickets that a mail points to, the strongest carrier first; what nobody of us made points nowhere.

    A Message-ID of ours is one that is in the outbox, or was given to our mail by the server, or bears our signature:
    the last holds on a database that was restored from before the letter left. `tokens` are those cited that are
    valid, each with its ticket's row.
    """
    by_id = dict.fromkeys((*_by_our_message_ids(tx, thread_ids), *_by_references(tx, citations.signed)))
    pointed = (
        (Carrier.OUR_MESSAGE_ID, tuple(by_id)),
        (Carrier.REPLY_ADDRESS, _by_tokens(tokens, citations.address_tokens)),
        (Carrier.REFERENCE_LINE, _by_tokens(tokens, citations.line_tokens)),
        (Carrier.EARLIER_MESSAGE, _by_earlier_mails(tx, thread_ids, sender)),
        (Carrier.SUBJECT, _by_references(tx, find_references(subject))),
    )
    into = _merges(tx, {key for _, keys in pointed for key in keys})
    snapshots = dict(_keyed(tx, set(into) | set(into.values())))
    counting = {key: _follow(snapshots[key], snapshots[end]) for key, end in into.items()}
    return tuple(TicketPointer(carrier, counting[key]) for carrier, keys in pointed for key in keys)


def _merges(tx: Transaction, keys: set[int]) -> dict[int, int]:
    """Of each of these tickets the one that it is part of by now: the end of its chain of merges, itself mostly."""
    ends = {key: key for key in keys}
    seen = set(keys)
    while keys:
        query = select(col(TicketRow.id), col(TicketRow.merged_into_id)).where(
            col(TicketRow.id).in_(keys), col(TicketRow.merged_into_id).is_not(None)
        )
        steps: dict[int, int] = {key: into for key, into in tx.execute(query) if into is not None}
        ends = {key: steps.get(end, end) for key, end in ends.items()}
        keys = set(steps.values()) - seen  # a ring of merges, which should not be, ends here
        seen |= keys
    return ends


def _follow(pointed: TicketSnapshot, end: TicketSnapshot) -> TicketSnapshot:
    """The ticket that counts now; who corresponds on the one pointed to corresponds on it too (MUST 33)."""
    people = dict.fromkeys((*end.correspondents, *pointed.correspondents))
    return end if pointed is end else replace(end, correspondents=tuple(people))


def _by_our_message_ids(tx: Transaction, ids: Sequence[str]) -> tuple[int, ...]:
    if not ids:
        return ()
    query = (
        select(col(OutboxRow.ticket_id))
        .where(or_(col(OutboxRow.message_id).in_(ids), col(OutboxRow.provider_id).in_(ids)))
        .where(col(OutboxRow.ticket_id).is_not(None))
        .order_by(col(OutboxRow.id))
    )
    return tuple(key for key in tx.execute(query).scalars() if key is not None)


def _by_tokens(tickets: Mapping[str, int], tokens: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(tickets[token] for token in tokens if token in tickets))


def _by_earlier_mails(tx: Transaction, ids: Sequence[str], sender: str) -> tuple[int, ...]:
    if not ids or not sender:
        return ()
    query = (
        select(col(MailRow.ticket_id))
        .where(
            col(MailRow.message_id).in_(ids),
            col(MailRow.sender) == fold_address(sender),
            col(MailRow.ticket_id).is_not(None),
        )
        .order_by(col(MailRow.id))
    )
    return tuple(key for key in tx.execute(query).scalars() if key is not None)


def _by_references(tx: Transaction, references: Sequence[str]) -> tuple[int, ...]:
    if not references:
        return ()
    query = select(col(TicketRow.id)).where(col(TicketRow.reference).in_(references)).order_by(col(TicketRow.id))
    return tuple(key for key in tx.execute(query).scalars() if key is not None)


def _keyed(tx: Transaction, keys: set[int]) -> list[tuple[int, TicketSnapshot]]:
    if not keys:
        return []
    rows = tx.execute(_ALL.where(col(TicketRow.id).in_(keys))).all()
    return list(zip((row.id for row in rows), _build(tx, rows), strict=True))


def _build(tx: Transaction, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[TicketSnapshot]:
    keys = [row.id for row in rows]
    dues, people = _dues(tx, keys), _correspondents(tx, keys)
    return [
        TicketSnapshot(
            reference=row.reference,
            kind=TicketKind(row.kind),
            channel=Channel(row.channel),
            status=TicketStatus(row.status),
            received_at=row.received_at,
            acknowledged_at=row.acknowledged_at,
            taken_charge_at=row.taken_charge_at,
            answered_at=row.answered_at,
            assigned_to=row.assigned_to,
            restricted=row.restricted,
            flags=tuple(json.loads(row.flags)),
            correspondents=tuple(people.get(row.id, ())),
            dues=tuple(dues.get(row.id, ())),
            extended_to_on=row.extended_to_on,
            closed_at=row.closed_at,
        )
        for row in rows
    ]


def _dues(tx: Transaction, keys: Iterable[int]) -> dict[int, list[Due]]:
    found: dict[int, list[Due]] = {}
    rows = tx.execute(_DUES, {"keys": list(keys)})
    for key, standard, version, unit, due_at, due_on, committed, provisional in rows:
        due = Due(standard, version, ClockUnit(unit), due_at, due_on, committed, provisional)
        found.setdefault(key, []).append(due)
    return found


def _correspondents(tx: Transaction, keys: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, address in tx.execute(_CORRESPONDENTS, {"keys": list(keys)}):
        found.setdefault(key, []).append(address)
    return found
