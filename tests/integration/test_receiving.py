"""From the server to the database (MUST 1 to 8): what is new, what is old, what vanished, what was hidden."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from tests.fakes_mailbox import FakeMailbox
from tests.matters import write_mail
from tests.office import Office
from triage.model.errors import ConfigurationError
from triage.model.mailbox import Announced
from triage.model.message import RawMail
from triage.store.database import Database

MINUTE = timedelta(minutes=1)
MIB = 1 << 20
SECOND_MAIL = write_mail("Un autre sujet.", message_id="2@client.example")


class HidingMailbox(FakeMailbox):
    """A mailbox whose server leaves out some UIDs of its answers: of lists, or of fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.unlisted: set[int] = set()
        self.unfetched: set[int] = set()

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        return tuple(uid for uid in await super().list_uids(first, last) if uid not in self.unlisted)

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        fetched = await super().fetch(wanted, limit_bytes=limit_bytes)
        return tuple(mail for mail in fetched if mail.position.uid not in self.unfetched)


@pytest.fixture
def office(database: Database) -> Office:
    """An office whose mailbox is empty."""
    return Office(database)


@pytest.fixture
def hiding(database: Database) -> tuple[Office, HidingMailbox]:
    """An office whose mailbox hides things."""
    mailbox = HidingMailbox()
    return Office(database, mailbox), mailbox


def states(office: Office) -> list[tuple[object, ...]]:
    return office.look("SELECT uidvalidity, uid, state, reason FROM mail ORDER BY id")


async def test_a_new_folder_without_a_first_day_is_refused(database: Database) -> None:
    """Nobody answers a mailbox's whole past by mistake: file, key and mend are named, and nothing is written."""
    office = Office(database, since=None)
    office.deliver(write_mail())

    with pytest.raises(ConfigurationError, match=r"triage\.toml: \[intake\] since: .*INBOX.*first day"):
        await office.fetch()

    assert [] == office.look("SELECT id FROM folder")


async def test_a_known_folder_needs_no_first_day(database: Database) -> None:
    """The day it was entered with is kept."""
    await Office(database).fetch()
    later = Office(database, since=None)
    later.deliver(write_mail())

    assert 1 == await later.fetch()


async def test_bytes_are_committed_before_anything_else(office: Office) -> None:
    """Received, whole, with the server's date; nothing is moved and nothing is understood."""
    office.deliver(write_mail(), SECOND_MAIL)

    assert 2 == await office.fetch()
    assert 0 == await office.fetch()
    assert [(1, 1, "received", None), (1, 2, "received", None)] == states(office)
    assert "move" not in office.mailbox.calls
    assert [] == office.reader.reads
    assert [bytes(content) for (content,) in office.look("SELECT content FROM raw_part ORDER BY length(content)")] == (
        sorted([write_mail(), SECOND_MAIL], key=len)
    )


async def test_mail_from_before_the_first_day_is_noted_and_stays(office: Office) -> None:
    """The first instant of the day is local; what is older is never fetched, taken in or moved."""
    midnight = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)  # in Quebec
    office.mailbox.deliver(write_mail(), internal_date=midnight - timedelta(seconds=1))
    office.mailbox.deliver(SECOND_MAIL, internal_date=midnight)

    assert 1 == await office.fetch()
    await office.take_in()
    await office.tidy()

    assert [(1, 1, "observed", "older_than_since"), (1, 2, "processed", "new_matter")] == states(office)
    assert [1] == list(office.mailbox.inbox)
    assert 0 == await office.fetch(whole_folder=True)


async def test_a_mail_without_a_date_is_ours(office: Office) -> None:
    """Where the server says nothing of its arrival, it is treated."""
    office.mailbox.deliver(write_mail(), internal_date=None)

    assert 1 == await office.fetch()


async def test_a_mail_that_is_gone_is_called_vanished_after_ten_minutes(hiding: tuple[Office, HidingMailbox]) -> None:
    """MUST 6: no ticket, one warning without content; the mails beside it do not wait."""
    office, mailbox = hiding
    office.deliver(write_mail(), SECOND_MAIL)
    mailbox.unfetched = {1}
    received = [await office.fetch()]
    with capture_logs() as logs:
        for _ in range(10):
            office.wait(MINUTE)
            received.append(await office.fetch())
    await office.take_in()

    assert [1, *[0] * 10] == received
    assert [(1, 1, "vanished", None), (1, 2, "processed", "new_matter")] == states(office)
    assert ["mail_vanished"] == [line["event"] for line in logs]
    assert [(1,)] == office.look("SELECT count(*) FROM ticket")


