"""Who writes to us: a person and the addresses they were seen with."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class PersonRow(SQLModel, table=True):
    """Someone who brought a matter; names are what they call themselves, never proof."""

    __tablename__ = "person"

    id: int = Field(primary_key=True)
    name: str
    organisation: str | None
    phone: str | None
    created_at: datetime


class AddressRow(SQLModel, table=True):
    """One e-mail address, lower-case, and the person it belongs to."""

    __tablename__ = "address"

    id: int = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    address: str = Field(unique=True)
    created_at: datetime
