"""UIDs may lie far apart, up to four billion: listing stays bounded by the mails, not by their numbers (MUST 5)."""

import time

import pytest

from tests.fakes_mailbox import FakeMailbox
from tests.matters import write_mail
from tests.office import Office
from tests.servers.dovecot import Dovecot
from triage.store.database import Database
from triage.transport.imap import ImapMailbox
from triage.transport.imap.connection import connect
from triage.transport.imap.folders import find_uids

LAST_UID = 2**32 - 1


def raise_uidnext(dovecot: Dovecot, user: str, uidnext: int) -> None:
    """The server goes on numbering from there, as after a migration that left a gap."""
    dovecot.doveadm("mailbox", "update", "-u", user, "--min-next-uid", str(uidnext), "INBOX")


async def test_a_gap_of_four_billion_costs_some_twenty_questions(database: Database) -> None:
    """The mails on both sides of it are received, in the first look and in each whole one."""
    mailbox = FakeMailbox()
    office = Office(database, mailbox)
    office.deliver(write_mail(message_id="1@client.example"))
    mailbox.uidnext = LAST_UID - 1
    office.deliver(write_mail(message_id="2@client.example"))

    received = await office.fetch()
    first = mailbox.calls.count("list_uids")
    await office.fetch(whole_folder=True)

    assert (2, 1, 2**32 - 2) == (received, *(uid for (uid,) in office.look("SELECT uid FROM mail ORDER BY uid")))
    assert 25 >= first
    assert 25 >= mailbox.calls.count("list_uids") - first


async def test_a_dense_stretch_behind_a_gap_is_described_in_portions(database: Database) -> None:
    """A window that grew over nothing may hold many mails at once."""
    mailbox = FakeMailbox()
    office = Office(database, mailbox)
    office.deliver(b"Auto-Submitted: auto-replied\r\n\r\n")
    mailbox.uidnext = 3_000_000_000
    for _ in range(1_200):
        mailbox.deliver(b"Auto-Submitted: auto-replied\r\n\r\n")

    await office.fetch()

    assert 1 + 3 <= mailbox.calls.count("describe")
    assert [(1_201,)] == office.look("SELECT count(*) FROM mail WHERE state = 'received'")


@pytest.mark.needs_dovecot
async def test_a_real_server_with_a_gap_of_four_billion_is_listed_in_one_question(dovecot: Dovecot) -> None:
    """Its UIDNEXT raised to the end of the numbers: all is found, and each look takes moments."""
    user = dovecot.new_user()
    dovecot.append(user, b"Subject: avant\r\n\r\nBonjour.\r\n")
    raise_uidnext(dovecot, user, LAST_UID - 1)
    dovecot.append(user, b"Subject: apres\r\n\r\nBonjour.\r\n")
    mailbox = ImapMailbox(dovecot.access(user))
    status = await mailbox.open()
    started = time.monotonic()
    listed = await mailbox.list_uids(1, status.uidnext - 1)
    await mailbox.close()

    assert (1, LAST_UID - 1) == listed
    assert time.monotonic() - started < 2


@pytest.mark.needs_dovecot
def test_a_folder_of_many_mails_is_asked_for_in_answers_of_bounded_length(dovecot: Dovecot) -> None:
    """Ten at once of sixty, with gaps before, among and behind them: each window is full, and none overflows."""
    user = dovecot.new_user()
    for first in (1, 5_000, 1_000_000, 4_000_000_000):
        raise_uidnext(dovecot, user, first)
        dovecot.deliver_many(user, [b"Subject: x\r\n\r\nx\r\n"] * 15)
        dovecot.flags(user)  # a session numbers what was delivered as files
    with connect(dovecot.access(user)) as client:
        client.select_folder("INBOX", readonly=True)
        truth = tuple(sorted(client.search()))
        asked: list[int] = []
        search = client.search

        def counting(criteria: list[str]) -> list[int]:
            found: list[int] = search(criteria)
            asked.append(len(found))
            return found

        client.search = counting
        found = find_uids(client, first=1, last=LAST_UID, messages=60, most=10)
        part = find_uids(client, first=10, last=1_000_004, messages=60, most=10)

    assert (60, truth) == (len(truth), found)
    assert tuple(uid for uid in truth if 10 <= uid <= 1_000_004) == part
    assert 10 >= max(asked)
    assert 7 >= len(asked) - 4
