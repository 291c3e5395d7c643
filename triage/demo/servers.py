"""A mailbox and a mail server of the demo's own, on free ports of the loopback interface, in this process.

pymap keeps the mailbox in memory and aiosmtpd takes what leaves; nothing is ever passed on. Both come with the
extra `demo`, so this module is imported only after `find_missing_packages` said that they are here.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.dict.mailbox import MailboxData
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from triage.demo.account import MailboxCount, SentMail
from triage.demo.hearing import Hearing

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Login:
    """What opens the mailbox, and the name of its folder for processed mail."""

    username: str
    password: str
    processed: str


@dataclass(frozen=True, slots=True)
class Servers:
    """The two servers while they run. `sent` is what the mail server took."""

    imap_port: int
    smtp_port: int
    sent: Hearing[SentMail]
    inbox: MailboxData
    processed: MailboxData

    async def deliver(self, raw: bytes) -> None:
        """Put one mail into the inbox, as a mail server would; whoever watches the folder is told."""
        await self.inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()))

    async def count(self) -> MailboxCount:
        """How many mails lie in each folder now."""
        inbox, processed = await self.inbox.snapshot(), await self.processed.snapshot()
        return MailboxCount(inbox=inbox.exists, processed=processed.exists)


class _Postman:
    """aiosmtpd's handler: keeps what is handed over and says yes."""

    def __init__(self, sent: Hearing[SentMail]) -> None:
        self._sent = sent

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 -- aiosmtpd calls it so
        raw = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            self._sent.add(SentMail(datetime.now(UTC), envelope.mail_from or "", recipient, raw))
        return f"250 2.0.0 Ok: {len(self._sent.heard)} kept by the demo"


@asynccontextmanager
async def open_servers(login: Login) -> AsyncIterator[Servers]:
    """Both servers, ready to be connected to; closed on leaving."""
    loop = asyncio.get_running_loop()
    keep_tasks(loop)
    sent: Hearing[SentMail] = Hearing()
    backend = await _open_mailbox(login)
    async with backend.login.demo_user_identity.new_session() as session:
        folders = session.mailbox_set
    await folders.add_mailbox(login.processed)
    greet = ProxyProtocolReader(backend.config.proxy_protocol).get_callback(IMAPServer(backend.login, backend.config))
    imap = await asyncio.start_server(greet, LOOPBACK, 0)
    smtp = await loop.create_server(
        lambda: SMTP(_Postman(sent), hostname="localhost", ident="triage demo"), LOOPBACK, 0
    )
    try:
        yield Servers(
            imap_port=imap.sockets[0].getsockname()[1],
            smtp_port=smtp.sockets[0].getsockname()[1],
            sent=sent,
            inbox=await folders.get_mailbox("INBOX"),
            processed=await folders.get_mailbox(login.processed),
        )
    finally:
        imap.close()
        smtp.close()


async def _open_mailbox(login: Login) -> DictBackend:
    """The memory backend of pymap with one user; it wants its options as its own command line would leave them."""
    options = Namespace(
        host=LOOPBACK,
        port=0,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        passlib_cfg=None,
        proxy_protocol=None,
        demo_data=False,
        demo_user=login.username,
        demo_password=login.password,
    )
    backend, config = await DictBackend.init(options)
    config.apply_context()
    return backend


def keep_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Hold every task of the loop until it is done.

    pymap lets go of the tasks that it starts; from Python 3.13 on they may be collected while they run, and the
    connection drops.
    """
    alive: set[asyncio.Task[Any]] = set()

    def start(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **options)
        alive.add(task)
        task.add_done_callback(alive.discard)
        return task

    loop.set_task_factory(start)  # type: ignore[arg-type]  # typeshed wants Future generics here
