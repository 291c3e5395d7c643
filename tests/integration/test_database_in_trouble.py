"""A database that is full, locked or read-only: nothing is lost, no mail pays for it, and all goes on by itself (R-02).

The faults are SQLite's own: a limit of pages for a full disk, a second writer for a lock, `query_only` for a
database that may not be written.
"""

import sqlite3
from collections.abc import Awaitable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from structlog.testing import capture_logs

from tests.fakes_mailbox import FakeMailbox
from tests.fakes_reader import FakeReader
from tests.fakes_sender import FakeSender
from tests.matters import NOW, SINCE, ZONE, make_policy, make_stationery, write_mail
from tests.servers.postgresql import Postgresql
from triage.model.delivery import DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.store.engine import Transaction, make_engine
from triage.store.health.signs import SignOf, give_sign
from triage.store.health.trouble import DatabaseTrouble, database_trouble
from triage.store.schema import migrate
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.intake import Intake, TakenIn, take_in_waiting
from triage.workflows.receiving import Receiving, receive, watch

PASSES = 5  # more than the tries that a mail has


class Faults:
    """What is wrong with the database now; a pragma holds for one connection, so it is set whenever one is used."""

    def __init__(self, engine: Engine) -> None:
        self._pragmas: tuple[str, ...] = ()
        event.listen(engine, "checkout", self._apply)

    @contextmanager
    def set(self, *pragmas: str, mended_by: str) -> Iterator[None]:
        """The fault lasts as long as the block."""
        self._pragmas = pragmas
        try:
            yield
        finally:
            self._pragmas = (mended_by,)

    def _apply(self, connection: sqlite3.Connection, *_: object) -> None:
        for pragma in self._pragmas:
            connection.execute(pragma)


class World:
    """Mailbox and mail server of fiction around a real database."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "triage.db"
        self.engine = make_engine(f"sqlite:///{self.file}")
        migrate(self.engine)
        self.faults = Faults(self.engine)
        self.database = Database(self.engine)
        self.mailbox = FakeMailbox()
        self.sender = FakeSender()
        self.receiving = Receiving(self.database, self.mailbox, ZONE, SINCE, 1 << 20)
        self.intake = Intake(self.database, FakeReader(), make_policy(), make_stationery(), lambda: None)
        tools = Delivery(self.database, self.sender, DeliveryPolicy(), lambda: NOW, lambda: 0.0)
        self.dispatcher = Dispatcher(tools, rate=SendingRate(per_minute=6000))

    async def fetch(self, raw: bytes) -> None:
        """A mail arrives and its bytes are committed."""
        self.mailbox.deliver(raw)
        await self.mailbox.open()
        await watch(self.receiving, now=NOW)
        await receive(self.receiving, now=NOW, whole_folder=True)

    async def take_in(self) -> TakenIn:
        return await take_in_waiting(self.intake, now=NOW)

    def look(self, query: str) -> list[tuple[object, ...]]:
        """Rows, on a connection that no fault touches."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A service around a database of its own."""
    world = World(tmp_path)
    yield world
    world.database.close()


def pages_of(world: World) -> str:
    """The pragma that leaves no page more than there are: SQLite takes the present size for a smaller limit."""
    return f"PRAGMA max_page_count={world.look('PRAGMA page_count')[0][0]}"


FULL_NO_MORE = "PRAGMA max_page_count=1073741823"


async def test_a_full_disk_makes_no_mail_unreadable(world: World) -> None:
    """However often recording fails for want of room, the mail keeps its tries and is read once there is room."""
    body = "Bonjour, la livraison est en retard. " * 2000
    await world.fetch(write_mail(body))
    world.look("VACUUM")
    with capture_logs() as logs, world.faults.set(pages_of(world), mended_by=FULL_NO_MORE):
        outcomes = [await world.take_in() for _ in range(PASSES)]
    after = await world.take_in()
    reasons = [line["reason"] for line in logs if line["event"] == "mail_not_taken_in"]

    assert [TakenIn(claimed=1, settled=0, troubled=True)] * PASSES == outcomes
    assert [DatabaseTrouble.FULL] * PASSES == reasons
    assert TakenIn(claimed=1, settled=1) == after
    assert [("processed", 1, "new_matter")] == world.look("SELECT state, attempts, reason FROM mail")
    assert [(0,)] == world.look("SELECT count(*) FROM ticket WHERE flags LIKE '%illisible%'")


async def test_bytes_that_find_no_room_are_fetched_again(world: World) -> None:
    """A mail whose bytes could not be committed stays on the server as it was, and is fetched once there is room."""
    await world.fetch(write_mail(message_id="0@client.example"))
    world.look("VACUUM")
    world.mailbox.deliver(write_mail("Bonjour. " * 60_000))
    with world.faults.set(pages_of(world), mended_by=FULL_NO_MORE):
        caught = await _failure_of(receive(world.receiving, now=NOW, whole_folder=True))
    received = await receive(world.receiving, now=NOW, whole_folder=True)

    assert DatabaseTrouble.FULL is database_trouble(caught)
    assert 1 == received
    assert [("received",), ("received",)] == world.look("SELECT state FROM mail")


