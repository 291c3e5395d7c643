"""How the SMTP sender treats its connection: one for many mails, another when it is gone, none for nothing."""

import asyncio
from dataclasses import replace

import pytest

from tests.servers.scripted_smtp import Ending, Fault, Point, ScriptedSmtpServer
from tests.smtp_sending import access_to, mail, send_all, unconcerned
from triage.model.delivery import SendOutcome, SendPhase
from triage.transport.smtp import SmtpSender
from triage.transport.smtp.answers import ConversationEnded
from triage.transport.smtp.connection import Connection
from triage.transport.smtp.conversation import begin, hand_over


async def test_many_mails_share_one_connection(smtp_server: ScriptedSmtpServer) -> None:
    """A batch costs one greeting."""
    results = await send_all(access_to(smtp_server), *[mail() for _ in range(50)])

    assert {SendOutcome.ACCEPTED} == {result.outcome for result in results}
    assert (50, 1) == (len(smtp_server.kept), smtp_server.connections)
    assert 1 == smtp_server.verbs.count("EHLO")


async def test_a_refused_recipient_is_followed_by_a_reset_and_not_by_a_new_connection(
    smtp_server: ScriptedSmtpServer,
) -> None:
    """The envelope that was begun is taken back; the third mail needs no second reset."""
    smtp_server.script(Fault(Point.RCPT, reply="550 5.1.1 no such user"))
    results = await send_all(access_to(smtp_server), mail(), mail(), mail())

    assert [SendOutcome.REFUSED, SendOutcome.ACCEPTED, SendOutcome.ACCEPTED] == [one.outcome for one in results]
    assert 1 == smtp_server.connections
    assert 1 == smtp_server.verbs.count("RSET")


@pytest.mark.parametrize(
    "fault", [{"reply": "421 4.4.2 idle too long"}, {"ending": Ending.EOF}, {"ending": Ending.RST}]
)
async def test_a_kept_connection_that_the_server_is_tired_of_costs_nothing(
    smtp_server: ScriptedSmtpServer, fault: dict[str, str | Ending]
) -> None:
    """What breaks at the first command on an old connection is tried once more on a fresh one."""
    smtp_server.script(Fault(Point.MAIL, skip=1, **fault))  # type: ignore[arg-type]
    results = await send_all(access_to(smtp_server), mail(), mail())

    assert [SendOutcome.ACCEPTED, SendOutcome.ACCEPTED] == [one.outcome for one in results]
    assert (2, 2) == (len(smtp_server.kept), smtp_server.connections)


async def test_an_idle_connection_is_closed_politely(smtp_server: ScriptedSmtpServer) -> None:
    """Nobody holds a place at the server for nothing; the next mail opens another connection."""
    sender = SmtpSender(replace(access_to(smtp_server), idle_seconds=0))
    await sender.send(mail(), before_dot=unconcerned)
    async with asyncio.timeout(10):
        while "QUIT" not in smtp_server.verbs:  # noqa: ASYNC110 - the server lives in another thread
            await asyncio.sleep(0.001)
    result = await sender.send(mail(), before_dot=unconcerned)
    await sender.close()

    assert SendOutcome.ACCEPTED is result.outcome
    assert 2 == smtp_server.connections


async def test_two_senders_of_mail_wait_for_each_other(smtp_server: ScriptedSmtpServer) -> None:
    """Sends at the same time go one after the other over the one connection."""
    sender = SmtpSender(access_to(smtp_server))
    results = await asyncio.gather(*[sender.send(mail(), before_dot=unconcerned) for _ in range(10)])
    await sender.close()

    assert {SendOutcome.ACCEPTED} == {result.outcome for result in results}
    assert (10, 1) == (len(smtp_server.kept), smtp_server.connections)


async def test_a_server_that_hangs_up_while_the_dot_is_booked_was_sent_nothing(
    smtp_server: ScriptedSmtpServer,
) -> None:
    """Booking takes time; what the server did meanwhile is looked at before the dot is written."""
    smtp_server.script(Fault(Point.BODY, reply="451 4.3.0 later", ending=Ending.EOF))
    connection = Connection(access_to(smtp_server), None)
    await connection.open()
    await begin(connection, mail())

    async def book() -> None:
        async with asyncio.timeout(10):
            while connection.is_open:  # noqa: ASYNC110 - what is looked at is that nobody tells us
                await asyncio.sleep(0.001)

    with pytest.raises(ConversationEnded) as ended:
        await hand_over(connection, mail(), before_dot=book, dot_timeout_seconds=10)

    assert (SendOutcome.REFUSED_FOR_NOW, SendPhase.DATA, 451) == (
        ended.value.result.outcome,
        ended.value.result.phase,
        ended.value.result.code,
    )


async def test_a_cancelled_send_leaves_nothing_half_sent(smtp_server: ScriptedSmtpServer) -> None:
    """Stopping the daemon while the dot is being booked: the body is never completed, the sender still works."""
    sender = SmtpSender(access_to(smtp_server))
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(sender.send(mail(), before_dot=hang))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    result = await sender.send(mail(), before_dot=unconcerned)
    await sender.close()

    assert SendOutcome.ACCEPTED is result.outcome
    assert 1 == len(smtp_server.kept)


async def test_a_send_cancelled_on_a_kept_connection_leaves_a_sender_that_works(
    smtp_server: ScriptedSmtpServer,
) -> None:
    """The connection on which somebody was waiting is not used again."""
    smtp_server.script(Fault(Point.MAIL, skip=1, ending=Ending.SILENCE))
    sender = SmtpSender(access_to(smtp_server))
    await sender.send(mail(), before_dot=unconcerned)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await sender.send(mail(), before_dot=unconcerned)
    result = await sender.send(mail(), before_dot=unconcerned)
    await sender.close()

    assert SendOutcome.ACCEPTED is result.outcome
    assert (2, 2) == (len(smtp_server.kept), smtp_server.connections)
