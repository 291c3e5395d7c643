"""Forged senders and a server that chokes on some mails: nobody is flooded through us, and nobody waits for others."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.matters import write_mail
from tests.office import Office
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.store.database import Database

HUNG_UP = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.RCPT, 421, "4.7.0", "4.7.0 closing")
ACCEPTED = SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, "2.0.0", "2.0.0 queued")


class PickySender:
    """A mail server that hangs up over some recipients and takes mail for all others."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        if mail.recipient.startswith("mauvais"):
            return HUNG_UP
        await before_dot()
        self.kept.append(mail.recipient)
        return ACCEPTED

    async def close(self) -> None:
        """Nothing to close."""


async def test_labels_of_one_mailbox_share_its_cap(database: Database) -> None:
    """Whoever forges a thousand labels of somebody's mailbox gets five letters sent there in an hour (MUST 26)."""
    office = Office(database)

    await office.handle(
        *(
            write_mail(f"{number}", sender=f"victime+{number}@client.example", message_id=f"{number}@x.example")
            for number in range(12)
        )
    )

    assert 5 == len(office.sender.kept)
    assert [("sender_cap",)] * 7 == [row for row in office.outbox("hold_reason") if row != (None,)]


async def test_mails_over_which_the_server_hangs_up_stand_behind_the_others(database: Database) -> None:
    """Twelve of them made each letter wait for two hours; it waits for one pause of the breaker at most."""
    office, sender = Office(database), PickySender()
    office.sender = sender  # type: ignore[assignment]  # the port is what counts
    office.restart()
    for number in range(12):
        office.deliver(
            write_mail(f"{number}", sender=f"mauvais{number}@b{number}.example", message_id=f"{number}@x.example")
        )
    await office.fetch()
    await office.take_in()
    for _ in range(40):
        office.wait(timedelta(seconds=await office.send() or 1))

    office.deliver(write_mail())
    await office.fetch()
    await office.take_in()
    office.wait(timedelta(seconds=await office.send() or 0))
    await office.send()

    assert ["jeanne@client.example"] == sender.kept
