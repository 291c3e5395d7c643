"""Mails that fail have their tries at once (MUST 15): many of them together are tickets within minutes, not hours."""

import sqlite3
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.daemon_worlds import make_daemon
from tests.matters import write_mail
from tests.office import Office
from triage.daemon import loops
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.store.database import Database
from triage.workflows.intake import MOST_TRIES

BROKEN = ReaderFailed(ReaderFailure.ERROR)


def from_somebody(number: int) -> bytes:
    return write_mail(f"La plainte {number}.", message_id=f"{number}@client.example")


async def test_forty_mails_that_break_the_reader_are_tickets_without_any_tick(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Each is tried three times and becomes a minimal ticket; with a tick for each try it would take half an hour."""
    async with make_daemon(sqlite_template, tmp_path) as daemon:
        office = daemon.office
        for number in range(40):
            office.reader.fail(from_somebody(number), *[BROKEN] * MOST_TRIES)
            office.deliver(from_somebody(number))
        office.deliver(from_somebody(99))
        daemon.start()
        await daemon.until(lambda: [(41,)] == office.look("SELECT count(*) FROM ticket"))
        await daemon.stop()

    assert loops.TICK_SECONDS > 10
    assert [("new_matter", 1), ("unreadable", 40)] == office.look(
        "SELECT reason, count(*) FROM mail GROUP BY reason ORDER BY reason"
    )
    assert 40 * MOST_TRIES + 1 == len(office.reader.reads)


async def test_one_round_takes_in_all_that_can_be(database: Database) -> None:
    """As for a single pass: what cannot be recorded is tried three times, and then the round is over."""
    office = Office(database)
    hopeless, unlucky = from_somebody(1), from_somebody(2)
    office.reader.fail(hopeless, *[RuntimeError("x")] * 10)
    office.reader.fail(unlucky, *[BROKEN] * 2)
    office.deliver(hopeless, unlucky, from_somebody(3))
    await office.fetch()
    passes = 1
    while (await office.take_in()).goes_on:
        passes += 1

    assert [("received",), ("processed",), ("processed",)] == office.look("SELECT state FROM mail ORDER BY id")
    assert (MOST_TRIES, MOST_TRIES) == tuple(map(office.reader.reads.count, (hopeless, unlucky)))
    assert passes < 10


async def test_what_failed_in_one_round_is_tried_in_the_next(database: Database) -> None:
    """A mend of any kind is found out by itself."""
    office = Office(database)
    office.reader.fail(from_somebody(1), *[RuntimeError("x")] * MOST_TRIES)
    office.deliver(from_somebody(1))
    await office.fetch()
    while (await office.take_in()).goes_on:
        pass

    assert [(None, None)] == office.reasons()
    assert 1 == (await office.take_in()).settled
    assert [("new_matter", 1)] == office.reasons()


async def test_a_database_in_trouble_ends_the_round(database: Database) -> None:
    """Trying at once would only be refused again, and no mail is to blame."""
    office = Office(database)
    office.deliver(from_somebody(1))
    await office.fetch()

    full = sqlite3.OperationalError()
    full.sqlite_errorname = "SQLITE_FULL"

    def refuse(*arguments: object) -> None:
        if str(arguments[2]).startswith("INSERT INTO ticket"):
            raise OperationalError("x", None, full)

    event.listen(database.engine, "before_cursor_execute", refuse)
    done = await office.take_in()
    event.remove(database.engine, "before_cursor_execute", refuse)

    assert (1, 0, True, False) == (done.claimed, done.settled, done.troubled, done.goes_on)
