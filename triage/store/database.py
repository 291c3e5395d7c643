"""The database as the daemon sees it: `await database.write(work)` and `await database.read(work)`.

A work is a plain function of a transaction. One thread writes; works that wait at the same moment share one commit,
each in its own savepoint, and a failed group is redone one by one. So a work may run more than once: it must look at
the rows again and do nothing twice.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine

from triage.store.engine import Transaction, snapshot, transaction

Result = TypeVar("Result")

GROUP_LIMIT = 64
READERS = 2


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    future: "Future[Any]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class Database:
    """One engine with its writer thread and a few readers; `close` finishes what was asked before it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._writer = threading.Thread(target=self._write_forever, name="store-write", daemon=True)
        self._writer.start()

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a committed transaction and return what it returned, after the commit.

        Raises what `work` raised, or the commit; RuntimeError once the database is closed.
        """
        if self._closed:
            raise RuntimeError("the database is closed")
        future: Future[Result] = Future()
        self._jobs.put(_Job(work, future))
        return await asyncio.wrap_future(future)

    async def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` on a consistent view."""
        return await asyncio.wrap_future(self._readers.submit(self._look, work))

    def close(self) -> None:
        """Finish the works under way, then close every connection."""
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()

    def _look(self, work: Callable[[Transaction], Result]) -> Result:
        with snapshot(self.engine) as tx:
            return work(tx)

    def _write_forever(self) -> None:
        while (job := self._jobs.get()) is not None:
            group, ending = self._gather(job)
            self._commit([each for each in group if each.future.set_running_or_notify_cancel()])
            if ending:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, group: list[_Job]) -> None:
        if len(group) == 1:
            self._commit_alone(group[0])
            return
        try:
            with transaction(self.engine) as tx:
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
                value = job.work(tx)
        except BaseException as error:  # noqa: BLE001  whoever waits for the work gets it
            _tell(job, _Outcome(error=error))
        else:
            _tell(job, _Outcome(value=value))


def _try_in_savepoint(tx: Transaction, job: _Job) -> _Outcome:
    savepoint = tx.begin_nested()
    try:
        value = job.work(tx)
    except BaseException as error:  # noqa: BLE001  told to whoever waits; the others of the group go on
        savepoint.rollback()
        return _Outcome(error=error)
    savepoint.commit()
    return _Outcome(value=value)


def _tell(job: _Job, outcome: _Outcome) -> None:
    if outcome.error is not None:
        job.future.set_exception(outcome.error)
    else:
        job.future.set_result(outcome.value)