async def test_a_vanished_mail_that_is_there_after_all_is_found_by_the_reconciliation(
    hiding: tuple[Office, HidingMailbox],
) -> None:
    """MUST 4: a server that could not give it for a while does not make us lose it."""
    office, mailbox = hiding
    office.deliver(write_mail())
    mailbox.unfetched = {1}
    await office.fetch()
    office.wait(11 * MINUTE)
    await office.fetch()
    mailbox.unfetched = set()

    with capture_logs() as logs:
        assert 1 == await office.fetch(whole_folder=True)

    assert [(1, 1, "received", None)] == states(office)
    assert [("reconciliation_found", 1)] == [(line["event"], line["count"]) for line in logs]


async def test_an_expunged_mail_is_no_mail(office: Office) -> None:
    """Removed between the list and the fetch: the pass goes on."""
    office.deliver(write_mail(), SECOND_MAIL)
    await office.mailbox.open()
    first, *_ = await office.mailbox.describe([1])
    await office.fetch()
    office.mailbox.expunge(1)

    assert () == await office.mailbox.fetch([first], limit_bytes=MIB)
    assert 0 == await office.fetch(whole_folder=True)


async def test_a_uid_that_the_server_left_out_is_found_by_the_next_reconciliation(
    hiding: tuple[Office, HidingMailbox],
) -> None:
    """MUST 4: the shortcut went past it, the whole look does not; what was overlooked is counted."""
    office, mailbox = hiding
    office.deliver(write_mail(), SECOND_MAIL, write_mail(message_id="3@client.example"))
    mailbox.unlisted = {2}
    received = [await office.fetch()]
    mailbox.unlisted = set()
    with capture_logs() as logs:
        received += [await office.fetch(), await office.fetch(whole_folder=True)]

    assert [2, 0, 1] == received
    assert [("reconciliation_found", 1)] == [(line["event"], line["count"]) for line in logs]
    assert {1, 2, 3} == {row[1] for row in states(office)}


async def test_a_uid_that_was_left_out_at_the_end_is_found_by_the_next_pass(
    hiding: tuple[Office, HidingMailbox],
) -> None:
    """The shortcut follows what was listed, never what the server promised."""
    office, mailbox = hiding
    office.deliver(write_mail(), SECOND_MAIL)
    mailbox.unlisted = {2}
    received = [await office.fetch()]
    mailbox.unlisted = set()

    assert [1, 1] == [*received, await office.fetch()]


async def test_a_first_look_finds_nothing_amiss(office: Office) -> None:
    """New mail is no discrepancy, also when the whole folder is looked at."""
    office.deliver(write_mail())
    with capture_logs() as logs:
        await office.fetch(whole_folder=True)
        office.deliver(SECOND_MAIL)
        await office.fetch(whole_folder=True)

    assert ["folder_entered"] == [line["event"] for line in logs]


async def test_a_renumbered_folder_gives_no_second_ticket_and_no_second_letter(office: Office) -> None:
    """MUST 8: every mail comes again under another UID and is known by its content; a new one is new."""
    anonymous = write_mail("Sans identifiant.", message_id=None)
    unread = write_mail("Autre chose encore.", message_id="9@client.example")
    office.deliver(write_mail(), SECOND_MAIL, anonymous)
    await office.fetch()
    await office.take_in()
    await office.send()
    office.deliver(unread)
    await office.fetch()
    office.mailbox.change_uidvalidity()
    office.wait(60 * MINUTE)
    await office.handle(write_mail("Du nouveau.", message_id="10@client.example"))

    assert [
        *[("new_matter", 1), ("new_matter", 2), ("new_matter", 3), ("new_matter", 4)],
        *[("duplicate", 1), ("duplicate", 2), ("duplicate", 3), ("duplicate", 4), ("new_matter", 5)],
    ] == office.reasons()
    assert 5 == len(office.sender.kept) == len({mail.raw for mail in office.sender.kept})
    assert {} == office.mailbox.inbox
    assert 5 == len(office.mailbox.processed)


async def test_the_old_epoch_is_left_alone(office: Office) -> None:
    """UIDs of the old numbers are never asked for again: they would be other mails."""
    office.deliver(write_mail(), SECOND_MAIL)
    await office.fetch()
    office.mailbox.change_uidvalidity()
    office.mailbox.expunge(2)
    await office.fetch()
    await office.take_in()
    await office.take_in()
    await office.tidy()

    assert [(1, 1), (1, 2), (2, 1)] == [row[:2] for row in states(office)]
    assert [("move_wanted",), ("move_wanted",), ("moved",)] == office.look("SELECT remote_state FROM mail ORDER BY id")
