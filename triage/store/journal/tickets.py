"""Opening a ticket and changing it; who brought it and its clocks are written in the same transaction."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.message import Address, fold_address
from triage.model.standard import Due
from triage.model.ticket import write_reference
from triage.store.engine import Transaction, begin_part, keep_part, undo_part
from triage.store.journal.chain import GENESIS
from triage.store.tables import (
    AddressRow,
    ClockRow,
    ConcernedRow,
    CorrespondentRow,
    NumberSeriesRow,
    PersonRow,
    TicketRow,
)

Added = TypeVar("Added")

# What runs for each mail is built once: to build a statement costs several times what it costs to run.
_OF_TICKET = col(TicketRow.id) == bindparam("ticket_id")
_ADD_TICKET = insert(TicketRow).returning(col(TicketRow.id))
_ACKNOWLEDGED = update(TicketRow).where(_OF_TICKET, col(TicketRow.acknowledged_at).is_(None))
_CHANGE = update(TicketRow).where(_OF_TICKET)
_NEXT_NUMBER = (
    update(NumberSeriesRow)
    .where(col(NumberSeriesRow.year) == bindparam("of_year"))
    .values(last=col(NumberSeriesRow.last) + 1)
    .returning(col(NumberSeriesRow.last))
)
_KNOWN_ADDRESS = select(col(AddressRow.id), col(AddressRow.person_id)).where(
    col(AddressRow.address) == bindparam("address")
)
_ADD_PERSON = insert(PersonRow).returning(col(PersonRow.id))
_ADD_ADDRESS = insert(AddressRow).returning(col(AddressRow.id))
_ADD_CORRESPONDENT = insert(CorrespondentRow)
_ADD_CLOCKS = insert(ClockRow)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket is born with. `year` is the local year of opening; `possibly_related` a reference, never a link.

    No sweep looks at a ticket that is not `watched` before somebody changes it.
    """

    year: int
    kind: TicketKind
    channel: Channel
    received_at: datetime
    opened_at: datetime
    requester: Address | None
    dues: tuple[Due, ...]
    flags: tuple[str, ...]
    possibly_related: str | None
    restricted: bool = False
    concerned: tuple[str, ...] = ()  # folded addresses
    status: TicketStatus = TicketStatus.NEW
    watched: bool = True


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """The key of a ticket's row, and its public number."""

    id: int
    reference: str


def open_ticket(tx: Transaction, new: NewTicket) -> OpenedTicket:
    """Number and write a ticket with its requester and clocks."""
    reference = write_reference(new.year, _next_number(tx, new.year))
    requester = None if new.requester is None else _find_or_add_address(tx, new.requester, new.opened_at)
    row = {
        "reference": reference,
        "kind": new.kind,
        "scope": "IN",
        "channel": new.channel,
        "status": new.status,
        "closed_at": new.opened_at if new.status is TicketStatus.CLOSED else None,
        "received_at": new.received_at,
        "opened_at": new.opened_at,
        "next_review_at": new.opened_at if new.watched else None,
        "restricted": new.restricted,
        "legal_hold": False,
        "flags": json.dumps(new.flags),
        "requester_id": None if requester is None else requester.person_id,
        "possibly_related_id": _ticket_id(tx, new.possibly_related),
        "event_count": 0,
        "event_hash": GENESIS,
    }
    ticket_id = tx.execute(_ADD_TICKET, row).scalar_one()
    if requester is not None:
        _add_requester(tx, ticket_id, requester, new.opened_at)
    _start_clocks(tx, ticket_id, new.received_at, new.dues)
    _add_concerned(tx, ticket_id, new.concerned, now=new.opened_at)
    return OpenedTicket(ticket_id, reference)


def mark_acknowledged(tx: Transaction, ticket_id: int, *, at: datetime) -> None:
    """The server accepted the acknowledgement at that instant; only the first one counts."""
    tx.execute(_ACKNOWLEDGED, {"ticket_id": ticket_id, "acknowledged_at": at})


def unmark_acknowledged(tx: Transaction, ticket_id: int) -> None:
    """The acknowledgement came back: the next one that is accepted counts."""
    tx.execute(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(acknowledged_at=None))


def schedule_review(tx: Transaction, ticket_id: int, *, at: datetime | None) -> None:
    """A sweep looks at the ticket at that instant, None for never.

    Whoever changes what a ticket's steps depend on (kind, clocks, reopening, a word that it is no spam) says « now ».
    """
    tx.execute(_CHANGE, {"ticket_id": ticket_id, "next_review_at": at})


