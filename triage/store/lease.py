"""One daemon a database: a lock that the operating system, or the database, gives back the moment its holder dies.

SQLite: an exclusive lock on a file beside the database. PostgreSQL: an advisory lock held by a session of its own.
It saves work and keeps two dispatchers apart; what makes a repeat harmless are the unique keys.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

# Any number will do, as long as no other program takes it on the same database.
_ADVISORY_KEY = 7_421_908_335


class AlreadyRunning(Exception):
    """Another daemon works on this database."""


@contextmanager
def only_daemon(engine: Engine) -> Iterator[None]:
    """Hold the lock for the block; `AlreadyRunning` where somebody else holds it."""
    holding = _file_lock if engine.dialect.name == "sqlite" else _session_lock
    with holding(engine):
        yield


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    path = Path(f"{engine.url.database}.lock")
    with path.open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning("another triage works on this database") from None
        yield


@contextmanager
def _session_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        key = {"key": _ADVISORY_KEY}
        if not session.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
            raise AlreadyRunning("another triage works on this database")
        try:
            yield
        finally:
            session.execute(text("SELECT pg_advisory_unlock(:key)"), key)
