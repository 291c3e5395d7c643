"""`Sandbox`: the reader behind its walls, one mail at a time in a process that may die (MUST 15, MUST 16).

A mail that takes too long, too much memory or its worker's life costs `ReaderFailed`, and the next one is read.
No text of a mail is in any exception: what a worker raised is told by its kind alone.
"""

import asyncio
import contextlib
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import cast

from pebble import CONSTS, ProcessExpired, ProcessPool

from triage.model.errors import ReaderFailed, ReaderFailure
from triage.model.message import ParsedMessage
from triage.transport.parse_worker import limit_worker, read_in_worker

MIB = 1024 * 1024

# Beyond a mail's own time-out: what starting a worker may take before the whole pool counts as stuck.
_STUCK_SECONDS = 30.0
# Workers ignore SIGTERM, so waiting long for it before SIGKILL would only hold up the next mail.
_TERM_SECONDS = 0.1

ReadInWorker = Callable[[bytes, int], ParsedMessage]


class Sandbox:
    """The `Reader` port over a pool of spawned processes.

    `workers` is how many mails are read at once, `seconds` the wall-clock time and `cpu_seconds` the processor time
    that one mail may take, `memory_bytes` what a worker may map beyond its code, `mails_per_worker` its working life.
    `read` may be another function of a module that workers can import (tests bring bombs).
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        seconds: float = 20.0,
        cpu_seconds: int = 15,
        memory_bytes: int = 512 * MIB,
        mails_per_worker: int = 2_000,
        read: ReadInWorker = read_in_worker,
    ) -> None:
        self._workers = workers or max(1, (os.cpu_count() or 1) - 1)
        self._seconds = seconds
        self._cpu_seconds = cpu_seconds
        self._memory_bytes = memory_bytes
        self._mails_per_worker = mails_per_worker
        self._read = read
        self._pool: ProcessPool | None = None
        self._answers: set[asyncio.Future[ParsedMessage]] = set()
        self._turns = asyncio.Semaphore(self._workers)

    async def start(self) -> None:
        """Bring the workers to life, so that the first mail does not wait for them."""
        pool = self._live_pool()
        for warming in [self._schedule(pool, read_in_worker, b"") for _ in range(self._workers)]:
            with contextlib.suppress(Exception):  # the first mail will meet the same trouble and report it
                await asyncio.wait_for(asyncio.wrap_future(warming), _STUCK_SECONDS)

    async def read(self, raw: bytes) -> ParsedMessage:
        """Understand one message. Raises `ReaderFailed` where the reader broke, was killed, or ran out of time."""
        async with self._turns:
            try:
                return await self._await_answer(raw)
            except (ProcessExpired, MemoryError):
                failure = ReaderFailure.DIED  # the same mail would need the same memory again
            except TimeoutError:
                failure = ReaderFailure.TIMEOUT
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                failure = ReaderFailure.ERROR  # the sandbox was closed under the mail, which may be tried again
            except Exception:  # noqa: BLE001 - whatever a mail provokes in a worker or in the pool ends here
                failure = ReaderFailure.ERROR
        raise ReaderFailed(failure)

    async def _await_answer(self, raw: bytes) -> ParsedMessage:
        pool = self._live_pool()
        limit = asyncio.timeout(self._seconds + _STUCK_SECONDS)
        answer = asyncio.wrap_future(self._schedule(pool, self._read, raw))
        self._answers.add(answer)
        try:
            async with limit:
                return await answer
        finally:
            self._answers.discard(answer)
            if limit.expired() and pool is self._pool:
                self._discard(pool)  # the pool itself is stuck: the next mail gets another one

    async def close(self) -> None:
        """Stop the workers; never raises. A `read` under way raises `ReaderFailed`, and may be tried again."""
        pool, self._pool = self._pool, None
        for answer in tuple(self._answers):
            answer.cancel()
        if pool is not None:
            await asyncio.to_thread(_stop, pool)

    def _live_pool(self) -> ProcessPool:
        """The pool; one that broke (a worker died while idle) is replaced first."""
        if self._pool is not None and not self._pool.active:
            self._discard(self._pool)
        if self._pool is None:
            self._pool = self._new_pool()
        return self._pool

    def _schedule(self, pool: ProcessPool, function: ReadInWorker, raw: bytes) -> "Future[ParsedMessage]":
        future = pool.schedule(function, args=(raw, self._cpu_seconds), timeout=self._seconds)
        return cast("Future[ParsedMessage]", future)

    def _discard(self, pool: ProcessPool) -> None:
        self._pool = None
        asyncio.get_running_loop().run_in_executor(None, _stop, pool)

    def _new_pool(self) -> ProcessPool:
        CONSTS.term_timeout = _TERM_SECONDS
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._mails_per_worker,
            initializer=partial(limit_worker, self._memory_bytes),
            context=multiprocessing.get_context("spawn"),
        )


def _stop(pool: ProcessPool) -> None:
    """End all workers of a pool and wait for them."""
    with contextlib.suppress(Exception):  # a pool that broke has no good end, and nothing is left to be done
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