async def test_a_database_that_may_not_be_written_books_nothing(world: World) -> None:
    """What cannot even be claimed costs nobody a try."""
    await world.fetch(write_mail())
    with world.faults.set("PRAGMA query_only=ON", mended_by="PRAGMA query_only=OFF"):
        caught = await _failure_of(world.take_in())
        attempts = world.look("SELECT attempts FROM mail")

    assert DatabaseTrouble.READ_ONLY is database_trouble(caught)
    assert [(0,)] == attempts
    assert TakenIn(claimed=1, settled=1) == await world.take_in()


async def test_a_lock_is_waited_for_and_told(world: World) -> None:
    """Another program that holds the database makes us wait, then give up for now; when it ends, all goes on."""
    await world.fetch(write_mail())
    with closing(sqlite3.connect(world.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with world.faults.set("PRAGMA busy_timeout=50", mended_by="PRAGMA busy_timeout=10000"):
            caught = await _failure_of(world.take_in())
        other.execute("ROLLBACK")

    assert DatabaseTrouble.LOCKED is database_trouble(caught)
    assert TakenIn(claimed=1, settled=1) == await world.take_in()


async def test_an_answer_that_could_not_be_written_down_is_not_forgotten(world: World) -> None:
    """The server took the letter while the database could not be written: it is not sent a second time."""
    await world.fetch(write_mail())
    await world.take_in()
    with pytest.raises(Exception, match="readonly"):
        await _deliver_and_break_before_settling(world)
    await world.dispatcher.recover()
    await world.dispatcher.deliver_due()

    assert 1 == len(world.sender.kept)
    assert [("sent", 1, 0)] == world.look("SELECT state, attempts, unknowns FROM outbox")
    assert [(1,)] == world.look("SELECT count(*) FROM event WHERE kind = 'sent'")


async def test_an_answer_is_written_down_once(world: World) -> None:
    """Where the commit stood although it seemed to fail, writing it again leaves no second event."""
    await world.fetch(write_mail())
    await world.take_in()
    with pytest.raises(ConnectionError):
        await _deliver_and_lose_the_commits_answer(world)
    await world.dispatcher.recover()

    assert [("sent",)] == world.look("SELECT state FROM outbox")
    assert [(1,)] == world.look("SELECT count(*) FROM event WHERE kind = 'sent'")


async def _failure_of(work: Awaitable[object]) -> Exception:
    try:
        await work
    except Exception as error:  # noqa: BLE001  the test says which it must be
        return error
    raise AssertionError("nothing failed")


async def _deliver_and_break_before_settling(world: World) -> None:
    """The dot is booked, the server takes the mail, and from then on the database is read-only for a while."""
    accept = world.sender.send
    with world.faults.set(mended_by="PRAGMA query_only=OFF"):

        async def send(mail: object, *, before_dot: object) -> object:
            result = await accept(mail, before_dot=before_dot)  # type: ignore[arg-type]  # handed on as they came
            world.faults._pragmas = ("PRAGMA query_only=ON",)
            return result

        world.sender.send = send  # type: ignore[method-assign,assignment]  # this fake's own method, for one test
        await world.dispatcher.deliver_due()


async def _deliver_and_lose_the_commits_answer(world: World) -> None:
    write = world.database.write
    seen: list[object] = []

    async def lossy(work: object, *, urgent: bool = False) -> object:
        answer: object = await write(work, urgent=urgent)  # type: ignore[arg-type]  # handed on as it came
        seen.append(work)
        if len(seen) == 3:  # claim, dot, settle
            raise ConnectionError
        return answer

    world.database.write = lossy  # type: ignore[method-assign,assignment]  # this one database, for one test
    try:
        await world.dispatcher.deliver_due()
    finally:
        world.database.write = write  # type: ignore[method-assign]  # as it was


def test_what_a_mail_provokes_is_no_trouble_of_the_database(world: World) -> None:
    """A row that the schema refuses says nothing of the database's health: the mail's try stays booked."""
    with world.engine.connect() as connection, pytest.raises(Exception, match="constraint") as caught:
        connection.execute(text("INSERT INTO number_series (year, last) VALUES (2026, NULL)"))

    assert None is database_trouble(caught.value)


async def test_a_server_that_hangs_up_in_the_middle_is_worked_with_again(postgresql: Postgresql) -> None:
    """PostgreSQL ends our connection in a transaction: nothing of it stands, it has a name, the next succeeds."""
    name = postgresql.new_database()
    engine = make_engine(postgresql.url(name))
    migrate(engine)
    database = Database(engine)
    caught = await _failure_of(database.write(_write_and_be_cut_off))
    again = await database.write(_count_signs)
    database.close()
    postgresql.drop_database(name)

    assert DatabaseTrouble.UNREACHABLE is database_trouble(caught)
    assert 0 == again


def _write_and_be_cut_off(tx: Transaction) -> None:
    give_sign(tx, SignOf.DAEMON, at=NOW)
    tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def _count_signs(tx: Transaction) -> int:
    return int(tx.execute(text("SELECT count(*) FROM lease")).scalar_one())
