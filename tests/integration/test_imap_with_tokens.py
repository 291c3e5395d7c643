"""XOAUTH2 for the mailbox: a real Dovecot that asks the token server, and sessions that end in the middle (MUST 13)."""

import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import require_dovecot
from tests.servers.proxy import Proxy
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.token_server import Rules, Said, TokenServer
from tests.token_sources import Hand, source_at
from triage.model.errors import LoginRefused, MailboxRefused, MailboxUnavailable
from triage.transport.imap import ImapMailbox

USER = "boite"
EXPIRED = b"* BYE Session invalidated - AccessTokenExpired\r\n"


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token server whose tokens are good for an hour."""
    with TokenServer(rules=Rules(user=USER)) as server:
        yield server


@pytest.fixture(scope="module")
def giver() -> Iterator[TokenServer]:
    """The token server that the Dovecot of this module asks."""
    with TokenServer() as server:
        yield server


@pytest.fixture(scope="module")
def token_dovecot(giver: TokenServer) -> Iterator[Dovecot]:
    """A real Dovecot that takes tokens."""
    require_dovecot()
    with Dovecot(token_info_url=giver.info_url) as server:
        yield server


@pytest.fixture
def user(giver: TokenServer, token_dovecot: Dovecot) -> str:
    """A mailbox whose tokens the giver gives, and a giver that has forgotten what was."""
    giver.rules = Rules(user=token_dovecot.new_user())
    giver.asked.clear()
    giver.script()
    return giver.rules.user


async def closed(mailbox: ImapMailbox, job: Callable[[], Awaitable[object]]) -> None:
    try:
        await job()
    finally:
        await mailbox.close()


async def test_a_real_server_lets_a_token_in(giver: TokenServer, token_dovecot: Dovecot, user: str) -> None:
    """Over TLS, by XOAUTH2, after the server asked about the token; and a password is not looked at."""
    access = replace(token_dovecot.access(user, tls="implicit"), password="", tokens=source_at(giver))
    mailbox = ImapMailbox(access)
    token_dovecot.append(user, b"Subject: fiction\r\n\r\nBonjour.\r\n")

    async def read() -> None:
        assert 1 == (await mailbox.open()).messages
        assert f"Login: user=<{user}>, method=XOAUTH2" in token_dovecot.read_logs()

    await closed(mailbox, read)


async def test_a_token_that_died_unseen_is_replaced_at_once(
    giver: TokenServer, token_dovecot: Dovecot, user: str
) -> None:
    """One refusal, one other token, one other connection; whoever calls sees nothing of it."""
    mailbox = ImapMailbox(replace(token_dovecot.access(user), tokens=source_at(giver)))

    async def come_back() -> None:
        await mailbox.open()
        giver.revoke()
        await mailbox.open()
        assert 2 == len(giver.asked)

    await closed(mailbox, come_back)


async def test_who_is_refused_twice_is_not_tried_a_third_time(
    giver: TokenServer, token_dovecot: Dovecot, user: str
) -> None:
    """Two logins at first, one at each later try; an alert from the second on, and a count for whoever waits."""
    giver.rules.truly = 0  # every token is dead when it is born
    mailbox = ImapMailbox(replace(token_dovecot.access(user), tokens=source_at(giver)))
    counts, alerts = [], []
    for _ in range(3):
        with capture_logs() as log, pytest.raises(LoginRefused) as refused:
            await mailbox.open()
        counts.append((refused.value.in_a_row, len(giver.asked)))
        alerts.append([line["task"] for line in log if line["event"] == "login_refused"])
        assert "jeton" not in str(refused.value) + str(log)
    await mailbox.close()

    assert [(2, 2), (3, 3), (4, 4)] == counts
    assert [["mailbox"]] * 3 == alerts


async def test_a_session_is_begun_anew_before_its_token_dies(
    giver: TokenServer, token_dovecot: Dovecot, user: str
) -> None:
    """At three quarters of the token's life, between two looks; a mail that came meanwhile ends the wait."""
    clock = Hand()
    mailbox = ImapMailbox(replace(token_dovecot.access(user), tokens=source_at(giver, clock)))

    async def wait_over() -> None:
        await mailbox.open()
        clock.now = 2699
        await mailbox.wait(0.05)
        assert 1 == len(giver.asked)
        clock.now = 2700
        token_dovecot.append(user, b"Subject: fiction\r\n\r\nBonjour.\r\n")
        await mailbox.wait(30)
        assert 2 == len(giver.asked)
        assert 1 == (await mailbox.status()).messages

    await closed(mailbox, wait_over)


async def test_while_no_new_token_can_be_had_the_session_goes_on(
    giver: TokenServer, token_dovecot: Dovecot, user: str
) -> None:
    """The old one serves until the server ends it."""
    clock = Hand()
    mailbox = ImapMailbox(replace(token_dovecot.access(user), tokens=source_at(giver, clock)))

    async def go_on() -> None:
        await mailbox.open()
        giver.script(*[Said(503) for _ in range(5)])
        for clock.now in (2700, 3599, 3601):
            await mailbox.wait(0.01)
        assert 0 == (await mailbox.status()).messages

    await closed(mailbox, go_on)


async def test_a_session_that_expires_in_the_middle_is_begun_with_another_token(
    giver: TokenServer, token_dovecot: Dovecot, user: str
) -> None:
    """Exchange's farewell: the connection is lost, and the next login shows a token that lives, at the first try."""
    with Proxy(token_dovecot.imap_port) as proxy:
        access = replace(token_dovecot.access(user), port=proxy.port, tokens=source_at(giver))
        mailbox = ImapMailbox(access)

        async def lose() -> None:
            await mailbox.open()
            giver.revoke()
            proxy.say_and_cut(EXPIRED)
            with pytest.raises(MailboxUnavailable, match="token has expired"):
                await mailbox.wait(10)
            await mailbox.open()

        await closed(mailbox, lose)
    refused = [line for line in token_dovecot.read_logs().splitlines() if user in line and "auth failed" in line]

    assert (2, []) == (len(giver.asked), refused)


async def test_a_refusal_is_answered_without_showing_the_token_again(tokens: TokenServer) -> None:
    """The reason comes as a challenge (XOAUTH2); an empty line ends it. Two logins, and each shows its own token."""
    script = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n",
        "SASL": b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n",
        "SASL AGAIN": b"{tag} NO [AUTHENTICATIONFAILED] no\r\n",
    }
    with ScriptedImap(script, lasting={"SASL": "SASL AGAIN"}) as server:
        mailbox = ImapMailbox(replace(server.access(), tokens=source_at(tokens)))
        with pytest.raises(LoginRefused):
            await mailbox.open()
        await mailbox.close()
    shown = [f"user={USER}\x01auth=Bearer jeton-{number}\x01\x01".encode() for number in (1, 2)]

    assert [base64.b64encode(shown[0]), b"", base64.b64encode(shown[1]), b""] == server.continued


async def test_a_server_without_tokens_is_told_of(tokens: TokenServer) -> None:
    """A person must choose the other way to log in; no token is shown."""
    with ScriptedImap() as server:
        mailbox = ImapMailbox(replace(server.access(), tokens=source_at(tokens)))
        with pytest.raises(MailboxRefused, match="XOAUTH2"):
            await mailbox.open()
        await mailbox.close()

    assert not any("AUTHENTICATE" in line for line in server.heard)
