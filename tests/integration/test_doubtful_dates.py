"""Mail that arrives in our watch with a date from before it (R-57): it is ours, and a person sees the doubt."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.matters import NOW, write_mail
from tests.office import Office
from triage.store.database import Database

DAY = timedelta(days=1)
TICKETS = "SELECT received_at, flags FROM ticket ORDER BY id"


def from_somebody(number: int) -> bytes:
    return write_mail(
        f"La plainte {number}.", sender=f"p{number}@client{number}.example", message_id=f"{number}@client.example"
    )


async def take_in_all(office: Office) -> None:
    """One pass and all that follows."""
    await office.fetch()
    while (await office.take_in()).settled:
        pass
    await office.send()
    await office.tidy()


@pytest.mark.parametrize(
    "date",
    [datetime(1970, 1, 1, tzinfo=UTC), NOW - 400 * DAY, NOW - 2 * DAY],
    ids=["1970", "last year", "the day before the first"],
)
async def test_a_new_mail_with_a_date_from_before_our_first_day_is_taken_in(database: Database, date: datetime) -> None:
    """Its UID says that it came in our watch: ticket, clocks from when we saw it, a flag, and its letter."""
    office = Office(database)
    await office.fetch()
    office.wait(30 * DAY)
    office.mailbox.deliver(write_mail(), internal_date=date)
    await take_in_all(office)

    assert [("new_matter", 1)] == office.reasons()
    assert [(f"{office.now:%Y-%m-%d %H:%M}", '["reception_gap"]')] == [
        (str(at)[:16], flags) for at, flags in office.look(TICKETS)
    ]
    assert [("sent",)] == office.outbox("state")
    assert {} == office.mailbox.inbox


async def test_a_date_weeks_before_our_first_look_is_doubted(database: Database) -> None:
    """Also after our first day, where the daemon was started later than it was told to begin."""
    office = Office(database)
    office.wait(60 * DAY)
    await office.fetch()
    office.mailbox.deliver(from_somebody(1), internal_date=office.now - 8 * DAY)
    office.mailbox.deliver(from_somebody(2), internal_date=office.now - 6 * DAY)
    await take_in_all(office)

    assert ['["reception_gap"]', "[]"] == [flags for _, flags in office.look(TICKETS)]
    assert [(True,), (False,)] == [(bool(doubted),) for (doubted,) in office.look("SELECT date_doubted FROM mail")]


async def test_what_stood_there_at_the_first_look_is_still_only_noted(database: Database) -> None:
    """The mailbox's past is nobody's new matter."""
    office = Office(database)
    office.mailbox.deliver(write_mail(), internal_date=NOW - 400 * DAY)
    await take_in_all(office)

    assert [("older_than_since", None)] == office.reasons()
    assert [1] == list(office.mailbox.inbox)


async def test_a_mailbox_that_is_filled_with_its_past_while_we_watch_is_braked(database: Database) -> None:
    """Somebody copies old mail in: tickets to verify, and no letter goes to people who wrote last year."""
    office = Office(database)
    await office.fetch()
    for number in range(21):
        office.mailbox.deliver(from_somebody(number), internal_date=NOW - 400 * DAY)
    await take_in_all(office)

    assert [("held", "renumbered")] * 21 == office.outbox("state", "hold_reason")
    assert [('["reception_gap", "a_verifier"]',)] == office.look("SELECT DISTINCT flags FROM ticket")
