"""What the mailbox port tells of a folder and its messages, and what came up in a folder together."""

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
class ArchivedMail:
    """One mail of a file or folder of existing mail.

    `dated_at` (aware UTC) is what the archive itself says of when it was received, None where it says nothing.
    `size` is that of the whole mail in bytes, of which `raw` is the beginning where it was `truncated`. `done` tells
    how far through the archive it stands, in the archive's own measure.
    """

    raw: bytes
    dated_at: datetime | None
    size: int
    truncated: bool
    done: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Evidence that one message was moved: its UID in the other folder, None where the server gave no COPYUID."""

    uid: int
    new_uid: int | None


@dataclass(frozen=True, slots=True)
class Renumbering:
    """Old mails that came up together with this one, under new numbers or with dates from before our watch.

    `began_at` is when they were first seen, `unknown` how many of them no earlier look at the folder knows.
    """

    began_at: datetime
    unknown: int
