"""A mail that nobody could read is read again: same ticket, flag gone, its letter owed once (MUST 15, R-24)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, NOW, write_mail
from tests.operator_worlds import Operator
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.store.database import Database
from triage.transport.imap import ImapAccess
from triage.workflows.intake import Rereading, read_again

STORY = "SELECT kind, actor FROM event ORDER BY id"
NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")
Change = Callable[[bytes], bytes]


async def unread(desk: Desk, raw: bytes) -> None:
    """A mail that kills the reader becomes a minimal ticket."""
    desk.reader.fail(raw, ReaderFailed(ReaderFailure.DIED))
    await desk.arrive(raw)


@pytest.mark.parametrize(
    "change", [lambda raw: raw, lambda raw: raw.replace(b"From:", b"from :")], ids=["seen", "unseen"]
)
async def test_a_mail_that_is_read_after_all_keeps_its_ticket(database: Database, change: Change) -> None:
    """The flag goes, the event stays, one letter leaves, and a second reading changes nothing."""
    desk = Desk(database)
    await unread(desk, change(write_mail()))
    before = look(database.engine, "SELECT flags, received_at FROM ticket")
    outcomes = [await read_again(desk.tools(), 1, now=NOW + timedelta(hours=1)) for _ in range(2)]

    assert '["illisible"]' == before[0][0]
    assert [Rereading.DONE, Rereading.NOT_UNREAD] == outcomes
    assert [("[]", before[0][1])] == look(database.engine, "SELECT flags, received_at FROM ticket")
    assert [("new_matter", 1)] == look(database.engine, "SELECT reason, ticket_id FROM mail")
    assert [(JEANNE,)] == look(database.engine, "SELECT recipient FROM outbox WHERE state = 'pending'")
    assert [] == look(database.engine, "SELECT 1 FROM outbox WHERE state NOT IN ('pending', 'cancelled')")
    assert [(JEANNE,)] == look(
        database.engine, "SELECT a.address FROM correspondent c JOIN address a ON a.id = c.address_id"
    )
    assert [("reread", "operator"), ("notice", "triage")] == look(database.engine, STORY)[2:]


async def test_a_letter_that_a_person_let_go_is_not_sent_again(database: Database) -> None:
    """The acknowledgement of the minimal ticket was released and has left: rereading owes nothing more."""
    desk = Desk(database)
    await unread(desk, write_mail())
    await database.write(lambda tx: tx.execute(text("UPDATE outbox SET state = 'sent', hold_reason = NULL")))
    await read_again(desk.tools(), 1, now=NOW)

    assert [("sent",)] == look(database.engine, "SELECT state FROM outbox")


async def test_a_mail_that_turns_out_a_machines_gets_no_letter(database: Database) -> None:
    """Its ticket stays for a person to close; what was held for it never leaves."""
    desk = Desk(database)
    await unread(desk, write_mail(Auto_Submitted="auto-replied"))
    await read_again(desk.tools(), 1, now=NOW)

    assert [("automation", 1)] == look(database.engine, "SELECT reason, ticket_id FROM mail")
    assert [("cancelled", "reread")] == look(database.engine, "SELECT state, hold_reason FROM outbox")


async def test_a_mail_that_cannot_be_read_still_stays_flagged(database: Database) -> None:
    """Nothing is written, and it may be tried again."""
    desk, raw = Desk(database), write_mail()
    await unread(desk, raw)
    desk.reader.fail(raw, ReaderFailed(ReaderFailure.TIMEOUT))
    story = look(database.engine, STORY)

    assert Rereading.STILL_UNREADABLE is await read_again(desk.tools(), 1, now=NOW)
    assert Rereading.NO_SUCH_MAIL is await read_again(desk.tools(), 9, now=NOW)
    assert story == look(database.engine, STORY)


async def test_a_replay_reads_by_the_real_reader(database: Database, database_url: str, tmp_path: Path) -> None:
    """As an operator does it, beside the daemon; a second time it says that there is nothing to do, and succeeds."""
    operator = Operator(tmp_path / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database_url)
    await unread(Desk(database), write_mail())
    command = ("mail", "replay", "1")
    first = await asyncio.to_thread(operator.run, *command)
    second = await asyncio.to_thread(operator.run, *command)

    assert (0, 0) == (first.returncode, second.returncode), first.stderr
    assert "was understood; its ticket says so" in first.stdout
    assert "nothing to read again" in second.stdout
    assert [("pending",)] == look(database.engine, "SELECT state FROM outbox WHERE hold_reason IS NULL")
