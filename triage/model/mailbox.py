"""What the mailbox port tells of a folder and its messages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder as the server announces it now. All UIDs below `uidnext` exist, existed, or never will."""

    folder: str
    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True, slots=True)
class Announced:
    """Size (a hint) and arrival instant (aware, or None) of one message, before its bytes are fetched."""

    uid: int
    size: int
    internal_date: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Evidence that one message was moved: its UID in the other folder, None where the server gave no COPYUID."""

    uid: int
    new_uid: int | None
