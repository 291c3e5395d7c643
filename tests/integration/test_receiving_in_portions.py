"""Large folders, large mails and broken passes (MUST 1, 5, 7, 15): in portions, and nothing twice."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.fakes_mailbox import FakeMailbox
from tests.matters import NOW, write_mail
from tests.office import Office
from triage.model.errors import MailboxUnavailable
from triage.model.mailbox import Announced
from triage.model.message import RawMail
from triage.store.database import Database

MINUTE = timedelta(minutes=1)
MIB = 1 << 20
SECOND_MAIL = write_mail("Un autre sujet.", message_id="2@client.example")


@pytest.fixture
def office(database: Database) -> Office:
    """An office whose mailbox is empty."""
    return Office(database)


async def test_twenty_thousand_mails_are_enumerated_by_windows(database: Database) -> None:
    """MUST 5: no list longer than a window; a first pass and a second that finds nothing to do."""
    asked: list[int] = []

    class Counting(FakeMailbox):
        async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
            asked.append(last - first + 1)
            return await super().list_uids(first, last)

    office = Office(database, Counting())
    old_at = NOW - timedelta(days=90)
    for _ in range(20_000):
        office.mailbox.deliver(b"x", internal_date=old_at)
    office.deliver(write_mail())

    assert [1, 0] == [await office.fetch(), await office.fetch()]
    assert [5000, 5000, 5000, 5000, 1] == asked
    assert [(20_001,)] == office.look("SELECT count(*) FROM mail")
    assert [(20_001,)] == office.look("SELECT low_water_uid FROM folder")


async def test_a_mail_over_the_limit_is_kept_in_part(database: Database) -> None:
    """Headers and the first MiB; the ledger knows that this is not all."""
    office = Office(database, max_bytes=MIB + 10)
    office.deliver(write_mail("x" * (2 * MIB)))
    await office.fetch()
    await office.take_in()
    await office.tidy()

    assert [(True, MIB, "oversize", "in_place")] == [
        (bool(cut), *rest) for cut, *rest in office.look("SELECT truncated, raw_size, reason, remote_state FROM mail")
    ]
    assert [1] == list(office.mailbox.inbox)


async def test_large_mails_are_fetched_few_at_a_time(database: Database) -> None:
    """Their bytes must fit in memory together; one that is larger than a batch comes alone."""
    seen: list[int] = []

    class Noting(FakeMailbox):
        async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
            seen.append(len(wanted))
            return await super().fetch(wanted, limit_bytes=limit_bytes)

    office = Office(database, Noting(), max_bytes=64 * MIB)
    for size in (1, 17, 1, 9, 9, 1):
        office.deliver(b"x" * (size * MIB))

    assert 6 == await office.fetch()
    assert [1, 1, 2, 2] == seen


async def test_a_connection_lost_in_the_middle_loses_nothing(office: Office) -> None:
    """Whatever call it breaks, the next pass ends with every mail received once."""
    office.deliver(write_mail(), SECOND_MAIL)
    for fails_at in ("status", "list_uids", "describe", "fetch"):
        before = await fails_once(office, fails_at)
        assert before

    assert 2 == await office.fetch()
    assert [(2,)] == office.look("SELECT count(*) FROM mail")


async def fails_once(office: Office, call: str) -> bool:
    """One pass in which this call breaks the connection; whether it was reached."""
    method = getattr(office.mailbox, call)

    async def broken(*_: object, **__: object) -> None:
        office.mailbox.go_away()
        raise MailboxUnavailable("the connection is lost")

    setattr(office.mailbox, call, broken)
    try:
        with pytest.raises(MailboxUnavailable):
            await office.fetch()
    finally:
        setattr(office.mailbox, call, method)
        office.mailbox.come_back()
    return True
