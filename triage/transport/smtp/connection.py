"""One connection to the mail server, from the socket to the login: the only module that drives aiosmtplib.

aiosmtplib's errors do not tell before the dot from after it, and its `data` leaves no moment between body and dot.
So we use it for sockets, TLS, replies and login, and give every step our own phase
(docs/decisions/0006-one-phase-variable-of-our-own.md).
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from typing import cast

from aiosmtplib import SMTP, SMTPResponse, SMTPServerDisconnected
from aiosmtplib.protocol import SMTPProtocol

from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.transport.credentials import AccessToken, TokenRefused, Tokens, TokenUnavailable
from triage.transport.smtp.access import SmtpAccess
from triage.transport.smtp.answers import ConversationEnded, judge_failure, judge_reply

_GOODBYE_SECONDS = 5.0


class Connection:
    """A logged-in connection. Every failure is a `ConversationEnded` that carries the phase it happened at."""

    def __init__(self, access: SmtpAccess, tls: ssl.SSLContext | None) -> None:
        self._access = access
        self.token: AccessToken | None = None
        """With which token this connection logged in, or tried to."""
        self._smtp = SMTP(
            hostname=access.host,
            port=access.port,
            local_hostname=access.local_hostname,
            timeout=access.command_seconds,
            use_tls=access.tls == "implicit",
            start_tls=False,  # or aiosmtplib would do it when it feels like it, and we would not know the phase
            tls_context=tls,
        )

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it, as far as we have heard."""
        return self._smtp.is_connected

    async def open(self) -> None:
        """Get a token where one is needed, connect, secure and log in."""
        if self._access.tokens is not None:
            self.token = await self._get_token(self._access.tokens)
        with ending_at(SendPhase.CONNECT):
            await self._smtp.connect(timeout=self._access.connect_seconds)
            await self._smtp.ehlo()
        if self._access.tls == "starttls":
            with ending_at(SendPhase.TLS):
                await self._smtp.starttls()
                await self._smtp.ehlo()  # what was said before TLS may have been said by anyone
        if self._access.username is not None:
            with ending_at(SendPhase.AUTH):
                await self._log_in(self._access.username)

    async def _get_token(self, tokens: Tokens) -> AccessToken:
        try:
            return await tokens.token()
        except TokenRefused as trouble:
            outcome, text = SendOutcome.LOGIN_REFUSED, str(trouble)
        except TokenUnavailable as trouble:
            outcome, text = SendOutcome.SERVER_TROUBLE, str(trouble)
        raise ConversationEnded(SendResult(outcome, SendPhase.AUTH, text=text))

    async def _log_in(self, username: str) -> None:
        """One try by one method: aiosmtplib's `login` tries them all, and wrong passwords lock accounts."""
        if self.token is not None:
            await self._log_in_with_token(username, self.token)
        elif "plain" in self._smtp.server_auth_methods:
            await self._smtp.auth_plain(username, self._access.password)
        elif "login" in self._smtp.server_auth_methods:
            await self._smtp.auth_login(username, self._access.password)
        else:
            text = "the server offers neither AUTH PLAIN nor AUTH LOGIN"
            raise ConversationEnded(SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, text=text))

    async def _log_in_with_token(self, username: str, token: AccessToken) -> None:
        if "xoauth2" not in self._smtp.server_auth_methods:
            text = "the server offers no login with a token (AUTH XOAUTH2)"
            raise ConversationEnded(SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, text=text))
        await self._smtp.auth_xoauth2(username, token.value)

    def offers(self, extension: str) -> bool:
        """Whether the server announced this extension in its last EHLO."""
        return self._smtp.supports_extension(extension)

    async def command(self, phase: SendPhase, *words: bytes, wanted: tuple[int, ...] = (250,)) -> None:
        """Say one command and get one of the wanted codes."""
        with ending_at(phase):
            reply = await self._smtp.execute_command(*words)
            if reply.code not in wanted:
                raise ConversationEnded(judge_reply(phase, reply.code, reply.message))

    def expect_reply(self) -> "asyncio.Task[SMTPResponse]":
        """Listen for the reply to what will be written next: a server may refuse a body that it has not read whole.

        The listener runs before the first byte is written, since aiosmtplib drops what nobody is waiting for.
        """
        return asyncio.get_running_loop().create_task(self._protocol().read_response(timeout=None))

    async def write(self, data: bytes) -> None:
        """Write raw bytes and wait until the socket has room again; no longer than one command may take."""
        protocol = self._protocol()
        protocol.write(data)
        # `_drain_helper` is what asyncio's own StreamWriter.drain calls on a protocol; aiosmtplib implements it and
        # offers no public way to it. Without it a body would pile up in memory and the dot be "written" behind it.
        async with asyncio.timeout(self._access.command_seconds):
            await protocol._drain_helper()  # noqa: SLF001 - as told above
            await asyncio.sleep(0)  # a socket with room never makes us wait, and we would not hear the server

    def write_at_once(self, data: bytes) -> None:
        """Hand a few last bytes to the socket, without waiting."""
        self._protocol().write(data)

    def abort(self) -> None:
        """Drop the connection and whatever is still in its buffer; never raises."""
        if self._smtp.transport is not None:
            cast("asyncio.WriteTransport", self._smtp.transport).abort()
        self._smtp.close()

    async def say_goodbye(self) -> None:
        """QUIT as far as possible, and close; never raises."""
        with contextlib.suppress(Exception):
            await self._smtp.quit(timeout=_GOODBYE_SECONDS)
        self._smtp.close()

    def _protocol(self) -> SMTPProtocol:
        if self._smtp.protocol is None:
            raise SMTPServerDisconnected("closed")
        return self._smtp.protocol


@contextlib.contextmanager
def ending_at(phase: SendPhase) -> Iterator[None]:
    """Turn whatever breaks inside into the result that it means at this phase."""
    try:
        yield
    except ConversationEnded:
        raise
    except Exception as error:  # noqa: BLE001 - a conversation has no end that is not a result
        # The libraries' own exceptions may quote addresses: they are neither chained nor kept (R-73 to R-78).
        raise ConversationEnded(judge_failure(phase, error)) from None
