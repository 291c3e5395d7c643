"""The mail sender of the daemon: keeps one connection, makes another when it is gone, and never two at a time.

It decides nothing about retries; every end is a `SendResult` (`rules.delivery` judges it).
"""

import asyncio
from dataclasses import replace

from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.transport.credentials import AccessToken, Logins
from triage.transport.smtp.access import SmtpAccess, make_tls_context
from triage.transport.smtp.answers import ConversationEnded, is_about_login, is_about_recipient
from triage.transport.smtp.connection import Connection
from triage.transport.smtp.conversation import BeforeDot, begin, hand_over
from triage.wording.addresses import is_sendable_address

# Phases that the server enters only with those whom it has let in.
_WITHIN = frozenset({SendPhase.RCPT, SendPhase.DATA, SendPhase.DOT})
# Ends after which the server still listens: it answered, and its answer was about this one mail.
_ANSWERED = frozenset({SendOutcome.ACCEPTED, SendOutcome.REFUSED_FOR_NOW, SendOutcome.REFUSED})


class SmtpSender:
    """`MailSender` over SMTP. Sends one mail at a time; a second caller waits.

    Raises `ConfigurationError` where the certificate file of `access` cannot be read.
    """

    def __init__(self, access: SmtpAccess) -> None:
        self._access = access
        self._tls = make_tls_context(access)
        self._logins = Logins(access.tokens, task="delivery")
        self._token: AccessToken | None = None  # of the newest connection
        self._turn = asyncio.Lock()
        self._kept: Connection | None = None
        self._needs_reset = False
        self._is_old = False  # whether the newest conversation began on a connection that was kept
        self._idle: asyncio.TimerHandle | None = None
        self._farewell: asyncio.Task[None] | None = None

    async def send(self, mail: ClaimedMail, *, before_dot: BeforeDot) -> SendResult:
        """Hand over one mail to one recipient; see `workflows.ports.MailSender`."""
        if (refusal := _refuse_addresses(mail)) is not None:
            return refusal
        booked = False

        async def book_dot() -> None:
            nonlocal booked
            booked = True
            await before_dot()

        async with self._turn:
            self._stay()
            result = await self._once(mail, book_dot)
            if not is_about_login(result):
                self._let_in(result)
                return result
            if not (self._is_old and is_about_recipient(result)) and not await self._may_try_again(result):
                return _of_recipient(result)
            if booked:  # the dot was announced, so this mail is over for now; the next goes in with the other token
                return replace(result, outcome=SendOutcome.SERVER_TROUBLE)
            return await self._once_more(mail, book_dot)

    async def _may_try_again(self, result: SendResult) -> bool:
        """Whether another token may do; without tokens, what a fresh connection says of a recipient is no login's."""
        if self._token is None and is_about_recipient(result):
            return False
        return await self._logins.may_try_again(self._token)

    async def _once_more(self, mail: ClaimedMail, before_dot: BeforeDot) -> SendResult:
        """The second and last conversation about a mail: what is still refused of a recipient is the recipient's."""
        result = _of_recipient(await self._once(mail, before_dot))
        if is_about_login(result):
            await self._logins.may_try_again(self._token)
        self._let_in(result)
        return result

    async def _once(self, mail: ClaimedMail, before_dot: BeforeDot) -> SendResult:
        """One conversation about the mail, or two where the connection that was kept had gone stale."""
        try:
            connection = await self._begin(mail)
        except ConversationEnded as ended:
            return ended.result
        return await self._hand_over(connection, mail, before_dot)

    def _let_in(self, result: SendResult) -> None:
        if result.phase in _WITHIN and not is_about_login(result):
            self._logins.note_success()

    async def _hand_over(self, connection: Connection, mail: ClaimedMail, before_dot: BeforeDot) -> SendResult:
        needs_reset = False
        try:
            result = await hand_over(
                connection, mail, before_dot=before_dot, dot_timeout_seconds=self._access.dot_timeout_seconds
            )
        except ConversationEnded as ended:
            result, needs_reset = ended.result, True
        except BaseException:
            # `before_dot` raised, or the task was cancelled: the body must never be completed.
            connection.abort()
            raise
        self._put_back(connection, result, needs_reset=needs_reset)
        return result

    async def close(self) -> None:
        """Say goodbye and close; never raises."""
        async with self._turn:
            self._stay()
            if self._farewell is not None:
                await self._farewell
            kept, self._kept = self._kept, None
            if kept is not None:
                await kept.say_goodbye()

    async def _begin(self, mail: ClaimedMail) -> Connection:
        """A connection on which the sender was accepted.

        A kept connection may have been closed by a server that is tired of it (RFC 5321 §3.8): what goes wrong on it
        this early counts for nothing, and a fresh one is tried.
        """
        kept, self._kept = self._kept, None
        if kept is not None and await self._logins.newer_than(kept.token):
            await kept.say_goodbye()
            kept = None
        self._is_old = kept is not None
        if kept is not None:
            try:
                if self._needs_reset:
                    await kept.command(SendPhase.MAIL, b"RSET")
                await begin(kept, mail)
            except ConversationEnded as ended:
                if is_about_login(ended.result):
                    self._logins.note_expiry(kept.token)
                kept.abort()
            except BaseException:
                kept.abort()
                raise
            else:
                return kept
        return await self._begin_afresh(mail)

    async def _begin_afresh(self, mail: ClaimedMail) -> Connection:
        fresh = Connection(self._access, self._tls)
        try:
            await fresh.open()
            await begin(fresh, mail)
        except BaseException:
            fresh.abort()
            raise
        finally:
            self._token, self._is_old = fresh.token, False
        return fresh

    def _put_back(self, connection: Connection, result: SendResult, *, needs_reset: bool) -> None:
        """Keep the connection for the next mail where the server still listens, drop it otherwise."""
        if result.outcome not in _ANSWERED or result.code == 421 or not connection.is_open:
            connection.abort()
            return
        self._kept, self._needs_reset = connection, needs_reset
        self._idle = asyncio.get_running_loop().call_later(self._access.idle_seconds, self._retire)

    def _stay(self) -> None:
        """The kept connection is wanted: forget the timer that would close it."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _retire(self) -> None:
        """Close a connection that nobody has needed for a while; the next mail opens another."""
        kept, self._kept = self._kept, None
        if kept is not None:
            self._farewell = asyncio.get_running_loop().create_task(kept.say_goodbye())


def _of_recipient(result: SendResult) -> SendResult:
    """Where login and sender had just passed, no other mail need wait for what is said of one recipient."""
    return replace(result, outcome=SendOutcome.REFUSED) if is_about_recipient(result) else result


def _refuse_addresses(mail: ClaimedMail) -> SendResult | None:
    """The last gate before the wire (MUST 14): nothing but a plain address becomes part of a command."""
    if not is_sendable_address(mail.envelope_from):
        text = "our own address is not one that may be written into a command"
        return SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.MAIL, text=text)
    if not is_sendable_address(mail.recipient):
        return SendResult(SendOutcome.REFUSED, SendPhase.RCPT, text="the address fails our grammar; nothing was said")
    return None
