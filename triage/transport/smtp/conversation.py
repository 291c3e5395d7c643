"""One mail over an open connection: MAIL, RCPT, DATA, body, dot (RFC 5321 §3.3), one recipient (MUST 20).

`before_dot` is awaited when the server has room for nothing but the dot: the body is written, the dot is not. Until
then every end means that nothing was sent; from then on only the server's answer is certain (MUST 19).
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiosmtplib import SMTPResponse

from triage.model.delivery import ClaimedMail, SendPhase, SendResult
from triage.transport.smtp.answers import ConversationEnded, judge_reply
from triage.transport.smtp.connection import Connection, ending_at
from triage.transport.smtp.wire import FINAL_DOT, as_data, pieces

BeforeDot = Callable[[], Awaitable[None]]
_START_INPUT = 354


async def begin(connection: Connection, mail: ClaimedMail) -> None:
    """Name the sender. Raises `ConversationEnded`."""
    words = [b"MAIL", b"FROM:<" + mail.envelope_from.encode("ascii") + b">"]
    if not mail.raw.isascii() and connection.offers("8bitmime"):
        words.append(b"BODY=8BITMIME")
    await connection.command(SendPhase.MAIL, *words)


async def hand_over(
    connection: Connection, mail: ClaimedMail, *, before_dot: BeforeDot, dot_timeout_seconds: float
) -> SendResult:
    """Name the recipient, write the body, and after `before_dot` the dot; what the server then said.

    Raises `ConversationEnded` for every end before the server's answer to the dot, and what `before_dot` raises.
    """
    recipient = b"TO:<" + mail.recipient.encode("ascii") + b">"
    await connection.command(SendPhase.RCPT, b"RCPT", recipient, wanted=(250, 251))
    await connection.command(SendPhase.DATA, b"DATA", wanted=(_START_INPUT,))
    with ending_at(SendPhase.DATA):
        reply = connection.expect_reply()
    try:
        with ending_at(SendPhase.DATA):
            await _write_body(connection, mail.raw, reply)
        await before_dot()
        with ending_at(SendPhase.DATA):
            _leave_if_answered(connection, reply)
            connection.write_at_once(FINAL_DOT)  # raises only if it wrote nothing
        # From this line on the dot may have left.
        with ending_at(SendPhase.DOT):
            async with asyncio.timeout(dot_timeout_seconds):
                answer = await reply
        return judge_reply(SendPhase.DOT, answer.code, answer.message)
    finally:
        _forget(reply)


async def _write_body(connection: Connection, raw: bytes, reply: "asyncio.Task[SMTPResponse]") -> None:
    await asyncio.sleep(0)  # the listener starts before the first byte is written

    def hang_up(_: "asyncio.Task[SMTPResponse]") -> None:
        connection.abort()  # wakes us where we wait for a server that has spoken and reads no more

    reply.add_done_callback(hang_up)
    try:
        for piece in pieces(as_data(raw)):
            _leave_if_answered(connection, reply)
            await connection.write(piece)
        _leave_if_answered(connection, reply)
    except OSError:  # hung up, or (TimeoutError is one) stopped reading: perhaps not without a word
        _leave_if_answered(connection, reply)
        raise
    finally:
        reply.remove_done_callback(hang_up)


def _leave_if_answered(connection: Connection, reply: "asyncio.Task[SMTPResponse]") -> None:
    """Leave if the server has spoken or hung up before the dot: whatever it said, it has not taken this mail.

    The connection goes too: nobody knows any more which of us is in the middle of what.
    """
    if reply.done():
        connection.abort()
        answer = reply.result()
        raise ConversationEnded(judge_reply(SendPhase.DATA, answer.code, answer.message))


def _forget(reply: "asyncio.Task[SMTPResponse]") -> None:
    """End the listener, and look at its error so that asyncio does not report one that nobody asked for."""
    reply.add_done_callback(lambda done: done.cancelled() or done.exception())
    reply.cancel()
