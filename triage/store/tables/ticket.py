"""A matter: the ticket, who corresponds on it, whom it is about, and its clocks. Written by `store.journal` alone."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from triage.model.codes import TicketStatus
from triage.store.tables.checks import one_of


class TicketRow(SQLModel, table=True):
    """Our record of one matter. `event_count` and `event_hash` are the head of its chain of events."""

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("status", TicketStatus),
        Index("ix_ticket_next_review_at", "next_review_at"),
        Index("ix_ticket_received_at", "received_at"),
        Index("ix_ticket_status", "status"),
    )

    id: int = Field(primary_key=True)
    reference: str = Field(unique=True)
    kind: str
    scope: str
    service: str | None
    motive: str | None
    client: str | None
    urgency: str | None
    complexity: str | None
    impact: str | None
    priority: int | None
    conclusion: str | None
    criteria: str | None  # a JSON array of codes
    extended_to_on: date | None  # the day that the last notice of delay announced
    channel: str
    status: str
    received_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    taken_charge_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    next_review_at: datetime | None
    assigned_to: str | None
    restricted: bool
    legal_hold: bool
    retention_class: str | None
    language_ground: str | None
    flags: str  # a JSON array of codes
    requester_id: int | None = Field(foreign_key="person.id", index=True)
    merged_into_id: int | None = Field(foreign_key="ticket.id")
    possibly_related_id: int | None = Field(foreign_key="ticket.id")
    event_count: int
    event_hash: str


class CorrespondentRow(SQLModel, table=True):
    """An address whose mail may join a ticket: its requester's, or one that an agent confirmed."""

    __tablename__ = "correspondent"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    address_id: int = Field(foreign_key="address.id", primary_key=True, index=True)
    role: str
    since_at: datetime


class ConcernedRow(SQLModel, table=True):
    """An address of somebody whom a ticket is about: nothing of it may reach them (R-75)."""

    __tablename__ = "concerned"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    address: str = Field(primary_key=True)
    since_at: datetime


class ClockRow(SQLModel, table=True):
    """One standard running for one ticket, from reception, under the version in force that day (R-08)."""

    __tablename__ = "clock"
    __table_args__ = (UniqueConstraint("ticket_id", "standard", "started_at"), Index("ix_clock_due_at", "due_at"))

    id: int = Field(primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
    standard: str
    version: str
    unit: str
    started_at: datetime
    due_at: datetime
    due_on: date | None
    committed: bool
    provisional: bool
    met_at: datetime | None
    superseded_at: datetime | None
