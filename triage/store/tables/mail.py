"""What arrived: the watched folders, the ledger of received mail, and the raw bytes.

UIDs, UIDVALIDITY and sizes are unsigned 32-bit numbers on the wire, hence wider than PostgreSQL's integer here.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from triage.model.codes import MailState, RemoteState, ScanState
from triage.store.tables.checks import one_of


class FolderRow(SQLModel, table=True):
    """A watched folder. Every UID up to `low_water_uid` is in the ledger in a final state: a shortcut.

    An epoch is a time in which the server's numbers mean the same mails. `first_uidnext` is UIDNEXT as the epoch was
    first seen: whatever has that UID or a higher one arrived under our eyes. `uidnext` is the highest one told since.
    """

    __tablename__ = "folder"

    id: int = Field(primary_key=True)
    name: str = Field(unique=True)
    role: str
    epoch: int
    epoch_began_at: datetime
    uidvalidity: int = Field(sa_type=BigInteger)
    first_uidnext: int = Field(sa_type=BigInteger)
    uidnext: int = Field(sa_type=BigInteger)
    low_water_uid: int = Field(sa_type=BigInteger)
    unknown_at_first: int | None  # old mails that no earlier epoch knows; None until they were counted
    since_on: date
    known_since_at: datetime
    last_scan_at: datetime | None


class MailRow(SQLModel, table=True):
    """One message of one folder, for ever: identity is (folder, epoch, UID) (MUST 3).

    UIDVALIDITY alone does not tell epochs apart: a server that was restored gives the same numbers to other mails.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("folder_id", "epoch", "uid"),
        one_of("state", MailState),
        one_of("remote_state", RemoteState),
        Index("ix_mail_state_id", "state", "id"),
        Index("ix_mail_remote_state_id", "remote_state", "id"),
    )

    id: int = Field(primary_key=True)
    folder_id: int = Field(foreign_key="folder.id")
    epoch: int
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    announced_size: int = Field(sa_type=BigInteger)
    internal_date_at: datetime | None
    imported: bool  # from a file of existing mail: never acknowledged, and taken in by the command that brought it
    date_doubted: bool  # the server's date lies before our watch, the mail arrived in it
    header_received_at: datetime | None  # of the body's own host, if `received_by` names it
    observed_at: datetime
    received_at: datetime | None  # the instant that counts, once decided
    raw_sha256: str | None = Field(index=True)
    raw_size: int | None
    truncated: bool
    message_id: str | None = Field(index=True)
    fingerprint: str | None = Field(index=True)
    content: str | None = Field(index=True)  # hash of subject and parts alone: the same words sent again
    sender: str | None
    attempts: int
    state: str
    reason: str | None
    nature: str | None
    nature_reason: str | None
    ticket_id: int | None = Field(foreign_key="ticket.id", index=True)
    remote_state: str
    remote_uid: int | None = Field(sa_type=BigInteger)
    missing_since_at: datetime | None
    settled_at: datetime | None


class ScanRow(SQLModel, table=True):
    """A mail with attachments that the scanner for viruses is asked about; no row where it is not."""

    __tablename__ = "scan"
    __table_args__ = (one_of("state", ScanState), Index("ix_scan_state", "state", "next_attempt_at"))

    mail_id: int = Field(foreign_key="mail.id", primary_key=True)
    state: str
    signature: str  # what was found, by name; "" for nothing
    attempts: int  # so often it gave no verdict
    wanted_at: datetime
    next_attempt_at: datetime
    settled_at: datetime | None


class RawPartRow(SQLModel, table=True):
    """At most 1 MiB of raw bytes, addressed by the SHA-256 of the whole: mail in and mail out alike."""

    __tablename__ = "raw_part"

    sha256: str = Field(primary_key=True)
    part: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
