"""What happened: the chained events of each ticket, their deletable payloads, the daily seals, and what was learned.

An event's hash covers the hash of its payload, not the payload: a lawful destruction removes the payload and
leaves the chain whole (R-83, R-87).
"""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class EventRow(SQLModel, table=True):
    """One line of a ticket's story; never updated, never deleted."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("ticket_id", "sequence"),)

    id: int = Field(primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
    sequence: int
    kind: str
    at: datetime = Field(index=True)
    actor: str
    mail_id: int | None = Field(foreign_key="mail.id", index=True)
    payload_hash: str
    previous_hash: str
    hash: str = Field(unique=True)


class EventPayloadRow(SQLModel, table=True):
    """What an event says of people: JSON, salted so that its hash tells nothing once it is destroyed."""

    __tablename__ = "event_payload"

    event_id: int = Field(foreign_key="event.id", primary_key=True)
    salt: str
    body: str


class DaySealRow(SQLModel, table=True):
    """One hash over all events of a local day, chained to the day before."""

    __tablename__ = "day_seal"

    sealed_on: date = Field(primary_key=True)
    events: int
    root_hash: str
    previous_hash: str
    hash: str = Field(unique=True)
    sealed_at: datetime


class ClassificationEventRow(SQLModel, table=True):
    """One proposal and what a person made of it: the material of learning, append-only."""

    __tablename__ = "classification_event"

    id: int = Field(primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    facet: str
    proposed: str | None
    probabilities: str  # a JSON object, class to probability
    rule_hits: str  # a JSON array of rule ids
    versions: str  # a JSON object: rules, model, policy
    final: str | None
    agent: str | None
    source: str | None
    at: datetime
