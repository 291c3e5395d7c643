"""From the outbox to the mail server (MUST 17 to 23): every end, every crash, the breaker, and the rate as a queue."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from tests.fakes_sender import FakeSender, PlannedEnd
from tests.matters import NOW, write_mail
from tests.office import Office
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.store.database import Database

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LATER = SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 450, "4.2.0", "4.2.0 revenez")
NEVER = SendResult(SendOutcome.REFUSED, SendPhase.RCPT, 550, "5.1.1", "5.1.1 inconnu")
TROUBLE = SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.CONNECT)
LOGIN = SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, 535)
SILENCE = SendResult(SendOutcome.UNCERTAIN, SendPhase.DOT)


class DyingSender(FakeSender):
    """A process that dies at a point of the conversation, as often as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.deaths: list[str] = []

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        death = self.deaths.pop(0) if self.deaths else ""
        if death == "before the dot":
            self.sends.append(mail)
            raise KeyboardInterrupt
        result = await super().send(mail, before_dot=before_dot)
        if death == "after the dot":
            raise KeyboardInterrupt
        return result


async def make_office(database: Database, *, mails: int = 1, per_minute: int = 6000) -> Office:
    """An office with that many acknowledgements waiting in the outbox."""
    office = Office(database, per_minute=per_minute)
    office.sender = DyingSender()
    office.restart()
    office.deliver(
        *(
            write_mail(f"Numéro {n}.", message_id=f"{n}@client.example", sender=f"p{n}@client{n}.example")
            for n in range(1, mails + 1)
        )
    )
    await office.fetch()
    await office.take_in()
    return office


@pytest.fixture
async def office(database: Database) -> Office:
    """An office with one acknowledgement waiting."""
    return await make_office(database)


def plan(office: Office, *results: SendResult) -> None:
    office.sender.plan(*(PlannedEnd(result) for result in results))


async def die(office: Office, *deaths: str) -> None:
    """The process dies at its next attempts, and is started again."""
    assert isinstance(office.sender, DyingSender)
    for death in deaths:
        office.sender.deaths = [death]
        with pytest.raises(KeyboardInterrupt):
            await office.send()
        office.restart()
        await office.dispatcher.recover()


async def test_an_accepted_mail_is_sent_once(office: Office) -> None:
    """The ticket is acknowledged at the instant of acceptance, the server's id is kept, nothing is due."""
    assert await office.send() is None
    assert await office.send() is None
    assert 1 == len(office.sender.sends)
    assert [("sent", "1@fiction.example", 1)] == office.outbox("state", "provider_id", "attempts")
    assert ["opened", "notice", "sent"] == office.events()
    assert [(1,)] == office.look("SELECT count(*) FROM ticket WHERE acknowledged_at IS NOT NULL")
    assert [("accepted", "dot", 250)] == office.look("SELECT outcome, phase, code FROM attempt")


async def test_a_mail_refused_for_now_is_tried_again_by_the_table(office: Office) -> None:
    """Not before its time, with the same bytes; the third try is accepted."""
    plan(office, LATER, LATER)
    waits = [await office.send()]
    office.wait(59 * SECOND)
    waits.append(await office.send())
    office.wait(SECOND)
    waits.append(await office.send())
    office.wait(5 * MINUTE)
    waits.append(await office.send())

    assert [60.0, 1.0, 300.0, None] == waits
    assert [("sent", 3)] == office.outbox("state", "attempts")
    assert 1 == len({(mail.raw, mail.message_id) for mail in office.sender.sends})
    assert [0, 1, 2] == [mail.attempts for mail in office.sender.sends]


async def test_a_mail_refused_until_the_window_is_over_is_given_up(office: Office) -> None:
    """After 72 hours a person sees it: in the outbox with its reason, and on the ticket."""
    plan(office, *[LATER] * 40)
    while (wait := await office.send()) is not None:
        office.wait(timedelta(seconds=wait))

    assert [("dead", "exhausted")] == office.outbox("state", "hold_reason")
    assert ["opened", "notice", "undelivered"] == office.events()
    assert 68 * HOUR <= office.now - NOW <= 72 * HOUR
    assert [(0,)] == office.look("SELECT count(*) FROM ticket WHERE acknowledged_at IS NOT NULL")


async def test_a_refused_mail_is_given_up_at_once(office: Office) -> None:
    """A definite no is one."""
    plan(office, NEVER)

    assert await office.send() is None
    assert [("dead", "refused", "5.1.1 inconnu")] == office.outbox("state", "hold_reason", "response")
    assert ["opened", "notice", "undelivered"] == office.events()


async def test_a_silence_after_the_dot_is_neither_sent_nor_failed(office: Office) -> None:
    """MUST 19: waited for, resent twice at most with the same bytes, then shown to a person."""
    plan(office, SILENCE, SILENCE, SILENCE)
    states = []
    while (wait := await office.send()) is not None:
        states += office.outbox("state", "unknowns")
        office.wait(timedelta(seconds=wait))

    assert [("unknown", 1), ("unknown", 2)] == states
    assert [("dead", "unknown", 3)] == office.outbox("state", "hold_reason", "attempts")
    assert 20 * MINUTE == office.now - NOW
    assert 1 == len({(mail.raw, mail.message_id) for mail in office.sender.sends})
    assert ["opened", "notice", "undelivered"] == office.events()


