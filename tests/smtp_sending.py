"""Small words for tests that send: a claimed mail of fiction, the way to a scripted server, sending a few in a row."""

from collections.abc import Awaitable, Callable

from tests.servers.scripted_smtp import ScriptedSmtpServer
from triage.model.delivery import ClaimedMail, SendResult
from triage.transport.smtp import SmtpAccess, SmtpSender

PLAIN = b"Subject: fiction\r\n\r\nBonjour.\r\n"


async def unconcerned() -> None:
    """A `before_dot` that books nothing."""


def mail(raw: bytes = PLAIN, *, recipient: str = "jeanne@client.example") -> ClaimedMail:
    """A mail whose first attempt is booked."""
    return ClaimedMail(
        outbox_id=1,
        kind="acknowledgement",
        envelope_from="plaintes@organisme.example",
        recipient=recipient,
        message_id="1@organisme.example",
        raw=raw,
        attempts=0,
        unknowns=0,
    )


def access_to(server: ScriptedSmtpServer) -> SmtpAccess:
    """The way to a server on this machine without TLS and login."""
    return SmtpAccess(host="127.0.0.1", port=server.port, tls="none")


async def send_all(
    access: SmtpAccess, *mails: ClaimedMail, before_dot: Callable[[], Awaitable[None]] = unconcerned
) -> list[SendResult]:
    """Send one after the other through one sender, and close it."""
    sender = SmtpSender(access)
    try:
        return [await sender.send(one, before_dot=before_dot) for one in mails]
    finally:
        await sender.close()
