"""The watched folders: in which epoch of its numbers each is, and from which day its mail is ours.

A new UIDVALIDITY begins an epoch, and so does everything else that shows that UIDs name other mails than before.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlmodel import col

from triage.model.mailbox import FolderStatus
from triage.store.engine import Transaction
from triage.store.tables import FolderRow

INBOX = "inbox"
IMPORT = "import"
"""The roles of a folder: one that is watched, or a file of existing mail that was brought once."""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """One folder that we watch. Every UID up to `low_water_uid` is in the ledger in a final state.

    `first_uidnext` is UIDNEXT as this epoch was first seen, `uidnext` the highest one told since. `known_since_at` is
    when the folder was first seen at all.
    """

    id: int
    name: str
    epoch: int
    epoch_began_at: datetime
    uidvalidity: int
    first_uidnext: int
    uidnext: int
    low_water_uid: int
    unknown_at_first: int | None
    since_on: date
    known_since_at: datetime
    last_scan_at: datetime | None


def find_folder(tx: Transaction, name: str) -> WatchedFolder | None:
    """The folder of that name, None where it was never watched."""
    query: Select[*tuple[Any, ...]] = select(*(col(getattr(FolderRow, each.name)) for each in fields(WatchedFolder)))
    row = tx.execute(query.where(col(FolderRow.name) == name)).first()
    return None if row is None else WatchedFolder(*row)


def watch_folder(tx: Transaction, status: FolderStatus, *, since_on: date, now: datetime) -> WatchedFolder:
    """Begin to watch a folder; mail that arrived before the local day `since_on` is only noted."""
    tx.execute(
        insert(FolderRow).values(
            name=status.folder,
            role=INBOX,
            epoch=1,
            since_on=since_on,
            known_since_at=now,
            last_scan_at=None,
            **_numbering(status, now=now),
        )
    )
    folder = find_folder(tx, status.folder)
    assert folder is not None  # noqa: S101  it was just written, in this transaction
    return folder


def begin_epoch(tx: Transaction, folder_id: int, status: FolderStatus, *, now: datetime) -> None:
    """The server numbers the folder anew: every UID must be looked at again; rows of the old epoch stay as they are."""
    values = {"epoch": col(FolderRow.epoch) + 1, **_numbering(status, now=now)}
    tx.execute(update(FolderRow).where(col(FolderRow.id) == folder_id).values(**values))


def note_unknown(tx: Transaction, folder_id: int, unknown: int) -> None:
    """So many old mails stood there that no earlier epoch knows."""
    tx.execute(update(FolderRow).where(col(FolderRow.id) == folder_id).values(unknown_at_first=unknown))


def note_uidnext(tx: Transaction, folder_id: int, uidnext: int) -> None:
    """The server will give this UID next: within an epoch it can only grow."""
    tx.execute(update(FolderRow).where(col(FolderRow.id) == folder_id).values(uidnext=uidnext))


def note_scan(tx: Transaction, folder_id: int, *, now: datetime, low_water_uid: int) -> None:
    """A full pass over the folder ended; up to `low_water_uid` nothing is left to do."""
    tx.execute(
        update(FolderRow).where(col(FolderRow.id) == folder_id).values(last_scan_at=now, low_water_uid=low_water_uid)
    )


def _numbering(status: FolderStatus, *, now: datetime) -> dict[str, object]:
    return {
        "epoch_began_at": now,
        "uidvalidity": status.uidvalidity,
        "first_uidnext": status.uidnext,
        "uidnext": status.uidnext,
        "low_water_uid": 0,
        "unknown_at_first": None,
    }
