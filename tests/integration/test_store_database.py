"""The writing thread: works that wait together share one commit, and none spoils its neighbours (MUST 1, 17)."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.looking import look
from triage.store.database import GROUP_LIMIT, Database
from triage.store.engine import Transaction, snapshot, transaction


def add(tx: Transaction, year: int) -> int:
    tx.execute(text("INSERT INTO number_series (year, last) VALUES (:year, 0)"), {"year": year})
    return year


def fail(tx: Transaction, error: BaseException) -> int:
    add(tx, 9999)
    raise error


def years(engine: Engine) -> list[int]:
    return [year for (year,) in look(engine, "SELECT year FROM number_series ORDER BY year")]


class Gate:
    """Holds the writing thread, so that what comes meanwhile waits together."""

    def __init__(self) -> None:
        self._reached, self._opened = threading.Event(), threading.Event()

    def hold(self, _: Transaction) -> None:
        self._reached.set()
        assert self._opened.wait(10)

    async def reached(self) -> None:
        assert await asyncio.to_thread(self._reached.wait, 10)

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def commits(engine: Engine) -> Iterator[list[None]]:
    """Grows by one with each commit."""
    counted: list[None] = []

    def count(_: object) -> None:
        counted.append(None)

    event.listen(engine, "commit", count)
    yield counted
    event.remove(engine, "commit", count)


async def together(database: Database, *works: Callable[[Transaction], object]) -> list[object]:
    """Write these works so that they wait at the same moment; results or exceptions, in order."""
    gate = Gate()
    holding = asyncio.create_task(database.write(gate.hold))
    await gate.reached()
    waiting: list[Awaitable[object]] = [asyncio.ensure_future(database.write(work)) for work in works]
    await asyncio.sleep(0)  # every write is in the queue
    gate.open()
    await holding
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_work_is_committed_when_its_answer_comes(database: Database, engine: Engine) -> None:
    """What `write` returns stands, and another connection sees it."""
    assert 2026 == await database.write(partial(add, year=2026))
    assert [2026] == years(engine)
    assert [(2026,)] == await database.read(
        lambda tx: list(map(tuple, tx.execute(text("SELECT year FROM number_series"))))
    )


async def test_works_that_wait_together_share_a_commit(database: Database, engine: Engine, commits: list[None]) -> None:
    """One for the work that held the thread, one for all that had come meanwhile."""
    asked = list(range(1, GROUP_LIMIT + 1))
    assert asked == await together(database, *(partial(add, year=year) for year in asked))

    assert 2 == len(commits)
    assert asked == years(engine)


async def test_an_urgent_work_overtakes_those_that_wait(database: Database) -> None:
    """A letter that leaves does not wait for a burst of arrivals; the others keep their order."""
    order: list[str] = []

    def noting(name: str) -> Callable[[Transaction], None]:
        return lambda _: order.append(name)

    gate = Gate()
    holding = asyncio.create_task(database.write(gate.hold))
    await gate.reached()
    waiting = [asyncio.ensure_future(database.write(noting(name))) for name in ("first", "second")]
    waiting.append(asyncio.ensure_future(database.write(noting("letter"), urgent=True)))
    await asyncio.sleep(0)  # every write is in the queue
    gate.open()
    await asyncio.gather(holding, *waiting)

    assert ["letter", "first", "second"] == order


async def test_a_group_is_bounded(database: Database, commits: list[None]) -> None:
    """So that nobody waits for an endless transaction."""
    await together(database, *(partial(add, year=year) for year in range(1, GROUP_LIMIT + 2)))

    assert 3 == len(commits)


@pytest.mark.parametrize("error", [ZeroDivisionError(), GeneratorExit(), asyncio.CancelledError()], ids=repr)
async def test_a_work_that_fails_leaves_its_neighbours_alone(
    database: Database, engine: Engine, commits: list[None], error: BaseException
) -> None:
    """Its own rows are rolled back, its exception is its own, whatever it is; the thread goes on."""
    first, failed, last = await together(
        database, partial(add, year=1), partial(fail, error=error), partial(add, year=2)
    )

    assert (1, 2) == (first, last)
    assert type(error) is type(failed)
    assert [1, 2] == years(engine)
    assert 2 == len(commits)
    assert 3 == await database.write(partial(add, year=3))


async def test_a_statement_that_the_database_refuses_spoils_one_work(database: Database, engine: Engine) -> None:
    """PostgreSQL refuses every later statement of a failed transaction: hence a savepoint a work."""
    first, refused, last = await together(database, *(partial(add, year=year) for year in (1, 1, 2)))

    assert (1, 2) == (first, last)
    assert isinstance(refused, IntegrityError)
    assert [1, 2] == years(engine)


async def test_a_work_alone_that_fails_leaves_nothing(database: Database, engine: Engine) -> None:
    """Rolled back, and told to whoever waits."""
    with pytest.raises(ZeroDivisionError):
        await database.write(partial(fail, error=ZeroDivisionError()))

    assert [] == years(engine)


async def test_a_group_whose_commit_fails_is_redone_one_by_one(
    database: Database, engine: Engine, commits: list[None]
) -> None:
    """The commit itself refuses one work's rows (a deferred constraint): the others stand all the same."""
    forget_person = "INSERT INTO address (id, person_id, address, created_at) VALUES (1, 77, 'x', '2026-01-01')"
    key = "fk_address_person_id_person"

    def promise_too_much(tx: Transaction) -> None:
        if tx.dialect.name == "sqlite":
            tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            tx.execute(text(f"ALTER TABLE address ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED"))
        tx.execute(text(forget_person))

    first, refused, last = await together(database, partial(add, year=1), promise_too_much, partial(add, year=2))

    assert (1, 2) == (first, last)
    assert isinstance(refused, IntegrityError)
    assert [1, 2] == years(engine)
    assert [] == look(engine, "SELECT id FROM address")
    assert 3 + 2 == len(commits)  # the gate, the group and the refused work were tried, two works stand


