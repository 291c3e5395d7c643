"""A mail that the server cannot give, and drops the connection over, holds up nobody else's (MUST 15)."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.fakes_mailbox import FakeMailbox
from tests.matters import write_mail
from tests.office import Office
from triage.model.errors import MailboxRefused, MailboxUnavailable
from triage.model.mailbox import Announced
from triage.model.message import RawMail
from triage.rules.suspects import LEFT_ALONE
from triage.store.database import Database

MINUTE = timedelta(minutes=1)


class ChokingMailbox(FakeMailbox):
    """A mailbox whose server fails over some messages, whatever is asked for beside them."""

    def __init__(self, failure: type[Exception] = MailboxUnavailable) -> None:
        super().__init__()
        self.failure = failure
        self.poison: set[int] = set()
        self.nameless: set[int] = set()
        self.breaks = 0

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        if self.poison & {each.uid for each in wanted}:
            self.breaks += 1
            self.fail_next(self.failure("the mail server ended the connection"))
        return await super().fetch(wanted, limit_bytes=limit_bytes)

    async def describe(self, uids: Sequence[int]) -> tuple[Announced, ...]:
        if self.nameless & set(uids):
            self.breaks += 1
            self.fail_next(self.failure("the mail server ended the connection"))
        return await super().describe(uids)


async def pass_by(office: Office, passes: int) -> None:
    """So many looks at the mailbox, a minute apart, each on a connection of its own."""
    for _ in range(passes):
        with contextlib.suppress(MailboxUnavailable, MailboxRefused):
            await office.fetch(whole_folder=True)
        office.wait(MINUTE)


def states(office: Office) -> dict[int, str]:
    return {row[0]: row[1] for row in office.look("SELECT uid, state FROM mail")}


@pytest.mark.parametrize("failure", [MailboxUnavailable, MailboxRefused])
async def test_the_others_are_received_and_the_connection_then_stands(
    database: Database, failure: type[Exception]
) -> None:
    """Two poisoned mails among twelve: ten are here, an alert says so, and no pass breaks any more."""
    mailbox = ChokingMailbox(failure)
    office = Office(database, mailbox)
    first, *_, last = office.deliver(*(write_mail(message_id=f"{n}@client.example") for n in range(12)))
    mailbox.poison = {first, last}

    with capture_logs() as logs:
        await pass_by(office, 8)

    assert {first: "observed", last: "observed"} == {
        uid: state for uid, state in states(office).items() if state != "received"
    }
    assert ["mail_unfetchable"] * 2 == [line["event"] for line in logs if line["log_level"] == "error"]
    before = mailbox.breaks
    await office.fetch(whole_folder=True)
    assert before == mailbox.breaks


async def test_it_is_tried_again_each_hour_and_received_once_the_server_can(database: Database) -> None:
    """Nothing is given up: the mail stays in the inbox and in the ledger."""
    mailbox = ChokingMailbox()
    office = Office(database, mailbox)
    (uid,) = office.deliver(write_mail())
    mailbox.poison = {uid}
    await pass_by(office, 5)
    mailbox.poison = set()

    await office.fetch()
    assert {uid: "observed"} == states(office)
    office.wait(LEFT_ALONE)
    await office.fetch()

    assert {uid: "received"} == states(office)


@pytest.mark.parametrize("failure", [MailboxUnavailable, MailboxRefused])
async def test_a_mail_of_which_not_even_the_size_can_be_told_holds_up_no_other(
    database: Database, failure: type[Exception]
) -> None:
    """It breaks the connection three times, an alert says so, and it is asked for again in an hour."""
    mailbox = ChokingMailbox(failure)
    office = Office(database, mailbox)
    uids = office.deliver(*(write_mail(message_id=f"{n}@client.example") for n in range(12)))
    mailbox.nameless = {uids[4]}

    with capture_logs() as logs:
        await pass_by(office, 6)

    assert (
        set(uids) - mailbox.nameless == set(states(office)) == {u for u, s in states(office).items() if s == "received"}
    )
    assert (3, ["mail_unfetchable"]) == (
        mailbox.breaks,
        [line["event"] for line in logs if line["log_level"] == "error"],
    )
    mailbox.nameless = set()
    office.wait(LEFT_ALONE)
    await office.fetch(whole_folder=True)
    assert set(uids) == set(states(office))
