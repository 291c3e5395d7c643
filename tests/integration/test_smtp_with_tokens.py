"""XOAUTH2 for what leaves: a session that expires costs a mail nothing, and nobody is hammered (MUST 13, 22)."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from structlog.testing import capture_logs

from tests.servers.scripted_smtp import Fault, Point, ScriptedSmtpServer
from tests.servers.token_server import SECRET, Rules, Said, TokenServer
from tests.smtp_sending import mail, unconcerned
from tests.token_sources import Hand, source_at
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.transport.oauth import TokenSource
from triage.transport.smtp import SmtpAccess, SmtpSender

USER = "boite"


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token server whose tokens are good for an hour."""
    with TokenServer(rules=Rules(user=USER)) as server:
        yield server


@pytest.fixture
def outgoing(tokens: TokenServer) -> Iterator[ScriptedSmtpServer]:
    """A mail server that takes tokens of that giver, and ends a session whose token has died."""
    with ScriptedSmtpServer(bearer=tokens.accepts) as server:
        yield server


def sender_to(server: ScriptedSmtpServer, source: TokenSource) -> SmtpSender:
    return SmtpSender(SmtpAccess("127.0.0.1", server.port, tls="none", username=USER, tokens=source))


async def send(sender: SmtpSender, before_dot: Callable[[], Awaitable[None]] = unconcerned) -> SendResult:
    return await sender.send(mail(), before_dot=before_dot)


async def test_mail_leaves_with_a_token(tokens: TokenServer, outgoing: ScriptedSmtpServer) -> None:
    """One token, one login, two mails."""
    sender = sender_to(outgoing, source_at(tokens))
    results = [await send(sender), await send(sender)]
    await sender.close()

    assert [SendOutcome.ACCEPTED] * 2 == [result.outcome for result in results]
    assert (1, 1) == (len(tokens.asked), outgoing.verbs.count("AUTH"))


@pytest.mark.parametrize("farewell", ["535 5.7.3 expired", "530 5.7.57 not authenticated", "454 4.7.0 try again"])
@pytest.mark.parametrize("before", [0, 1])
async def test_a_session_that_expires_costs_the_mail_nothing(tokens: TokenServer, farewell: str, before: int) -> None:
    """Between two mails or within one: another token, another connection, and the same attempt goes on."""
    with ScriptedSmtpServer(bearer=tokens.accepts, expired=farewell) as server:
        sender = sender_to(server, source_at(tokens))
        for _ in range(before):
            await send(sender)
            tokens.revoke()
        if not before:
            server.script(Fault(Point.RCPT, reply=farewell))
        booked = []

        async def book() -> None:
            booked.append(1)

        result = await send(sender, book)
        await sender.close()

    assert (SendOutcome.ACCEPTED, [1]) == (result.outcome, booked)
    assert (2, 2) == (len(tokens.asked), server.verbs.count("AUTH"))


@pytest.mark.parametrize("farewell", ["535 5.7.3 expired", "454 4.7.0 try again"])
async def test_after_the_dot_an_expired_session_burns_no_attempt(
    tokens: TokenServer, outgoing: ScriptedSmtpServer, farewell: str
) -> None:
    """The server has surely not taken the mail; it is tried again later, since its dot was booked, and gets in."""
    sender = sender_to(outgoing, source_at(tokens))
    outgoing.script(Fault(Point.DOT, reply=farewell))
    booked = []

    async def book() -> None:
        booked.append(1)

    first, second = await send(sender, book), await send(sender, book)
    await sender.close()

    assert (SendOutcome.SERVER_TROUBLE, SendPhase.DOT) == (first.outcome, first.phase)
    assert (SendOutcome.ACCEPTED, [1, 1], 1) == (second.outcome, booked, len(outgoing.kept))


async def test_two_refused_tokens_are_a_refused_login(tokens: TokenServer, outgoing: ScriptedSmtpServer) -> None:
    """Challenge and 535: two logins at the first mail, one at each later; an alert, and no token in sight."""
    tokens.rules.truly = 0
    sender = sender_to(outgoing, source_at(tokens))
    with capture_logs() as log:
        results = [await send(sender) for _ in range(3)]
    await sender.close()

    assert [(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, 535)] * 3 == [(r.outcome, r.phase, r.code) for r in results]
    assert (4, 4) == (len(tokens.asked), outgoing.verbs.count("AUTH"))
    assert ["delivery"] * 3 == [line["task"] for line in log if line["event"] == "login_refused"]
    assert "jeton" not in f"{results} {log}"


async def test_without_a_token_nobody_is_bothered(tokens: TokenServer, outgoing: ScriptedSmtpServer) -> None:
    """A token server in trouble is the server's trouble; one that refuses is a refused login. No connection is made."""
    tokens.script(Said(503), Said(401, b'{"error": "invalid_client"}'))
    sender = sender_to(outgoing, source_at(tokens, clock := Hand()))
    first = await send(sender)
    clock.now = 10
    second = await send(sender)
    await sender.close()

    assert [SendOutcome.SERVER_TROUBLE, SendOutcome.LOGIN_REFUSED] == [first.outcome, second.outcome]
    assert 0 == outgoing.connections


async def test_a_mail_server_without_tokens_is_told_of(tokens: TokenServer) -> None:
    """It offers passwords only: a person must act, and the token is not shown."""
    with ScriptedSmtpServer(credentials=(USER, SECRET)) as server:
        sender = sender_to(server, source_at(tokens))
        result = await send(sender)
        await sender.close()

    assert (SendOutcome.LOGIN_REFUSED, 0) == (result.outcome, server.verbs.count("AUTH"))