async def test_a_connection_that_dies_costs_only_time(database: Database, engine: Engine) -> None:
    """The server ends it under a work, once: the group is redone on another connection."""
    died = sqlite_dies_once() if engine.dialect.name == "sqlite" else server_hangs_up_once()

    answers = await together(database, partial(add, year=1), died, partial(add, year=2))

    assert [1, None, 2] == answers
    assert [1, 2] == years(engine)


def server_hangs_up_once() -> Callable[[Transaction], None]:
    tries: list[None] = []

    def work(tx: Transaction) -> None:
        tries.append(None)
        if len(tries) == 1:
            tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    return work


def sqlite_dies_once() -> Callable[[Transaction], None]:
    tries: list[None] = []

    def work(tx: Transaction) -> None:
        tries.append(None)
        if len(tries) == 1:
            tx.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when the disk is full
            raise OperationalError("", {}, Exception("the transaction is gone"))

    return work


async def test_a_cancelled_work_does_not_run(database: Database, engine: Engine) -> None:
    """Whoever gave up waiting before its turn came is not surprised by rows."""
    gate = Gate()
    holding = asyncio.create_task(database.write(gate.hold))
    await gate.reached()
    given_up = asyncio.create_task(database.write(partial(add, year=1)))
    kept = asyncio.create_task(database.write(partial(add, year=2)))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    gate.open()
    await holding

    assert 2 == await kept
    assert given_up.cancelled()
    assert [2] == years(engine)


async def test_closing_finishes_what_was_asked_before(engine: Engine) -> None:
    """Every work that waited stands; afterwards a write is refused at once instead of hanging."""
    database = Database(engine)
    gate = Gate()
    holding = asyncio.create_task(database.write(gate.hold))
    await gate.reached()
    waiting = [asyncio.create_task(database.write(partial(add, year=year))) for year in range(1, 4)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(asyncio.to_thread(database.close))
    gate.open()
    await closing
    await holding

    assert [1, 2, 3] == [await each for each in waiting]
    assert [1, 2, 3] == years(engine)
    with pytest.raises(RuntimeError, match="closed"):
        await database.write(partial(add, year=4))


async def test_nothing_written_while_reading_is_kept(database: Database, engine: Engine) -> None:
    """A snapshot is for looking."""
    await database.read(partial(add, year=1))

    assert [] == years(engine)


def test_a_snapshot_shows_one_moment(engine: Engine) -> None:
    """What others commit between two looks does not show in the second."""
    with transaction(engine) as tx:
        add(tx, 1)
    count = text("SELECT count(*) FROM number_series")
    with snapshot(engine) as reading:
        before = reading.execute(count).scalar_one()
        with transaction(engine) as writing:
            add(writing, 2)
        after = reading.execute(count).scalar_one()

    assert (1, 1) == (before, after)
    assert [1, 2] == years(engine)
