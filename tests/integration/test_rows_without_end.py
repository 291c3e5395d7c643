"""A mail over which the mail server fails each time ends before a person, and costs no other mail a wait (MUST 21).

Days pass by a clock in hand; the server is well but for some recipients.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from tests.matters import NOW, write_mail
from tests.office import Office
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.store.database import Database

ACCEPTED = SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, "2.0.0", "2.0.0 queued")
HUNG_UP = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.RCPT, 421, "4.7.0", "4.7.0 closing")
LOST = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.DATA, text="connection lost")
SEND_AS = SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.DATA, 550, "5.7.60", "5.7.60 not as this sender")
CHECKED_LATER = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.DOT, 454, "4.7.0", "4.7.0 try again")
AWAY = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.CONNECT)
PACE = timedelta(hours=3)
LAST = NOW + PACE + timedelta(hours=72)  # the window opens once another mail got through


class PickySender:
    """A server that fails over recipients whose name begins with « mauvais », and notes every try with its instant."""

    def __init__(self, office: Office, failure: SendResult) -> None:
        self.office, self.failure = office, failure
        self.away = False
        self.tries: list[tuple[datetime, str]] = []

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        self.tries.append((self.office.now, mail.recipient))
        if self.away:
            return AWAY
        if mail.recipient.startswith("mauvais"):
            return self.failure
        await before_dot()
        return ACCEPTED

    async def close(self) -> None:
        """Nothing to close."""


def open_office(database: Database, failure: SendResult) -> tuple[Office, PickySender]:
    office = Office(database)
    sender = PickySender(office, failure)
    office.sender = sender  # type: ignore[assignment]  # the port is what counts
    office.restart()
    return office, sender


async def arrive(office: Office, name: str, *, body: str = "") -> None:
    """A complaint comes, and its acknowledgement waits in the outbox."""
    office.deliver(write_mail(body or name, sender=f"{name}@{name}.example", message_id=f"{name}@client.example"))
    await office.fetch()
    await office.take_in()


async def live(office: Office, until: datetime) -> None:
    """Time passes as the daemon's loop sleeps: until something is due, or the next mail comes."""
    while office.now < until:
        wait = await office.send()
        rest = until - office.now
        office.wait(rest if wait is None else min(rest, timedelta(seconds=max(wait, 1))))


@pytest.mark.parametrize("failure", [HUNG_UP, LOST, SEND_AS, CHECKED_LATER])
@pytest.mark.parametrize("bad", [1, 5])
async def test_it_is_dead_and_seen_within_its_window(database: Database, failure: SendResult, bad: int) -> None:
    """Ninety hours with a mail every third: each bad one is given up by then, with a line on its ticket."""
    office, _ = open_office(database, failure)
    for number in range(bad):
        await arrive(office, f"mauvais{number}")
    for number in range(30):
        await arrive(office, f"bon{number}")
        await live(office, NOW + PACE * (number + 1))
    ends = office.look(
        "SELECT o.state, o.hold_reason, max(a.ended_at) FROM outbox o JOIN attempt a ON a.outbox_id = o.id"
        " WHERE o.recipient LIKE 'mauvais%' GROUP BY o.id"
    )

    assert [("dead", "exhausted")] * bad == [row[:2] for row in ends]
    assert all(datetime.fromisoformat(str(row[2])).replace(tzinfo=NOW.tzinfo) <= LAST for row in ends)
    assert ["undelivered"] * bad == [office.events(number + 1)[-1] for number in range(bad)]
    assert [(30,)] == office.look("SELECT count(*) FROM outbox WHERE state = 'sent'")


@pytest.mark.parametrize("failure", [HUNG_UP, LOST])
async def test_the_others_wait_for_one_send_at_most(database: Database, failure: SendResult) -> None:
    """While one bad mail is tried again and again: each good one leaves in the very look that finds it."""
    office, sender = open_office(database, failure)
    await arrive(office, "mauvais")
    await office.send()
    delays, between = [], []
    for number in range(24):
        await arrive(office, f"bon{number}")
        came_at, before = office.now, len(sender.tries)
        await live(office, office.now + timedelta(minutes=7 + 11 * number))
        delays += [at - came_at for at, whom in sender.tries[before:] if whom.startswith("bon")]
        between.append([whom.startswith("bon") for _, whom in sender.tries[before:]].index(True))

    assert [timedelta(0)] * 24 == delays
    assert 1 >= max(between)


async def test_a_restart_forgets_nothing_of_it(database: Database) -> None:
    """A daemon that is started anew each hour gives the mail up all the same: what counts stands in the database."""
    office, _ = open_office(database, HUNG_UP)
    await arrive(office, "mauvais")
    for number in range(80):
        await live(office, NOW + timedelta(hours=number + 1))
        await arrive(office, f"bon{number}")
        office.restart()
        await office.dispatcher.recover()

    assert [("dead", "exhausted")] == office.look(
        "SELECT state, hold_reason FROM outbox WHERE recipient LIKE 'mauvais%'"
    )


async def test_days_of_a_server_that_is_away_cost_such_a_mail_nothing(database: Database) -> None:
    """MUST 22: only what happens while others get through counts; five days of outage do not end it."""
    office, sender = open_office(database, HUNG_UP)
    await arrive(office, "mauvais")
    await arrive(office, "bon")
    await office.send()
    sender.away = True
    await live(office, NOW + timedelta(days=5))

    assert [("retry",)] == office.look("SELECT state FROM outbox WHERE recipient LIKE 'mauvais%'")


async def test_a_server_that_fails_over_every_mail_is_left_alone(database: Database) -> None:
    """Two different mails in a row, and the pauses of the breaker begin: 24 hours see few tries, and no mail ends."""
    office, sender = open_office(database, HUNG_UP)
    for number in range(10):
        await arrive(office, f"mauvais{number}")
    await live(office, NOW + timedelta(days=1))

    assert len(sender.tries) < 200  # 144 pauses of ten minutes
    assert [("retry",)] * 10 == office.outbox("state")
