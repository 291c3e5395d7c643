"""When understanding or recording breaks (MUST 15, 17, R-77): the mail still counts, and its neighbours do not wait."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from tests.logging_worlds import HeardLog
from tests.matters import write_mail
from tests.office import Office
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.store.database import Database

NUMBER = "2026-000001"
DAY = timedelta(days=1)
BROKEN = ReaderFailed(ReaderFailure.ERROR)


async def test_a_reader_that_fails_once_is_tried_again(database: Database) -> None:
    """The try is on record; the mail beside it did not wait."""
    office = Office(database)
    unlucky, lucky = write_mail(), write_mail("Autre.", message_id="2@client.example")
    office.reader.fail(unlucky, BROKEN)
    office.deliver(unlucky, lucky)
    await office.fetch()

    assert (2, 1) == ((first := await office.take_in()).claimed, first.settled)
    assert [("received",), ("processed",)] == office.look("SELECT state FROM mail ORDER BY id")
    assert (1, 1) == ((second := await office.take_in()).claimed, second.settled)
    assert [("new_matter", 2), ("new_matter", 1)] == office.reasons()
    assert [("[]",), ("[]",)] == office.look("SELECT flags FROM ticket")


@pytest.mark.parametrize(
    ("failures", "passes"),
    [([BROKEN] * 3, 3), ([ReaderFailed(ReaderFailure.DIED)], 1), ([ReaderFailed(ReaderFailure.TIMEOUT)], 1)],
    ids=["three times", "killed", "out of time"],
)
async def test_a_mail_that_breaks_the_reader_becomes_a_minimal_ticket(
    database: Database, failures: list[Exception], passes: int
) -> None:
    """MUST 15: flagged, its letter held for a person, the raw mail kept; a killer is never tried twice."""
    office = Office(database)
    bomb = write_mail("Une bombe.")
    office.reader.fail(bomb, *failures)
    office.deliver(bomb)
    await office.fetch()
    for _ in range(passes):
        await office.take_in()
    await office.send()
    await office.tidy()

    assert [("unreadable", 1)] == office.reasons()
    assert [('["illisible"]',)] == office.look("SELECT flags FROM ticket")
    assert [("held", "unreadable")] == office.outbox("state", "hold_reason")
    assert ["opened", "notice_withheld"] == office.events()
    assert [] == office.sender.sends
    kept = office.look("SELECT p.content FROM raw_part p JOIN mail m ON m.raw_sha256 = p.sha256")
    assert [bomb] == [bytes(raw) for (raw,) in kept]
    assert passes == len(office.reader.reads)


async def test_a_mail_that_cannot_be_recorded_stays_and_the_others_go_on(database: Database) -> None:
    """Whatever breaks in deciding or recording: rolled back as a whole, told without content, tried again."""
    office = Office(database)
    office.reader.fail(write_mail(), RuntimeError("Jeanne se plaint de la livraison"))
    office.deliver(write_mail(), write_mail("Autre.", message_id="2@client.example"))
    await office.fetch()
    with capture_logs() as logs:
        done = await office.take_in()

    assert (2, 1) == (done.claimed, done.settled)
    assert [("received",), ("processed",)] == office.look("SELECT state FROM mail ORDER BY id")
    warning = next(line for line in logs if line["event"] == "mail_not_taken_in")
    assert (1, 1) == (warning["mail"], warning["attempt"])
    assert 1 == (await office.take_in()).settled


async def test_nothing_of_a_mail_is_recorded_by_halves(database: Database) -> None:
    """MUST 17: what breaks at the very last step takes ticket, number, events and letter back with it."""
    office = Office(database)
    office.deliver(write_mail())
    await office.fetch()

    def watch(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith("UPDATE mail SET") and "fingerprint" in statement:
            raise ZeroDivisionError

    event.listen(database.engine, "before_cursor_execute", watch)
    with capture_logs() as logs:
        done = await office.take_in()
    event.remove(database.engine, "before_cursor_execute", watch)

    assert (1, 0) == (done.claimed, done.settled)
    assert ["mail_not_taken_in"] == [line["event"] for line in logs]
    for table in ("ticket", "event", "outbox", "clock", "person", "number_series"):
        assert [(0,)] == office.look(f"SELECT count(*) FROM {table}"), table  # noqa: S608  our own words
    assert 1 == (await office.take_in()).settled


async def test_no_failure_quotes_a_mail(database: Database) -> None:
    """R-77: whatever breaks, and whatever its text says, the log tells types and places alone."""
    log, office = HeardLog(), Office(database)
    marked = [write_mail(f"Textemarqueur {n}.", message_id=f"marqueur{n}@client.example") for n in range(3)]
    office.reader.fail(marked[0], RuntimeError("Textemarqueur"))
    office.reader.fail(marked[1], *[BROKEN] * 3)
    office.reader.fail(marked[2], UnicodeDecodeError("ascii", b"Textemarqueur", 0, 1, "Textemarqueur"))
    office.deliver(*marked)

    def refuse(*arguments: object) -> None:
        if str(arguments[2]).startswith("INSERT INTO person"):
            raise ValueError(str(arguments[3]))

    with log.heard("debug"):
        await office.fetch()
        event.listen(database.engine, "before_cursor_execute", refuse)
        await office.take_in()
        await office.take_in()
        event.remove(database.engine, "before_cursor_execute", refuse)
        while (await office.take_in()).claimed:
            pass

    assert ["new_matter", "unreadable", "new_matter"] == [reason for reason, _ in office.reasons()]
    assert {"mail_not_read", "mail_not_taken_in", "mail_taken_in"} <= set(log.events())
    assert "marqueur" not in log.text.lower()
    assert "jeanne" not in log.text.lower()
