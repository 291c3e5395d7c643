"""A mailbox and a mail server of the demo's own, on free ports of the loopback interface, in this process.

pymap keeps the mailbox in memory and aiosmtpd takes what leaves; nothing is ever passed on. Both come with the
extra `demo`, so this module is imported only after `find_missing_packages` said that they are here.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend, Identity
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

from triage.daemon.clock import utc_now
from triage.demo.account import MailboxCount, SentMail
from triage.demo.hearing import Hearing
from triage.demo.postman import Holder, Letterbox, Postman

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Login:
    """What opens the mailbox, and the name of its folder for processed mail."""

    username: str
    password: str
    processed: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else with a mailbox on the same servers. `folder` is one that it has beside its inbox."""

    address: str
    username: str
    password: str
    folder: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Who lives on the servers beside the body, and the ports that are wished for; free ones where these are taken.

    `address` is the body's own: mail to it comes into its mailbox, with a label after a plus as well. `name` is what
    the mail server calls itself where it says who wrote a mail.
    """

    address: str
    neighbours: Sequence[Neighbour]
    imap_port: int
    smtp_port: int
    name: str


@dataclass(frozen=True, slots=True)
class Servers:
    """The two servers while they run. `sent` is what the mail server took."""

    imap_port: int
    smtp_port: int
    sent: Hearing[SentMail]
    inbox: MailboxData
    processed: MailboxData
    letterbox: Letterbox

    async def deliver(self, raw: bytes) -> None:
        """Put one mail into the inbox, as a mail server would; whoever watches the folder is told."""
        await self.letterbox(raw)

    async def count(self) -> MailboxCount:
        """How many mails lie in each folder now."""
        inbox, processed = await self.inbox.snapshot(), await self.processed.snapshot()
        return MailboxCount(inbox=inbox.exists, processed=processed.exists)


@asynccontextmanager
async def open_servers(
    login: Login, around: Neighbourhood | None = None, *, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[Servers]:
    """Both servers, ready to be connected to; closed on leaving. Without `around`, what leaves reaches nobody.

    `clock` gives the aware instants that they stamp mail with.
    """
    loop = asyncio.get_running_loop()
    keep_tasks(loop)
    sent: Hearing[SentMail] = Hearing()
    backend = await _open_mailbox(login)
    folders = await _folders_of(backend, login.username, also=login.processed)
    inbox = await folders.get_mailbox("INBOX")
    put = _letterbox(inbox, clock)
    letterboxes = {around.address: put} if around else {}
    for each in around.neighbours if around else ():
        letterboxes[each.address] = await _settle(backend, each, clock)
    holders = {each.username: Holder(each.address, each.password) for each in around.neighbours} if around else {}
    postman = Postman(sent, letterboxes, holders, clock, name=around.name if around else "localhost")
    greet = ProxyProtocolReader(backend.config.proxy_protocol).get_callback(IMAPServer(backend.login, backend.config))
    imap = await _listen(lambda port: asyncio.start_server(greet, LOOPBACK, port), around.imap_port if around else 0)
    smtp = await _listen(
        lambda port: loop.create_server(postman.open_line, LOOPBACK, port), around.smtp_port if around else 0
    )
    try:
        yield Servers(
            imap_port=imap.sockets[0].getsockname()[1],
            smtp_port=smtp.sockets[0].getsockname()[1],
            sent=sent,
            inbox=inbox,
            processed=await folders.get_mailbox(login.processed),
            letterbox=put,
        )
    finally:
        imap.close()
        smtp.close()


async def _listen(start: Callable[[int], Awaitable[asyncio.Server]], port: int) -> asyncio.Server:
    try:
        return await start(port)
    except OSError:  # somebody has the port that was wished for
        return await start(0)


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
    # Its half a million rounds would cost each login half a second, and guard passwords that are printed anyway.
    backend, config = await DictBackend.init(options, hash_context=BuiltinHash(rounds=1))
    config.apply_context()
    return backend


async def _settle(backend: DictBackend, neighbour: Neighbour, clock: Callable[[], datetime]) -> Letterbox:
    """Give somebody else a mailbox; the answer puts a mail into it."""
    hashed = await Passwords(backend.config).hash_password(neighbour.password)
    backend.login.users_dict[neighbour.username] = UserMetadata(backend.config, neighbour.username, password=hashed)
    folders = await _folders_of(backend, neighbour.username, also=neighbour.folder)
    return _letterbox(await folders.get_mailbox("INBOX"), clock)


async def _folders_of(backend: DictBackend, username: str, *, also: str) -> MailboxSet:
    """Somebody's folders, with one beside the inbox."""
    async with Identity(username, backend.login, None, frozenset()).new_session() as session:
        await session.mailbox_set.add_mailbox(also)
        return session.mailbox_set


def _letterbox(inbox: MailboxData, clock: Callable[[], datetime]) -> Letterbox:
    async def put(raw: bytes) -> None:
        await inbox.append(AppendMessage(raw, clock(), frozenset()))

    return put


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
