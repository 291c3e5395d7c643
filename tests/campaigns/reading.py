"""How a campaign reads the daemon's database: by plain SQL, on a SQLite file or on PostgreSQL, with rows of one shape.

An instant is a text in UTC that does not say so, a date is ISO; nothing of the product is imported, nothing is written.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import DictRow, dict_row

Row = dict[str, Any]


class Reading(Protocol):
    """A database that can be asked. `url` is what the daemon's configuration says of it."""

    @property
    def url(self) -> str:
        """Where the daemon finds it."""

    def ask(self, query: str) -> list[Row] | None:
        """The rows that a query finds; None where the tables do not exist yet."""

    def close(self) -> None:
        """Let go of it."""


class SqliteFile:
    """A file, opened anew for each question and for reading only; `name` is its name in the daemon's folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name
        self.url = f"sqlite:///{name}"

    def ask(self, query: str) -> list[Row] | None:
        """See `Reading`."""
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=10)) as database:
                database.row_factory = sqlite3.Row
                return [dict(row) for row in database.execute(query)]
        except sqlite3.OperationalError:  # no file or no tables yet
            return None

    def close(self) -> None:
        """Nothing stays open."""


class PostgresqlDatabase:
    """A database of a PostgreSQL, over one connection that cannot write."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[DictRow] = psycopg.connect(
            url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True, row_factory=dict_row
        )
        self._connection.read_only = True

    def ask(self, query: str) -> list[Row] | None:
        """See `Reading`."""
        try:
            rows = self._connection.execute(query.encode()).fetchall()
        except psycopg.errors.UndefinedTable:
            return None
        return [{name: _as_sqlite_has_it(value) for name, value in row.items()} for row in rows]

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _as_sqlite_has_it(value: object) -> object:
    match value:
        case datetime(tzinfo=None):
            return value.isoformat(" ")
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        case date():
            return value.isoformat()
    return value
