"""What is to leave: outgoing mails with their final bytes' hash, and every attempt to send them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from triage.model.codes import OutboxState
from triage.store.tables.checks import one_of


class OutboxRow(SQLModel, table=True):
    """One mail to one recipient. `key` is what makes a second one impossible (R-62)."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", OutboxState),
        Index("ix_outbox_state_priority", "state", "priority", "next_attempt_at"),
        Index("ix_outbox_kind", "kind", "created_at"),
        Index("ix_outbox_addressee", "addressee", "created_at"),
        Index("ix_outbox_addressee_domain", "addressee_domain", "created_at"),
    )

    id: int = Field(primary_key=True)
    key: str = Field(unique=True)
    kind: str
    ticket_id: int | None = Field(foreign_key="ticket.id", index=True)
    mail_id: int | None = Field(foreign_key="mail.id", index=True)
    sequence: int
    recipient: str
    addressee: str  # the recipient's mailbox without +label and the like, by which automatic mail is counted (MUST 26)
    addressee_domain: str
    envelope_from: str
    message_id: str = Field(unique=True)
    raw_sha256: str
    priority: int
    state: str
    hold_reason: str | None
    attempts: int  # all that were booked
    troubles: int  # of these, those that say nothing about this mail: our end or the server's was in trouble
    unknowns: int
    created_at: datetime
    first_attempt_at: datetime | None
    next_attempt_at: datetime | None
    claimed_at: datetime | None
    dot_written_at: datetime | None
    sent_at: datetime | None
    provider_id: str | None = Field(index=True)
    response: str | None


class AttemptRow(SQLModel, table=True):
    """One try, booked before it is made; its end is written when it is known (MUST 20)."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("outbox_id", "number"),)

    id: int = Field(primary_key=True)
    outbox_id: int = Field(foreign_key="outbox.id")
    number: int
    started_at: datetime
    dot_written_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    phase: str | None
    code: int | None
    enhanced: str | None
    text: str | None
