"""A ticket as rules and papers see it: a frozen picture, never a row."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.standard import Due

_REFERENCE = re.compile(r"(?<![0-9-])([0-9]{4}-[0-9]{6})(?![0-9-])", re.ASCII)


def write_reference(year: int, number: int) -> str:
    """The public number of a ticket, `AAAA-NNNNNN` (R-23): the local year of opening and a number never reused."""
    return f"{year:04d}-{number:06d}"


def find_references(text: str) -> tuple[str, ...]:
    """Every ticket number that stands in a text, in order, each once."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text)))


@dataclass(frozen=True, slots=True)
class TicketSnapshot:
    """One ticket at one moment. Instants are aware UTC; `correspondents` are lower-case addresses (MUST 33).

    `acknowledged_at` is when the server accepted the acknowledgement, `taken_charge_at` the first act of a person.
    `extended_to_on` is the local day that a notice of delay announced; it changes no due time (R-33).
    """

    reference: str
    kind: TicketKind
    channel: Channel
    status: TicketStatus
    received_at: datetime
    acknowledged_at: datetime | None
    taken_charge_at: datetime | None
    answered_at: datetime | None
    assigned_to: str | None
    restricted: bool
    flags: tuple[str, ...]
    correspondents: tuple[str, ...]
    dues: tuple[Due, ...] = ()
    extended_to_on: date | None = None
    closed_at: datetime | None = None
