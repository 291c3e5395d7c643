"""What the database knows that bears on a mail of staff: which notice it answers, and whom a ticket is about."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from triage.model.codes import LETTER_KINDS, EventKind, NoticeKind, OutboxState
from triage.model.ticket import TicketSnapshot
from triage.store.engine import Transaction
from triage.store.raw import read_bytes
from triage.store.tables import (
    AddressRow,
    ConcernedRow,
    CorrespondentRow,
    EventPayloadRow,
    EventRow,
    MailRow,
    OutboxRow,
)
from triage.store.tickets import find_ticket, ticket_id

_UNDER_WAY = (
    *(OutboxState.PENDING, OutboxState.CLAIMED, OutboxState.DOT_WRITTEN, OutboxState.RETRY, OutboxState.UNKNOWN),
    OutboxState.HELD,
)
_OWN_PARTS = 2  # of a mail of ours; its text comes first, and what is attached behind it


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
    mail_id: int | None
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


@dataclass(frozen=True, slots=True)
class AnsweredNotice:
    """A mail of ours to somebody: its kind, its ticket if it is about one, and its bytes without what is attached."""

    kind: NoticeKind
    ticket_id: int | None
    raw: bytes = field(repr=False)


def find_answered_notice(
    tx: Transaction, ids: Sequence[str], *, recipient: str, kinds: Collection[NoticeKind]
) -> AnsweredNotice | None:
    """The newest mail of these kinds to this address that these ids name."""
    if not ids:
        return None
    query = (
        select(col(OutboxRow.kind), col(OutboxRow.ticket_id), col(OutboxRow.raw_sha256))
        .where(
            or_(col(OutboxRow.message_id).in_(ids), col(OutboxRow.provider_id).in_(ids)),
            col(OutboxRow.recipient) == recipient,
            col(OutboxRow.kind).in_([kind.value for kind in kinds]),
        )
        .order_by(col(OutboxRow.id).desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    return AnsweredNotice(NoticeKind(row.kind), row.ticket_id, read_bytes(tx, row.raw_sha256, most_parts=_OWN_PARTS))


def list_acts(tx: Transaction, ticket_id: int, *, kinds: Sequence[EventKind]) -> tuple[LoggedAct, ...]:
    """The events of these kinds on a ticket, newest first, those without payload left out."""
    query = (
        select(
            col(EventRow.sequence),
            col(EventRow.kind),
            col(EventRow.at),
            col(EventRow.actor),
            col(EventRow.mail_id),
            col(EventPayloadRow.body),
        )
        .join(EventPayloadRow, col(EventPayloadRow.event_id) == col(EventRow.id))
        .where(col(EventRow.ticket_id) == ticket_id, col(EventRow.kind).in_([kind.value for kind in kinds]))
        .order_by(col(EventRow.sequence).desc())
    )
    return tuple(
        LoggedAct(sequence, EventKind(kind), at, actor, mail_id, json.loads(body))
        for sequence, kind, at, actor, mail_id, body in tx.execute(query)
    )


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """Where a letter about a ticket goes: the requester's folded address, and the newest Message-ID of theirs."""

    address: str
    message_id: str | None


def find_requester(tx: Transaction, ticket_id: int) -> RequesterFacts | None:
    """The requester as the ticket knows them, None where nobody could tell who it is (MUST 34)."""
    known = (
        select(col(AddressRow.address))
        .join(CorrespondentRow, col(CorrespondentRow.address_id) == col(AddressRow.id))
        .where(col(CorrespondentRow.ticket_id) == ticket_id, col(CorrespondentRow.role) == "requester")
        .limit(1)
    )
    address = tx.execute(known).scalar_one_or_none()
    if address is None:
        return None
    newest = (
        select(col(MailRow.message_id))
        .where(col(MailRow.ticket_id) == ticket_id, col(MailRow.sender) == address)
        .order_by(col(MailRow.id).desc())
        .limit(1)
    )
    return RequesterFacts(address, tx.execute(newest).scalar_one_or_none())


def list_internal(tx: Transaction, ticket_id: int) -> tuple[bytes, ...]:
    """The bytes of every mail to staff about a ticket, without what is attached to them.

    Receipts are left out: they show the writer's own draft.
    """
    letters = [kind.value for kind in (*LETTER_KINDS, NoticeKind.RECEIPT)]
    query = select(col(OutboxRow.raw_sha256)).where(
        col(OutboxRow.ticket_id) == ticket_id, col(OutboxRow.kind).not_in(letters)
    )
    return tuple(read_bytes(tx, digest, most_parts=_OWN_PARTS) for digest in dict.fromkeys(tx.execute(query).scalars()))


def list_waiting(
    tx: Transaction, ticket_id: int, *, kinds: Sequence[NoticeKind], now: datetime
) -> tuple[tuple[int, str], ...]:
    """Mails of these kinds that nothing was tried with and that need not leave yet: rows and keys, newest first."""
    held = and_(col(OutboxRow.state) == OutboxState.PENDING, col(OutboxRow.next_attempt_at) > now)
    query = (
        select(col(OutboxRow.id), col(OutboxRow.key))
        .where(
            col(OutboxRow.ticket_id) == ticket_id,
            col(OutboxRow.kind).in_([kind.value for kind in kinds]),
            or_(held, col(OutboxRow.state) == OutboxState.HELD),
        )
        .order_by(col(OutboxRow.id).desc())
        .with_for_update()
    )
    return tuple((outbox_id, key) for outbox_id, key in tx.execute(query))


def has_under_way(tx: Transaction, ticket_id: int, *, kind: NoticeKind) -> bool:
    """Whether a letter of this kind waits, or was tried and its end is not known."""
    query = select(col(OutboxRow.id)).where(
        col(OutboxRow.ticket_id) == ticket_id,
        col(OutboxRow.kind) == kind,
        col(OutboxRow.state).in_(_UNDER_WAY),
    )
    return tx.execute(query.limit(1)).first() is not None


def list_held(tx: Transaction, ticket_id: int, *, kind: NoticeKind) -> tuple[tuple[int, str], ...]:
    """Mails of a kind that wait for a person: rows and keys, newest first, locked until the transaction ends."""
    query = (
        select(col(OutboxRow.id), col(OutboxRow.key))
        .where(
            col(OutboxRow.ticket_id) == ticket_id,
            col(OutboxRow.kind) == kind,
            col(OutboxRow.state) == OutboxState.HELD,
        )
        .order_by(col(OutboxRow.id).desc())
        .with_for_update()
    )
    return tuple((outbox_id, key) for outbox_id, key in tx.execute(query))


def count_letters(tx: Transaction, ticket_id: int, *, kinds: Sequence[NoticeKind]) -> int:
    """How many letters of these kinds left, wait, or were tried."""
    query = select(func.count()).where(
        col(OutboxRow.ticket_id) == ticket_id,
        col(OutboxRow.kind).in_([kind.value for kind in kinds]),
        col(OutboxRow.state) != OutboxState.CANCELLED,
    )
    return int(tx.execute(query).scalar_one())


def has_letter(tx: Transaction, ticket_id: int, *, kinds: Sequence[NoticeKind]) -> bool:
    """Whether a letter of these kinds left, waits, or was tried: any but one that shall not leave."""
    return count_letters(tx, ticket_id, kinds=kinds) > 0
