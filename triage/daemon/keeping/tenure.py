"""A daemon's right to write: taken under the lock at the start, checked in each transaction, renewed each tick."""

import asyncio
import os
import socket
from dataclasses import dataclass

from sqlalchemy import Engine

from triage.daemon.clock import utc_now
from triage.store.database import Database
from triage.store.engine import Transaction, transaction
from triage.store.lease import Keep, Lease, check_lease, give_lease_back, renew_lease, take_lease


@dataclass(frozen=True, slots=True)
class Tenure:
    """The lease of this daemon, and the lock under which it was taken."""

    lease: Lease
    keep_lock: Keep

    def check(self, tx: Transaction) -> None:
        """The fence of each write transaction; raises `Overtaken`."""
        check_lease(tx, self.lease)

    async def renew(self, database: Database) -> None:
        """Hold the lock, and the lease for a while longer; raises `Overtaken`, or what ails the database."""
        await asyncio.to_thread(self.keep_lock)
        await database.write(lambda tx: renew_lease(tx, self.lease, now=utc_now()), urgent=True)

    def give_back(self, tx: Transaction) -> None:
        """Nobody holds the lease any more."""
        give_lease_back(tx, self.lease, now=utc_now())


def begin_tenure(engine: Engine, keep_lock: Keep) -> Tenure:
    """Take the lease; every daemon before is fenced from now on."""
    with transaction(engine) as tx:
        lease = take_lease(tx, holder=f"{socket.gethostname()}:{os.getpid()}", now=utc_now())
    return Tenure(lease, keep_lock)