@pytest.mark.parametrize(
    "ends", [["silence"] * 3, ["crash"] * 3, ["crash", "silence", "crash"], ["silence", "crash", "silence"]]
)
async def test_crashes_after_the_dot_count_as_silences(office: Office, ends: list[str]) -> None:
    """MUST 19: however an attempt got lost, there are three in all, ten minutes apart, and one on each record."""
    for end in ends:
        if end == "crash":
            await die(office, "after the dot")
        else:
            plan(office, SILENCE)
            await office.send()
        sends = len(office.sender.sends)
        office.wait(10 * MINUTE - SECOND)
        await office.send()
        assert sends == len(office.sender.sends), "not before its time"
        office.wait(SECOND)
    office.wait(HOUR)
    await office.send()

    assert [("dead", "unknown")] == office.outbox("state", "hold_reason")
    assert 3 == len(office.sender.sends)
    assert [("uncertain",)] * 3 == office.look("SELECT outcome FROM attempt")
    assert ["opened", "notice", "undelivered"] == office.events()


async def test_a_crash_before_the_dot_costs_the_mail_nothing(office: Office) -> None:
    """It was not sent for certain: at once again, and no patience is spent."""
    await die(office, *["before the dot"] * 5)

    assert await office.send() is None
    assert [("sent", 6, 5, 0)] == office.outbox("state", "attempts", "troubles", "unknowns")
    assert [0] * 6 == [mail.attempts for mail in office.sender.sends]


class Unbookable(FakeSender):
    """A sender whose `before_dot` fails, before or after the booking was committed."""

    def __init__(self, *, booked: bool) -> None:
        super().__init__()
        self._booked = booked

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        async def broken() -> None:
            if self._booked:
                await before_dot()
            raise OSError("the disk is full")

        return await super().send(mail, before_dot=broken)


@pytest.mark.parametrize(("booked", "stands", "then"), [(False, "claimed", "sent"), (True, "dot_written", "unknown")])
async def test_a_dot_that_cannot_be_booked_does_not_leave(
    office: Office,
    booked: bool,  # noqa: FBT001  a column of the table
    stands: str,
    then: str,
) -> None:
    """MUST 19: the exception comes out, the server keeps nothing, and nothing stays claimed for ever."""
    healthy, office.sender = office.sender, Unbookable(booked=booked)
    office.restart()
    with pytest.raises(OSError, match="disk is full"):
        await office.send()
    kept, office.sender = office.sender.kept, healthy
    state = office.outbox("state")
    office.restart()
    await office.dispatcher.recover()
    await office.send()

    assert ([], [(stands,)], [(then,)]) == (kept, state, office.outbox("state"))


async def test_while_the_server_is_in_trouble_nobody_sends_and_nothing_is_counted(database: Database) -> None:
    """MUST 22: one probe at a time, 30 s doubling to ten minutes; days later every mail has all its patience."""
    office = await make_office(database, mails=3)
    plan(office, *[TROUBLE] * 12)
    waits = []
    while len(office.sender.sends) < 12:
        waits.append(await office.send())
        office.wait(timedelta(seconds=waits[-1] or 0))
    while (wait := await office.send()) is not None:
        office.wait(timedelta(seconds=wait))

    assert [30.0, 60.0, 120.0, 240.0, 480.0, *[600.0] * 7] == waits
    assert [("sent",)] * 3 == office.outbox("state")
    assert {0} == {mail.attempts for mail in office.sender.sends}
    assert [(12,)] == office.look("SELECT sum(troubles) FROM outbox")


async def test_a_refused_login_is_not_hammered(database: Database) -> None:
    """MUST 13: ten minutes at once, for all mails together."""
    office = await make_office(database, mails=2)
    plan(office, LOGIN, LOGIN)
    waits = [await office.send()]
    office.wait(10 * MINUTE)
    waits.append(await office.send())

    assert [600.0, 600.0] == waits
    assert 2 == len(office.sender.sends)


async def test_one_answer_about_a_mail_closes_the_breaker(database: Database) -> None:
    """A server that refuses a mail is well."""
    office = await make_office(database, mails=2)
    plan(office, TROUBLE, NEVER)
    await office.send()
    office.wait(30 * SECOND)
    await office.send()

    assert 3 == len(office.sender.sends)
    assert [("dead",), ("sent",)] == office.outbox("state") or [("sent",), ("dead",)] == office.outbox("state")


async def test_the_rate_is_a_queue(database: Database) -> None:
    """MUST 23: three a minute; the others leave later, none is dropped, none is counted as tried."""
    office = await make_office(database, mails=7, per_minute=3)
    sent: list[tuple[datetime, int]] = []
    while (wait := await office.send()) is not None:
        sent.append((office.now, len(office.sender.kept)))
        office.wait(timedelta(seconds=wait))

    assert [3, 6] == [count for _, count in sent]
    assert 7 == len(office.sender.kept)
    assert [(1,)] * 7 == office.outbox("attempts")
    assert 2 * MINUTE == office.now - NOW


async def test_delivery_stops_between_two_mails(database: Database) -> None:
    """What was begun is finished, the rest stays pending."""
    office = await make_office(database, mails=3)

    await office.dispatcher.deliver_due(until=lambda: bool(office.sender.sends))

    assert [("sent",), ("pending",), ("pending",)] == office.outbox("state")


async def test_acknowledgements_of_tickets_leave_in_the_order_of_their_mails(database: Database) -> None:
    """Equal in urgency, equal in due time: first come, first served."""
    office = await make_office(database, mails=4)
    await office.send()

    assert [f"p{n}@client{n}.example" for n in (1, 2, 3, 4)] == [mail.recipient for mail in office.sender.kept]
