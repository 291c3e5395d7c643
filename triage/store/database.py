"""The database as the daemon sees it: `await database.write(work)` and `await database.read(work)`.

A work is a plain function of a transaction. One thread writes; works that wait at the same moment share one commit,
each in its own savepoint, and a failed group is redone one by one. So a work may run more than once: it must look at
the rows again and do nothing twice. Urgent works go first: a burst of arrivals must not hold up the letters that leave.
"""

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine

from triage.store.engine import Transaction, begin_part, keep_part, snapshot, transaction, undo_part

Result = TypeVar("Result")

GROUP_LIMIT = 16  # few enough that an urgent work waits a fraction of a second at most
READERS = 2


_URGENT, _IN_TURN, _END = range(3)


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    """A work in its place in the queue: by rank, then in the order in which they were asked for."""

    rank: int
    number: int
    work: Callable[[Transaction], Any] = field(compare=False)
    future: "Future[Any]" = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


Fence = Callable[[Transaction], None]
"""Called first in each write transaction; what it raises ends that transaction with nothing written (MUST 38)."""


def no_fence(_tx: Transaction) -> None:
    """Whoever is no daemon holds no lease."""


class Database:
    """One engine with its writer thread and a few readers; `close` finishes what was asked before it."""

    def __init__(self, engine: Engine, *, fence: Fence = no_fence) -> None:
        self.engine = engine
        self._fence = fence
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._writer = threading.Thread(target=self._write_forever, name="store-write", daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[Transaction], Result], *, urgent: bool = False) -> Result:
        """Run `work` in a committed transaction and return what it returned, after the commit.

        Raises what `work` raised, or the commit; RuntimeError once the database is closed.
        """
        if self._closed:
            raise RuntimeError("the database is closed")
        future: Future[Result] = Future()
        self._jobs.put(_Job(_URGENT if urgent else _IN_TURN, next(self._numbers), work, future))
        return await asyncio.wrap_future(future)

    async def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` on a consistent view."""
        return await asyncio.wrap_future(self._readers.submit(self._look, work))

    def close(self) -> None:
        """Finish the works under way, then close every connection."""
        self._closed = True
        self._jobs.put(_Job(_END, next(self._numbers), lambda _: None, Future()))
        self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()

    def _look(self, work: Callable[[Transaction], Result]) -> Result:
        with snapshot(self.engine) as tx:
            return work(tx)

    def _write_forever(self) -> None:
        ending = False
        while not ending:
            group = self._gather(self._jobs.get())
            ending = group[-1].rank == _END
            self._commit([each for each in group if each.rank != _END and each.future.set_running_or_notify_cancel()])

    def _gather(self, first: _Job) -> list[_Job]:
        """What waits now, in order; the end, which comes last of all, ends the group."""
        group = [first]
        while len(group) < GROUP_LIMIT and group[-1].rank != _END:
            try:
                group.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return group

    def _commit(self, group: list[_Job]) -> None:
        if len(group) < 2:
            for job in group:
                self._commit_alone(job)
            return
        try:
            with transaction(self.engine) as tx:
                self._fence(tx)
                outcomes = [_try_in_savepoint(tx, job) for job in group]
        except Exception:  # noqa: BLE001  the commit or the connection failed: nothing of the group is known to stand
            for job in group:
                self._commit_alone(job)
            return
        for job, outcome in zip(group, outcomes, strict=True):
            _tell(job, outcome)

    def _commit_alone(self, job: _Job) -> None:
        try:
            with transaction(self.engine) as tx:
                self._fence(tx)
                value = job.work(tx)
        except BaseException as error:  # noqa: BLE001  whoever waits for the work gets it
            _tell(job, _Outcome(error=error))
        else:
            _tell(job, _Outcome(value=value))


def _try_in_savepoint(tx: Transaction, job: _Job) -> _Outcome:
    begin_part(tx)
    try:
        value = job.work(tx)
    except BaseException as error:  # noqa: BLE001  told to whoever waits; the others of the group go on
        undo_part(tx)
        return _Outcome(error=error)
    keep_part(tx)
    return _Outcome(value=value)


def _tell(job: _Job, outcome: _Outcome) -> None:
    if outcome.error is not None:
        job.future.set_exception(outcome.error)
    else:
        job.future.set_result(outcome.value)
