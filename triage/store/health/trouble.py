"""Why the database did not do what was asked, where that is nobody's fault but its own.

A closed list, so that a log line says « the disk is full » and no mail pays for it. Errors that a mail's content can
provoke (a value too long, a character that is not taken, a row that is not unique) are not in it.
"""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime


class DatabaseTrouble(StrEnum):
    """What is wrong with the database."""

    FULL = "full"  # no room left
    READ_ONLY = "read_only"  # it may be read and not written
    LOCKED = "locked"  # another program held it longer than we wait
    UNREACHABLE = "unreachable"  # it is gone, refuses us, or was lost in the middle
    FAILING = "failing"  # its disk, or the file system, refuses to read or write
    DAMAGED = "damaged"  # what is stored cannot be read

    @property
    def words(self) -> str:
        """For a person."""
        return _WORDS[self]


_WORDS = {
    DatabaseTrouble.FULL: "there is no room left",
    DatabaseTrouble.READ_ONLY: "it may be read and not written",
    DatabaseTrouble.LOCKED: "another program has held it for ten seconds",
    DatabaseTrouble.UNREACHABLE: "it cannot be reached",
    DatabaseTrouble.FAILING: "its disk refuses to read or write",
    DatabaseTrouble.DAMAGED: "what it holds cannot be read",
}


_SQLITE = {
    "SQLITE_FULL": DatabaseTrouble.FULL,
    "SQLITE_READONLY": DatabaseTrouble.READ_ONLY,
    "SQLITE_PERM": DatabaseTrouble.READ_ONLY,
    "SQLITE_BUSY": DatabaseTrouble.LOCKED,
    "SQLITE_LOCKED": DatabaseTrouble.LOCKED,
    "SQLITE_PROTOCOL": DatabaseTrouble.LOCKED,
    "SQLITE_CANTOPEN": DatabaseTrouble.UNREACHABLE,
    "SQLITE_IOERR": DatabaseTrouble.FAILING,
    "SQLITE_CORRUPT": DatabaseTrouble.DAMAGED,
    "SQLITE_NOTADB": DatabaseTrouble.DAMAGED,
}
# The longest beginning of a SQLSTATE that fits decides (appendix A of PostgreSQL's manual).
_POSTGRESQL = {
    "53100": DatabaseTrouble.FULL,
    "25006": DatabaseTrouble.READ_ONLY,
    "40": DatabaseTrouble.LOCKED,
    "55P03": DatabaseTrouble.LOCKED,
    "08": DatabaseTrouble.UNREACHABLE,
    "28": DatabaseTrouble.UNREACHABLE,
    "3D": DatabaseTrouble.UNREACHABLE,
    "53": DatabaseTrouble.UNREACHABLE,
    "57": DatabaseTrouble.UNREACHABLE,
    "58": DatabaseTrouble.FAILING,
    "XX": DatabaseTrouble.DAMAGED,
}


def database_trouble(error: BaseException | None) -> DatabaseTrouble | None:
    """What is wrong with the database, as this exception or one of its causes tells; None where it says nothing."""
    while error is not None:
        if isinstance(error, NoConnectionInTime):
            return DatabaseTrouble.UNREACHABLE
        if isinstance(error, DBAPIError):
            return _of_driver(error)
        error = error.__cause__
    return None


def _of_driver(error: DBAPIError) -> DatabaseTrouble | None:
    name = getattr(error.orig, "sqlite_errorname", None)
    if isinstance(name, str):
        # Extended names carry the reason behind the primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY.
        return _SQLITE.get("_".join(name.split("_")[:2]))
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        fitting = [start for start in _POSTGRESQL if state.startswith(start)]
        return _POSTGRESQL[max(fitting, key=len)] if fitting else None
    # A line that broke has no SQLSTATE: nobody was left to send one.
    return DatabaseTrouble.UNREACHABLE if error.connection_invalidated or _is_lost(error) else None


def _is_lost(error: DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg") and type(error.orig).__name__ == "OperationalError"