def mend_ticket(tx: Transaction, ticket_id: int, *, flag: str, requester: Address | None, now: datetime) -> None:
    """Take off a flag that holds no more; who brought the matter is written down if nobody could tell before."""
    row = tx.execute(
        select(col(TicketRow.flags), col(TicketRow.requester_id)).where(col(TicketRow.id) == ticket_id)
    ).one()
    flags = json.dumps([each for each in json.loads(row.flags) if each != flag])
    tx.execute(_CHANGE, {"ticket_id": ticket_id, "flags": flags})
    if requester is not None and row.requester_id is None:
        known = _find_or_add_address(tx, requester, now)
        tx.execute(_CHANGE, {"ticket_id": ticket_id, "requester_id": known.person_id})
        _add_requester(tx, ticket_id, known, now)


def restrict_ticket(tx: Transaction, ticket_id: int, *, concerned: Iterable[str], now: datetime) -> None:
    """From now on its handlers alone see the file; `concerned` are folded addresses of people whom it is about."""
    tx.execute(_CHANGE, {"ticket_id": ticket_id, "restricted": True})
    known = set(tx.execute(select(col(ConcernedRow.address)).where(col(ConcernedRow.ticket_id) == ticket_id)).scalars())
    _add_concerned(tx, ticket_id, [each for each in concerned if each not in known], now=now)


def _add_concerned(tx: Transaction, ticket_id: int, addresses: Iterable[str], *, now: datetime) -> None:
    rows = [{"ticket_id": ticket_id, "address": each, "since_at": now} for each in dict.fromkeys(addresses)]
    if rows:
        tx.execute(insert(ConcernedRow), rows)


@dataclass(frozen=True, slots=True)
class _KnownAddress:
    address_id: int
    person_id: int


def _add_requester(tx: Transaction, ticket_id: int, requester: _KnownAddress, now: datetime) -> None:
    row = {"ticket_id": ticket_id, "address_id": requester.address_id, "role": "requester", "since_at": now}
    tx.execute(_ADD_CORRESPONDENT, row)


def _next_number(tx: Transaction, year: int) -> int:
    number = tx.execute(_NEXT_NUMBER, {"of_year": year}).scalar_one_or_none()
    if number is None:
        _add_unless_there(tx, lambda: tx.execute(insert(NumberSeriesRow).values(year=year, last=0)))
        number = tx.execute(_NEXT_NUMBER, {"of_year": year}).scalar_one()
    return number


def _find_or_add_address(tx: Transaction, requester: Address, now: datetime) -> _KnownAddress:
    address = fold_address(requester.address)
    found = tx.execute(_KNOWN_ADDRESS, {"address": address}).first()
    if found is not None:
        return _KnownAddress(*found)
    added = _add_unless_there(tx, lambda: _add_person(tx, requester.name, address, now))
    return added or _KnownAddress(*tx.execute(_KNOWN_ADDRESS, {"address": address}).one())


def _add_person(tx: Transaction, name: str, address: str, now: datetime) -> _KnownAddress:
    person_id = tx.execute(_ADD_PERSON, {"name": name, "created_at": now}).scalar_one()
    row = {"person_id": person_id, "address": address, "created_at": now}
    return _KnownAddress(tx.execute(_ADD_ADDRESS, row).scalar_one(), person_id)


def _add_unless_there(tx: Transaction, add: Callable[[], Added]) -> Added | None:
    # Another writer may add the same at this moment; the savepoint then waits for its commit and gives way to it.
    begin_part(tx)
    try:
        added = add()
    except IntegrityError:
        undo_part(tx)
        return None
    keep_part(tx)
    return added


def _ticket_id(tx: Transaction, reference: str | None) -> int | None:
    if reference is None:
        return None
    return tx.execute(select(col(TicketRow.id)).where(col(TicketRow.reference) == reference)).scalar_one_or_none()


def _start_clocks(tx: Transaction, ticket_id: int, received_at: datetime, dues: Iterable[Due]) -> None:
    rows = [
        {
            "ticket_id": ticket_id,
            "standard": due.standard,
            "version": due.version,
            "unit": due.unit,
            "started_at": received_at,
            "due_at": due.due_at,
            "due_on": due.due_on,
            "committed": due.committed,
            "provisional": due.provisional,
        }
        for due in dues
    ]
    if rows:
        tx.execute(_ADD_CLOCKS, rows)
