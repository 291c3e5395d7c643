"""A day in seconds: the daemon's parts run while every token dies after a second or so (MUST 13, 22; R-88).

Dovecot asks the token server about each login, a proxy ends its sessions with Exchange's farewell, and the mail server
ends its own. Nothing is lost, nothing is answered twice, and nobody is hammered.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import require_dovecot
from tests.servers.proxy import Proxy
from tests.servers.scripted_smtp import ScriptedSmtpServer
from tests.servers.token_server import CLIENT, SECRET, Rules, TokenServer
from triage.daemon.build import Parts, build, open_engine, prepare_schema
from triage.daemon.loops import Bells, run_loops
from triage.settings.loading import load_configuration

MAILS = 16
LIVES = 6
LIFE_SECONDS = 1.5
ADDRESS = "plaintes@organisme.example"
EXPIRED = b"* BYE Session invalidated - AccessTokenExpired\r\n"
SETTINGS = """
[body]
name = "Organisme de fiction"
short_name = "ODF"
unit = "Direction des plaintes"
address = "plaintes@organisme.example"
display_name = "Plaintes (ODF)"
phone = "418 555-0100"
access_address = "acces@organisme.example"
[imap]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
auth = "xoauth2"
username = "{user}"
slice_seconds = 1
[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
auth = "xoauth2"
username = "{user}"
[oauth]
token_url = "{token_url}"
client_id = "{client}"
client_secret_file = "secret"
[database]
url = "sqlite:///triage.db"
[intake]
since = 2026-01-01
[delivery]
rate_per_minute = 6000
"""


def mail(number: int) -> bytes:
    """A complaint; each from another person, so that no cap holds an acknowledgement back."""
    return (
        f"From: personne{number}@client{number}.example\r\nTo: {ADDRESS}\r\nSubject: Plainte {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\nDate: Tue, 01 Dec 2026 10:00:00 -0500\r\n\r\nUne plainte.\r\n"
    ).encode()


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Parts]:
    """The daemon's parts and loops, in this process."""
    configuration = load_configuration(folder)
    engine = open_engine(configuration)
    prepare_schema(engine)
    bells = Bells()
    parts = build(configuration, engine, on_enqueued=bells.delivery.ring)
    await parts.reader.start()
    loops = asyncio.create_task(run_loops(parts, bells, slice_seconds=1))
    try:
        yield parts
    finally:
        bells.stop.set()
        await asyncio.wait_for(loops, 20)
        await parts.reader.close()
        parts.database.close()


@dataclass(frozen=True, slots=True)
class World:
    """The servers around the daemon."""

    tokens: TokenServer
    dovecot: Dovecot
    proxy: Proxy
    smtp: ScriptedSmtpServer

    def is_over(self) -> bool:
        """Whether every mail was answered and has left the inbox."""
        return len(self.smtp.kept) >= MAILS and not self.dovecot.messages(self.tokens.rules.user)

    def imap_logins(self) -> int:
        """How often somebody was let into the mailbox with a token, or refused."""
        return sum("method=XOAUTH2" in line for line in self.dovecot.read_logs().splitlines())


@pytest.fixture
def world() -> Iterator[World]:
    """Servers whose tokens die after 1.5 seconds, long before they are due to be renewed."""
    require_dovecot()
    with (
        TokenServer(rules=Rules(seconds=3, truly=LIFE_SECONDS)) as tokens,
        Dovecot(token_info_url=tokens.info_url) as dovecot,
        Proxy(dovecot.imap_port) as proxy,
        ScriptedSmtpServer(bearer=tokens.accepts) as smtp,
    ):
        tokens.rules.user = dovecot.new_user()
        yield World(tokens, dovecot, proxy, smtp)


@pytest.fixture
def folder(tmp_path: Path, world: World) -> Path:
    """A configuration that knows these servers."""
    text = SETTINGS.format(
        imap_port=world.proxy.port,
        smtp_port=world.smtp.port,
        user=world.tokens.rules.user,
        token_url=world.tokens.url,
        client=CLIENT,
    )
    (tmp_path / "triage.toml").write_text(text, encoding="utf-8")
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    return tmp_path


async def live_through_six_lives(world: World) -> None:
    """Mail comes all the time; every fourth time the mailbox's session is ended by the server."""
    for number in range(MAILS):
        await asyncio.to_thread(world.dovecot.append, world.tokens.rules.user, mail(number))
        await asyncio.sleep(LIVES * LIFE_SECONDS / MAILS)
        if number % 4 == 3:
            world.proxy.say_and_cut(EXPIRED)
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(world.is_over):  # noqa: ASYNC110 -- servers elsewhere ring no bell
            await asyncio.sleep(0.1)


async def test_nothing_is_lost_while_tokens_die(world: World, folder: Path) -> None:
    """Six lives of a token: every mail has its one acknowledgement, and each server saw a few logins a life."""
    begun = time.monotonic()
    with capture_logs() as log:
        async with running(folder):
            await live_through_six_lives(world)
    lives = (time.monotonic() - begun) / LIFE_SECONDS
    answered = sorted(recipient for kept in world.smtp.kept for recipient in kept.recipients)
    processed = world.dovecot.messages(world.tokens.rules.user, "Traités")

    assert sorted(f"personne{number}@client{number}.example" for number in range(MAILS)) == answered
    assert sorted(mail(number) for number in range(MAILS)) == sorted(processed)
    assert LIVES / 2 <= len(world.tokens.asked) <= 2 * lives + 4
    assert world.imap_logins() <= 2 * lives + 4
    assert world.smtp.verbs.count("AUTH") <= 2 * lives + 4
    assert {1} == {line["attempt"] for line in log if line["event"] == "mail_sent"}
    assert [] == [line for line in log if line["event"] in {"login_refused", "sweep_failed", "mail_not_sent"}]
    assert [] == re.findall(r"jeton|secret-de-fiction", repr(log))
