"""One daemon a database: a lock that keeps a second one out, and a lease whose epoch fences one that lost the lock.

SQLite: an exclusive lock on a file beside the database. PostgreSQL: an advisory lock held by a session of its own,
which can be lost while its holder lives on. So each daemon takes the lease under the lock, with the next epoch, and
each of its write transactions checks that the epoch is still its own (MUST 38).
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import LeaseRow

LEASE = "daemon"
LEASE_LASTS = timedelta(seconds=45)
"""How long a lease counts that is not renewed; it is renewed three times as often."""

# Any number will do, as long as no other program takes it on the same database.
_ADVISORY_KEY = {"key": 7_421_908_335}
# A holder whose machine is gone loses the lock within half a minute; on a local socket these say nothing.
_NOTICE_THE_DEAD = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"

Keep = Callable[[], None]
"""Makes sure that the lock is still ours, and takes it again if it was lost; raises `Overtaken`."""


class AlreadyRunning(Exception):
    """Another daemon works on this database."""


class Overtaken(AlreadyRunning):
    """Another daemon has taken over: this one commits nothing more, and ends."""

    def __init__(self) -> None:
        super().__init__("another triage has taken over this database")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write, of one daemon's life; `epoch` is higher than that of every daemon before."""

    epoch: int


@contextmanager
def only_daemon(engine: Engine) -> Iterator[Keep]:
    """Hold the lock for the block; `AlreadyRunning` where somebody else holds it."""
    holding = _file_lock if engine.dialect.name == "sqlite" else _session_lock
    with holding(engine) as keep:
        yield keep


def take_lease(tx: Transaction, *, holder: str, now: datetime) -> Lease:
    """Under the lock: whoever held the lease before is fenced from the commit on."""
    values = {"holder": holder, "expires_at": now + LEASE_LASTS}
    if tx.execute(update(LeaseRow).where(_ROW).values(epoch=col(LeaseRow.epoch) + 1, **values)).rowcount == 0:
        tx.execute(insert(LeaseRow).values(name=LEASE, epoch=1, **values))
    return Lease(tx.execute(select(col(LeaseRow.epoch)).where(_ROW)).scalar_one())


def check_lease(tx: Transaction, lease: Lease) -> None:
    """The fence, first thing in a write transaction; raises `Overtaken`.

    The row stays locked against a taker until the end of the transaction, so that none can come in between.
    """
    if tx.execute(_FENCE).scalar_one_or_none() != lease.epoch:
        raise Overtaken


def renew_lease(tx: Transaction, lease: Lease, *, now: datetime) -> None:
    """Another `LEASE_LASTS` from now, in a fenced transaction."""
    mine = col(LeaseRow.epoch) == lease.epoch
    tx.execute(update(LeaseRow).where(_ROW, mine).values(expires_at=now + LEASE_LASTS))


def give_lease_back(tx: Transaction, lease: Lease, *, now: datetime) -> None:
    """This daemon ends: nobody holds the lease from now on."""
    tx.execute(update(LeaseRow).where(_ROW, col(LeaseRow.epoch) == lease.epoch).values(expires_at=now))


_ROW = col(LeaseRow.name) == LEASE
_FENCE = select(col(LeaseRow.epoch)).where(_ROW).with_for_update(read=True)  # built once: it runs in each transaction


@contextmanager
def _file_lock(engine: Engine) -> Iterator[Keep]:
    path = Path(f"{engine.url.database}.lock")
    with path.open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning("another triage works on this database") from None
        yield lambda: None  # the operating system takes it back from the dead alone


@contextmanager
def _session_lock(engine: Engine) -> Iterator[Keep]:
    lock = _SessionLock(engine)
    lock.take()
    try:
        yield lock.keep
    finally:
        lock.give_back()


class _SessionLock:
    """An advisory lock and the session that holds it; for one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None

    def take(self) -> None:
        self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._session.execute(text(_NOTICE_THE_DEAD))
        if not self._session.execute(text("SELECT pg_try_advisory_lock(:key)"), _ADVISORY_KEY).scalar_one():
            self._let_go()
            raise AlreadyRunning("another triage works on this database")

    def keep(self) -> None:
        if self._session is not None:
            try:
                self._session.execute(text("SELECT 1"))
            except DBAPIError:
                self._let_go()
            else:
                return
        try:
            self.take()
        except AlreadyRunning:
            raise Overtaken from None

    def give_back(self) -> None:
        if self._session is not None:
            with suppress(DBAPIError):
                self._session.execute(text("SELECT pg_advisory_unlock(:key)"), _ADVISORY_KEY)
            self._let_go()

    def _let_go(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(DBAPIError):
                session.invalidate()
            session.close()
