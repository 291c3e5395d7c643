"""One connection and the one thread that may touch it: imapclient blocks and is not safe between threads.

Makes the connection (TLS 1.2 at least, names checked, STARTTLS never optional), runs jobs on it one after the
other, and throws it away at the first trouble, for after a time-out the object is of no use.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from imaplib import IMAP4
from typing import TypeVar

from imapclient import IMAPClient, SocketTimeout

from triage.model.errors import LoginRefused, MailboxRefused, MailboxUnavailable
from triage.transport.credentials import AccessToken, Logins, TokenRefused, TokenUnavailable
from triage.transport.imap.access import ImapAccess, check_access
from triage.transport.imap.login import log_in
from triage.transport.imap.trouble import SessionExpired, Trouble, explain

T = TypeVar("T")

# What the library, the socket and TLS raise when the world is broken. ValueError and LookupError are how the
# library's parsers fail on an answer that is no IMAP; their text quotes the answer, so it must not travel.
_BROKEN_WORLD = (IMAP4.error, OSError, ValueError, LookupError)
_KEEPALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4),
)
_LASTING = frozenset({"BYE", "CAPABILITY", "READ-ONLY"})
_LOGGERS = ("imapclient", "imapclient.imapclient", "imapclient.imaplib", "imapclient.util")
_GOODBYE_SECONDS = 3.0


class Connection:
    """A thread and, while the line stands, a client on it. `run` is the only way to the client."""

    def __init__(self, access: ImapAccess) -> None:
        self._access = access
        self._thread: ThreadPoolExecutor | None = None
        self._client: IMAPClient | None = None
        self._logins = Logins(access.tokens, task="mailbox")
        self._token: AccessToken | None = None

    async def open(self, prepare: Callable[[IMAPClient], T]) -> T:
        """Connect anew, log in and run `prepare`; raises `MailboxUnavailable` or `MailboxRefused`.

        A token that is refused is followed by one other and one more connection, unless that was tried before.
        """
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        try:
            opened = await self._enter(self._thread, prepare)
        except LoginRefused as refused:
            if not await self._logins.may_try_again(self._token):
                raise self._counted(refused) from None
            opened = await self._enter_again(self._thread, prepare)
        self._logins.note_success()
        return opened

    async def has_newer_token(self) -> bool:
        """Whether the session should be begun anew, since its token ages and another is there; never raises."""
        return await self._logins.newer_than(self._token)

    async def run(self, job: Callable[[IMAPClient], T]) -> T:
        """Run a job on the connection; raises `MailboxUnavailable` or `MailboxRefused`, the connection then gone."""
        if self._thread is None:
            raise MailboxUnavailable("the mailbox is not open")
        return await self._on_thread(self._thread, partial(self._work, job))

    async def close(self) -> None:
        """Log out within three seconds, or cut the line; never raises."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        farewell = asyncio.get_running_loop().run_in_executor(thread, self._leave)
        try:
            done, _ = await asyncio.wait({farewell}, timeout=_GOODBYE_SECONDS)
            if not done:
                self._cut()
                await asyncio.wait({farewell}, timeout=_GOODBYE_SECONDS)
        finally:
            thread.shutdown(wait=False)

    async def _enter(self, thread: ThreadPoolExecutor, prepare: Callable[[IMAPClient], T]) -> T:
        try:
            self._token = await self._logins.token()
        except TokenUnavailable as trouble:
            raise MailboxUnavailable(str(trouble), not_before=trouble.not_before) from None
        except TokenRefused as trouble:
            self._token = None  # none was shown to the mail server, so no other is worth a try
            raise LoginRefused(str(trouble)) from None
        return await self._on_thread(thread, partial(self._connect, thread, prepare))

    async def _enter_again(self, thread: ThreadPoolExecutor, prepare: Callable[[IMAPClient], T]) -> T:
        try:
            return await self._enter(thread, prepare)
        except LoginRefused as refused:
            await self._logins.may_try_again(self._token)
            raise self._counted(refused) from None

    def _counted(self, refused: LoginRefused) -> LoginRefused:
        return LoginRefused(str(refused), in_a_row=self._logins.refused_in_a_row)

    async def _on_thread(self, thread: ThreadPoolExecutor, job: Callable[[], T | Trouble]) -> T:
        outcome = await asyncio.get_running_loop().run_in_executor(thread, job)
        if isinstance(outcome, (MailboxUnavailable, MailboxRefused)):
            outcome.__context__ = None  # the library's exception may quote a mail
            if isinstance(outcome, SessionExpired):
                self._logins.note_expiry(self._token)
            raise outcome
        return outcome

    def _connect(self, thread: ThreadPoolExecutor, prepare: Callable[[IMAPClient], T]) -> T | Trouble:
        self._discard()
        try:
            check_access(self._access)
            self._client = connect(self._access, self._token)
        except (MailboxRefused, MailboxUnavailable) as trouble:
            return trouble
        except _BROKEN_WORLD as failure:
            return explain(failure)
        if self._thread is not thread:  # closed while we were connecting
            self._leave()
        return self._work(prepare)

    def _work(self, job: Callable[[IMAPClient], T]) -> T | Trouble:
        # Trouble is returned, to be raised on the other side without the library's exception in its train.
        if self._client is None:
            return MailboxUnavailable("the mailbox is not connected")
        try:
            forget_announcements(self._client)
            return job(self._client)
        except (MailboxRefused, MailboxUnavailable) as known:
            trouble: Trouble = known
        except _BROKEN_WORLD as failure:
            trouble = explain(failure)
        self._discard()
        return trouble

    def _leave(self) -> None:
        if self._client is not None:
            with contextlib.suppress(*_BROKEN_WORLD):
                self._client.logout()
        self._discard()

    def _discard(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_BROKEN_WORLD):
                client.shutdown()

    def _cut(self) -> None:
        # Called from the event loop while the thread may be reading: only the system call, past the TLS layer.
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)


def connect(access: ImapAccess, token: AccessToken | None = None) -> IMAPClient:
    """A client that is connected and logged in; raises what the library and the socket raise."""
    for name in _LOGGERS:  # even its warnings quote the server's lines
        logging.getLogger(name).setLevel(logging.CRITICAL)
    context = make_tls_context(access)
    client = IMAPClient(
        access.host,
        port=access.port,
        ssl=access.tls == "implicit",
        ssl_context=context,
        timeout=SocketTimeout(connect=access.connect_seconds, read=access.read_seconds),
    )
    try:
        _keep_silent_and_alive(client)
        if access.tls == "starttls":
            client.starttls(context)
        log_in(client, access, token)
    except BaseException:
        with contextlib.suppress(OSError):
            client.shutdown()
        raise
    return client


def make_tls_context(access: ImapAccess) -> ssl.SSLContext:
    """Verify the certificate and its name, TLS 1.2 or later; raises `MailboxRefused` for an unusable authority file."""
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
    except OSError:
        raise MailboxRefused(f"the file of authorities {access.ca_file!r} cannot be read") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def forget_announcements(client: IMAPClient) -> None:
    """Drop what the server said beside earlier answers: the library would keep it as long as the connection lives."""
    responses = client._imap.untagged_responses  # noqa: SLF001 -- imapclient shows no other way to them
    for name in [name for name in responses if name not in _LASTING]:
        del responses[name]


def _keep_silent_and_alive(client: IMAPClient) -> None:
    client.normalise_times = False  # arrival instants keep their zone
    client._imap.debug = 0  # noqa: SLF001 -- the library sets it to 5, which sends whole mails to its logger
    for level, option, value in _KEEPALIVE:
        client.socket().setsockopt(level, option, value)
