"""A daemon that lost its lock and was overtaken commits nothing more, and ends (MUST 38)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

from tests.daemon_worlds import Daemon, make_daemon
from tests.looking import look
from tests.matters import NOW, write_mail
from triage.daemon.keeping.tenure import Tenure, begin_tenure
from triage.store.database import Database
from triage.store.engine import Transaction, transaction
from triage.store.lease import (
    LEASE_LASTS,
    AlreadyRunning,
    Overtaken,
    check_lease,
    give_lease_back,
    only_daemon,
    renew_lease,
    take_lease,
)
from triage.store.tables import NumberSeriesRow

HOLDERS = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()
"""
WRITES = 200


@pytest.fixture
def engines(database_url: str, new_engine: Callable[[str], Engine]) -> tuple[Engine, Engine]:
    """Two daemons' ways to one database."""
    return new_engine(database_url), new_engine(database_url)


@pytest.fixture
def life() -> Iterator[ExitStack]:
    """What lives until the test ends."""
    with ExitStack() as stack:
        yield stack


def begin(engine: Engine, life: ExitStack) -> tuple[Tenure, Database]:
    """A daemon's start: lock, lease, and a database that is fenced."""
    tenure = begin_tenure(engine, life.enter_context(only_daemon(engine)))
    database = Database(engine, fence=tenure.check)
    life.callback(database.close)
    return tenure, database


def lose_the_lock(engine: Engine) -> None:
    """The session that holds the lock is ended, as by an administrator or a failing network."""
    with transaction(engine) as tx:
        for (pid,) in tx.execute(text(HOLDERS)).all():
            tx.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def write_number(year: int) -> Callable[[Transaction], None]:
    def write(tx: Transaction) -> None:
        tx.execute(insert(NumberSeriesRow).values(year=year, last=0))

    return write


def count(engine: Engine) -> int:
    return int(look(engine, "SELECT count(*) FROM number_series")[0][0])


def test_each_start_has_the_next_epoch_and_fences_the_one_before(engine: Engine) -> None:
    """Checked, renewed, given back: only by whoever took the lease last."""
    with transaction(engine) as tx:
        first = take_lease(tx, holder="un", now=NOW)
        check_lease(tx, first)
    with transaction(engine) as tx:
        second = take_lease(tx, holder="deux", now=NOW)
        renew_lease(tx, first, now=NOW + LEASE_LASTS)
        give_lease_back(tx, first, now=NOW)
        with pytest.raises(Overtaken):
            check_lease(tx, first)
        check_lease(tx, second)
        renew_lease(tx, second, now=NOW)

    assert (1, 2) == (first.epoch, second.epoch)
    assert [("daemon", "deux", 2)] == look(engine, "SELECT name, holder, epoch FROM lease")


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_whoever_lost_the_lock_and_was_overtaken_commits_nothing_more(
    engines: tuple[Engine, Engine], life: ExitStack
) -> None:
    """The lock's session dies, a second daemon starts: the first one's writes all fail, and so does its renewal."""
    first, first_database = begin(engines[0], life)
    await first_database.write(write_number(1))
    lose_the_lock(engines[1])
    second, second_database = begin(engines[1], life)
    attempts = await asyncio.gather(
        *(first_database.write(write_number(year)) for year in range(2, 70)), return_exceptions=True
    )
    await second_database.write(write_number(1000))

    assert {Overtaken} == {type(each) for each in attempts}
    assert 2 == count(engines[1])
    with pytest.raises(Overtaken):
        await first.renew(first_database)
    await second.renew(second_database)


async def test_nothing_is_committed_in_the_old_epoch_after_the_new_one_began(
    engines: tuple[Engine, Engine], life: ExitStack
) -> None:
    """While one writes without pause another takes the lease: what is there at that commit is all there will be."""
    _, database = begin(engines[0], life)
    writing = [asyncio.ensure_future(database.write(write_number(year))) for year in range(WRITES)]
    await writing[3]

    def take() -> int:
        with transaction(engines[1]) as tx:
            take_lease(tx, holder="autre", now=NOW)
        return count(engines[1])

    there = await asyncio.to_thread(take)
    ends = await asyncio.gather(*writing, return_exceptions=True)
    written = [each for each in ends if each is None]

    assert there == len(written) == count(engines[1])
    assert {type(None), Overtaken} >= {type(each) for each in ends}


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_lock_that_was_lost_is_taken_again_if_nobody_else_has(
    engines: tuple[Engine, Engine], life: ExitStack
) -> None:
    """A session that an administrator ended costs nothing; a second daemon is kept out as before."""
    first, database = begin(engines[0], life)
    lose_the_lock(engines[1])
    await first.renew(database)

    with pytest.raises(AlreadyRunning), only_daemon(engines[1]):
        pass
    await database.write(write_number(1))
    assert 1 == count(engines[1])


@pytest.fixture
async def daemon(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Daemon]:
    """A daemon with a lease of its own."""
    async with make_daemon(sqlite_template, tmp_path) as made:
        engine = made.office.database.engine
        tenure = begin_tenure(engine, lambda: None)
        made.office.database._fence = tenure.check
        made.parts = replace(made.parts, tenure=tenure)
        yield made


@pytest.mark.parametrize("at_work", [True, False])
async def test_the_loops_of_an_overtaken_daemon_end(daemon: Daemon, at_work: bool) -> None:  # noqa: FBT001  a parameter
    """Idle or in the middle of a mail: nothing is taken in, nothing is sent, and the reason is the exception."""
    with transaction(daemon.office.database.engine) as tx:
        take_lease(tx, holder="autre", now=NOW)
    if at_work:
        daemon.office.deliver(write_mail())
    daemon.start()
    assert daemon._running is not None
    with pytest.raises(ExceptionGroup) as ended:
        async with asyncio.timeout(10):
            await daemon._running

    assert ended.value.split(Overtaken)[1] is None
    assert [(0,), (0,)] == [*daemon.office.look("SELECT count(*) FROM ticket UNION ALL SELECT count(*) FROM mail")]
    assert [] == daemon.office.sender.sends
