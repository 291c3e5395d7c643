"""What a paper that was sent must be able to recall: which number of a digest meant which ticket."""

from datetime import date

from sqlmodel import Field, SQLModel


class DigestLineRow(SQLModel, table=True):
    """One numbered line of one supervisor's digest of one local day; an answer says « #3 », and means this ticket."""

    __tablename__ = "digest_line"

    staff_id: str = Field(primary_key=True)
    digest_on: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id")
