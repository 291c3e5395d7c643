"""The watched folders: which epoch (UIDVALIDITY) of each we know, and from which day its mail is ours."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlmodel import col

from triage.model.mailbox import FolderStatus
from triage.store.engine import Transaction
from triage.store.tables import FolderRow


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """One folder that we watch. Every UID up to `low_water_uid` is in the ledger in a final state."""

    id: int
    name: str
    uidvalidity: int
    low_water_uid: int
    since_on: date
    last_scan_at: datetime | None


def find_folder(tx: Transaction, name: str) -> WatchedFolder | None:
    """The folder of that name, None where it was never watched."""
    row = tx.execute(
        select(
            col(FolderRow.id),
            col(FolderRow.name),
            col(FolderRow.uidvalidity),
            col(FolderRow.low_water_uid),
            col(FolderRow.since_on),
            col(FolderRow.last_scan_at),
        ).where(col(FolderRow.name) == name)
    ).first()
    return None if row is None else WatchedFolder(*row)


def watch_folder(tx: Transaction, status: FolderStatus, *, since_on: date, now: datetime) -> WatchedFolder:
    """Begin to watch a folder; mail that arrived before the local day `since_on` is only noted."""
    tx.execute(
        insert(FolderRow).values(
            name=status.folder,
            role="inbox",
            uidvalidity=status.uidvalidity,
            low_water_uid=0,
            since_on=since_on,
            known_since_at=now,
            last_scan_at=None,
        )
    )
    folder = find_folder(tx, status.folder)
    assert folder is not None  # noqa: S101  it was just written, in this transaction
    return folder


def begin_epoch(tx: Transaction, folder_id: int, uidvalidity: int) -> None:
    """The server numbers the folder anew: every UID must be looked at again; rows of the old epoch stay as they are."""
    tx.execute(update(FolderRow).where(col(FolderRow.id) == folder_id).values(uidvalidity=uidvalidity, low_water_uid=0))


def note_scan(tx: Transaction, folder_id: int, *, now: datetime, low_water_uid: int) -> None:
    """A full pass over the folder ended; up to `low_water_uid` nothing is left to do."""
    tx.execute(
        update(FolderRow).where(col(FolderRow.id) == folder_id).values(last_scan_at=now, low_water_uid=low_water_uid)
    )
