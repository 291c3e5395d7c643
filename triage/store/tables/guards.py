"""What keeps others out and numbers unique: lease, signing keys, tokens, and the series of ticket numbers."""

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel


class LeaseRow(SQLModel, table=True):
    """Who may work the mailbox now; `epoch` only grows and fences a paused holder (MUST 38)."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    epoch: int
    expires_at: datetime


class SigningKeyRow(SQLModel, table=True):
    """A secret that signs our references; several may be valid while one is being replaced."""

    __tablename__ = "signing_key"

    id: int = Field(primary_key=True)
    secret: bytes = Field(sa_type=LargeBinary)
    created_at: datetime
    retired_at: datetime | None


class TokenRow(SQLModel, table=True):
    """What a reply address or reference of ours allows, to whom, until when; only its hash is kept."""

    __tablename__ = "token"

    id: int = Field(primary_key=True)
    hash: str = Field(unique=True)
    scope: str
    staff_id: str | None = Field(index=True)
    ticket_id: int | None = Field(foreign_key="ticket.id", index=True)
    valid_on: date | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


class NumberSeriesRow(SQLModel, table=True):
    """The last number given to a ticket of a year; numbers are never given twice (R-23)."""

    __tablename__ = "number_series"

    year: int = Field(primary_key=True)
    last: int
