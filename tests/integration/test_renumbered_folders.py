"""When the numbers of a folder name other mails than before (MUST 3, 8, T10): nothing lost, nobody answered twice."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from tests.matters import ZONE, write_mail
from tests.office import Office
from tests.servers.dovecot import Dovecot, back_up, restore
from triage.model.mailbox import FolderStatus
from triage.store.database import Database
from triage.store.engine import transaction
from triage.store.folders import begin_epoch
from triage.transport.imap import ImapMailbox
from triage.workflows.intake import take_in_waiting
from triage.workflows.receiving import Receiving, receive, watch
from triage.workflows.tidying import Tidying, tidy

MINUTE = timedelta(minutes=1)
FIRST = write_mail("Le premier.", message_id="1@client.example")
SECOND = write_mail("Le deuxième, perdu par le serveur.", message_id="2@client.example")
THIRD = write_mail("Le troisième, sous le numéro du deuxième.", message_id="3@client.example")
FOURTH = write_mail("Et encore un quatrième.", message_id="4@client.example")


@pytest.fixture
def office(database: Database) -> Office:
    """An office whose mailbox is empty."""
    return Office(database)


def letters(office: Office) -> list[int]:
    """Of each matter, how many letters left."""
    return [count for (count,) in office.look("SELECT count(*) FROM outbox WHERE state = 'sent' GROUP BY ticket_id")]


async def look_through(office: Office) -> list[str]:
    """One whole pass on a new connection, and all that follows; the reasons for which numbers were given up."""
    with capture_logs() as logs:
        await office.fetch(whole_folder=True)
        while (await office.take_in()).settled:
            pass
        await office.send()
        await office.tidy()
    return [line["reason"] for line in logs if line["event"] == "folder_renumbered"]


async def test_a_restored_server_gives_known_numbers_to_new_mails(office: Office) -> None:
    """UIDVALIDITY is the same and UIDNEXT lower: the new mail under a known UID is taken in, the known one is known."""
    office.deliver(FIRST)
    backup = office.mailbox.back_up()
    await office.handle(SECOND)
    office.mailbox.restore(backup)
    office.wait(MINUTE)
    before = await look_through(office)
    office.deliver(THIRD)

    assert [["uidnext"], []] == [before, await look_through(office)]
    assert [("new_matter", 1), ("new_matter", 2), ("duplicate", 1), ("new_matter", 3)] == office.reasons()
    assert [(1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 1, 2)] == office.look(
        "SELECT epoch, uidvalidity, uid FROM mail ORDER BY id"
    )
    assert [1, 1, 1] == letters(office)
    assert {} == office.mailbox.inbox


async def test_a_restored_server_that_has_overtaken_itself_is_found_out(office: Office) -> None:
    """More has come since than was lost, so UIDNEXT is no lower: date and size of a known UID betray it."""
    office.deliver(FIRST)
    backup = office.mailbox.back_up()
    await office.handle(SECOND)
    office.mailbox.restore(backup)
    office.wait(MINUTE)
    office.deliver(THIRD, FOURTH)

    assert ["other_mails"] == await look_through(office)
    assert [
        *[("new_matter", 1), ("new_matter", 2)],
        *[("duplicate", 1), ("new_matter", 3), ("new_matter", 4)],
    ] == office.reasons()
    assert [1, 1, 1, 1] == letters(office)
    assert {} == office.mailbox.inbox


async def test_a_mail_that_a_person_puts_back_begins_no_epoch(office: Office) -> None:
    """Mails that come, stay or go are everyday life: the numbers hold."""
    await office.handle(FIRST)
    office.wait(MINUTE)
    await office.handle(FIRST, SECOND)
    office.deliver(THIRD)
    office.mailbox.expunge(4)

    assert [[], []] == [await look_through(office), await look_through(office)]
    assert [(1,)] == office.look("SELECT DISTINCT epoch FROM mail")


async def test_the_numbers_of_an_epoch_that_is_over_move_nothing(office: Office) -> None:
    """What was to be moved under the old numbers stays where it is: they may be another mail's by now."""
    office.deliver(FIRST)
    await office.fetch()
    await office.take_in()
    folder = await watch(office.receiving, now=office.now)
    with transaction(office.database.engine) as tx:
        begin_epoch(tx, folder.id, FolderStatus("INBOX", 1, 1, 1), now=office.now)

    assert 0 == await tidy(office.tidying, folder)
    assert "move" not in office.mailbox.calls


async def test_what_was_seen_and_never_fetched_waits_for_nothing(office: Office) -> None:
    """By its old number nobody can be asked for it any more; it comes again under its new one."""
    office.deliver(FIRST)
    await office.mailbox.open()
    office.mailbox.fetch = office.mailbox.close  # type: ignore[method-assign,assignment]  # the fake's own, broken
    with pytest.raises(TypeError):
        await receive(office.receiving, now=office.now)
    del office.mailbox.fetch
    office.mailbox.change_uidvalidity()

    assert ["uidvalidity"] == await look_through(office)
    assert [(1, "vanished"), (2, "processed")] == office.look("SELECT epoch, state FROM mail ORDER BY id")


@pytest.fixture
async def mailbox(dovecot: Dovecot) -> AsyncIterator[ImapMailbox]:
    """The mailbox of a new user on a real server."""
    made = ImapMailbox(dovecot.access(dovecot.new_user()))
    yield made
    await made.close()


@pytest.mark.needs_dovecot
@pytest.mark.parametrize("arrivals", [[THIRD], [THIRD, FOURTH]], ids=["lower UIDNEXT", "as high as before"])
async def test_a_backup_put_back_into_dovecot_loses_no_mail(
    database: Database, dovecot: Dovecot, mailbox: ImapMailbox, arrivals: list[bytes]
) -> None:
    """The real thing: files copied, mail handled, files put back, the same UID given to the next mail."""
    office, user = Office(database), mailbox._access.username
    receiving = Receiving(database, mailbox, ZONE, date(2020, 1, 1), 1 << 20)

    async def handle() -> None:
        await mailbox.open()
        await receive(receiving, now=datetime.now(UTC), whole_folder=True)
        while (await take_in_waiting(office.intake, now=datetime.now(UTC))).settled:
            pass
        await tidy(Tidying(database, mailbox), await watch(receiving, now=datetime.now(UTC)))

    dovecot.append(user, FIRST)
    await handle()
    backup = back_up(dovecot, user)
    dovecot.append(user, SECOND)
    await handle()
    await mailbox.close()
    restore(dovecot, user, backup)
    for each in arrivals:
        dovecot.append(user, each)
    await handle()

    reasons = [("new_matter", 1), ("new_matter", 2), *[("new_matter", 3 + n) for n in range(len(arrivals))]]
    assert reasons == office.reasons()
    assert 2 + len(arrivals) == len(office.outbox("id"))
    assert [] == dovecot.messages(user)
