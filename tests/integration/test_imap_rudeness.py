"""Servers that break rules or bring bad news: nothing hangs, nothing is believed, nothing of a mail is told."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.servers.ports import find_free_ports
from tests.servers.scripted_imap import ScriptedImap
from triage.model.errors import MailboxRefused, MailboxUnavailable
from triage.model.mailbox import Announced, Moved
from triage.transport.imap import ImapAccess, ImapMailbox

Enter = Callable[[ScriptedImap], ImapMailbox]
THROTTLED = b"{tag} BAD Request is throttled. Suggested Backoff Time: 91500 milliseconds\r\n"


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """Makes mailboxes and closes them."""
    made: list[ImapMailbox] = []

    def make(server: ScriptedImap) -> ImapMailbox:
        made.append(ImapMailbox(server.access()))
        return made[-1]

    yield make
    for mailbox in made:
        await mailbox.close()


@pytest.mark.parametrize("command", ["SASL", "SELECT", "STATUS", "UID SEARCH"])
async def test_a_pause_that_the_server_asks_for_is_passed_on(enter: Enter, command: str) -> None:
    """Exchange names its back-off in milliseconds, in answer to any command (reconnecting early makes it worse)."""
    with ScriptedImap({command: THROTTLED}) as server:
        mailbox = enter(server)

        async def come_in() -> None:
            await mailbox.open()
            await mailbox.list_uids(1, 10)

        with pytest.raises(MailboxUnavailable) as told:
            await come_in()

    assert timedelta(seconds=91.5) == told.value.not_before


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] no\r\n", MailboxRefused),
        (b"{tag} NO no\r\n", MailboxRefused),
        (b"{tag} NO [UNAVAILABLE] try later\r\n", MailboxUnavailable),
        (b"{close}", MailboxUnavailable),
        (b"* BYE too many connections\r\n{close}", MailboxUnavailable),
        (b"", MailboxUnavailable),
    ],
    ids=["refused", "refused without code", "unavailable", "cut", "bye", "silent"],
)
async def test_a_login_that_fails_is_told_apart(enter: Enter, answer: bytes, expected: type[Exception]) -> None:
    """Only the server's refusal is a refusal; a line that breaks during the login is not."""
    with ScriptedImap({"SASL": answer}) as server, pytest.raises(expected):
        await enter(server).open()


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 4 BODY[]<0> {40}\r\nDe: Madame Untel <x@y.example>{close}",
        b"* 1 FETCH (UID 4 BODY[]<0> Madame Untel\r\n{tag} OK done\r\n",
        b"* 1 FETCH (UID Madame BODY[]<0> Untel)\r\n{tag} OK done\r\n",
        b"* 1 FETCH (UID 4 BODY[]<512> {12}\r\nMadame Untel)\r\n{tag} OK done\r\n",
        b"Madame Untel\r\n",
        b"{tag} NO Madame Untel\r\n",
        b"* BYE Madame Untel\r\n{close}",
    ],
    ids=["cut", "open bracket", "no number", "wrong offset", "no IMAP", "refusal", "bye"],
)
async def test_no_text_of_a_mail_leaves_a_broken_answer(
    enter: Enter, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks, neither the exception nor its train nor any log line quotes the answer."""
    caplog.set_level(logging.DEBUG)
    with ScriptedImap({"UID FETCH": answer}) as server:
        mailbox = enter(server)
        await mailbox.open()

        with pytest.raises(MailboxUnavailable) as told:
            await mailbox.fetch([Announced(uid=4, size=10, internal_date=None)], limit_bytes=1000)

    assert (None, None) == (told.value.__cause__, told.value.__context__)
    assert "Untel" not in str(told.value) + caplog.text
    assert "secret-de-fiction" not in caplog.text


async def test_a_vanished_mail_that_the_server_makes_up_is_missing(enter: Enter) -> None:
    """No size and 1970 in one answer, no body in the other: Dovecot's way to say that a mail is gone."""
    ghost = (
        b'* 1 FETCH (UID 4 RFC822.SIZE 0 INTERNALDATE "01-Jan-1970 00:00:00 +0000" BODY[]<0> NIL)\r\n{tag} OK done\r\n'
    )
    with ScriptedImap({"UID FETCH": ghost}) as server:
        mailbox = enter(server)
        await mailbox.open()

        assert () == await mailbox.describe([4])
        assert () == await mailbox.fetch([Announced(uid=4, size=10, internal_date=None)], limit_bytes=1000)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"UID MOVE": b"* OK [COPYUID 9 4:5 21:22] ok\r\n{tag} OK done\r\n"}, [Moved(4, 21), Moved(5, 22)]),
        ({"UID MOVE": b"{tag} OK [COPYUID 9 5,4 21,22] ok [sic]\r\n"}, [Moved(4, 22), Moved(5, 21)]),
        ({"UID MOVE": b"* OK [COPYUID 9 4 21] ok\r\n{tag} NO partly\r\n"}, [Moved(4, 21)]),
        ({"UID MOVE": b"* OK [COPYUID 9 1:4000000000 1:4000000000] ok\r\n{tag} NO no\r\n"}, []),
        ({"UID SEARCH": [b"* SEARCH 4 5\r\n{tag} OK done\r\n", b"* SEARCH 5\r\n{tag} OK done\r\n"]}, [Moved(4, None)]),
        ({"UID SEARCH": b"* SEARCH\r\n{tag} OK done\r\n"}, []),
        ({"UID MOVE": b"{tag} NO no\r\n"}, []),
    ],
    ids=["untagged", "tagged, crossed", "partly", "absurd", "no COPYUID", "unknown", "refused"],
)
async def test_a_move_is_believed_on_evidence_only(
    enter: Enter, answers: dict[str, bytes | list[bytes]], expected: list[Moved]
) -> None:
    """COPYUID, wherever it stands, or the absence of what was present; never the answer OK."""
    there = b"* SEARCH 4 5\r\n{tag} OK done\r\n"
    with ScriptedImap({"UID SEARCH": there, **answers}) as server:
        mailbox = enter(server)
        await mailbox.open()

        assert tuple(expected) == await mailbox.move([4, 5])


@pytest.mark.parametrize(
    ("idle", "done"),
    [
        (b"* 4 EXISTS\r\n+ idling\r\n", b"{tag} OK done\r\n"),
        (b"+ idling\r\n* 4 EXI", b"STS\r\n{tag} OK done\r\n"),
        (b"+ idling\r\n* 4 EXISTS\r\n", b"{tag} OK done\r\n"),
        (b"+ idling\r\n", b"* 4 EXISTS\r\n{tag} NO cancelled\r\n"),
        (b"{tag} NO not now\r\n", b""),
    ],
    ids=["news before the plus", "a line in two pieces", "one segment", "refused at the end", "refused"],
)
async def test_an_odd_idle_neither_hangs_nor_breaks(enter: Enter, idle: bytes, done: bytes) -> None:
    """In whatever order and pieces the server speaks, the wait ends by its time and the connection stands."""
    with ScriptedImap({"IDLE": idle, "DONE": done}) as server:
        mailbox = enter(server)
        await mailbox.open()
        started = time.monotonic()

        await mailbox.wait(0.3)

    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "idle", [b"+ idling\r\n* BYE\r\n{close}", b"+ idling\r\n{close}", b"{tag} BAD what?\r\n{close}"]
)
async def test_an_end_during_idle_is_no_silence(enter: Enter, idle: bytes) -> None:
    """A connection that closes under an IDLE is told at once, where the library would report that all is quiet."""
    with ScriptedImap({"IDLE": idle}) as server:
        mailbox = enter(server)
        await mailbox.open()
        started = time.monotonic()

        with pytest.raises(MailboxUnavailable):
            await mailbox.wait(60)

    assert time.monotonic() - started < 3


async def test_a_server_that_repeats_old_news_does_not_make_the_wait_spin(enter: Enter) -> None:
    """Untagged lines that tell nothing new before the IDLE do not end the wait."""
    with ScriptedImap({"NOOP": b"* 3 EXISTS\r\n* 0 RECENT\r\n{tag} OK done\r\n"}) as server:
        mailbox = enter(server)
        await mailbox.open()
        started = time.monotonic()

        await mailbox.wait(0.3)

    assert time.monotonic() - started > 0.25


async def test_a_server_without_lasting_uids_is_refused(enter: Enter) -> None:
    """Without UIDNEXT and UIDVALIDITY no mail could be known again."""
    silent = {"STATUS": b'* STATUS "INBOX" (MESSAGES 3)\r\n{tag} OK done\r\n'}
    with ScriptedImap(silent) as server, pytest.raises(MailboxRefused, match="UIDVALIDITY"):
        await enter(server).open()


async def test_an_inbox_that_is_read_only_is_refused(enter: Enter) -> None:
    """Mail could not be moved out of it."""
    closed = {"SELECT": b"* 3 EXISTS\r\n{tag} OK [READ-ONLY] done\r\n"}
    with ScriptedImap(closed) as server, pytest.raises(MailboxRefused, match="not move"):
        await enter(server).open()


async def test_a_server_without_starttls_is_refused() -> None:
    """STARTTLS is never optional: nothing is sent in clear where it was configured."""
    with ScriptedImap() as server:
        mailbox = ImapMailbox(replace(server.access(), tls="starttls"))

        with pytest.raises(MailboxRefused):
            await mailbox.open()
        await mailbox.close()

    assert not [command for command in server.heard if command.startswith(("AUTH", "LOGIN"))]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"host": "mail.example", "tls": "none"}, "loopback"),
        ({"host": "192.0.2.1", "tls": "none"}, "loopback"),
        ({"inbox": "INBOX\r\nA LOGOUT"}, "inbox"),
        ({"password": "a\nb"}, "password"),
        ({"processed": "INBOX"}, "same"),
        ({"username": ""}, "username"),
    ],
)
async def test_an_unsafe_access_is_refused_before_any_connection(change: dict[str, str], text: str) -> None:
    """No clear text beyond this machine, no control character in a command, no folder moved into itself."""
    with ScriptedImap() as server:
        access: ImapAccess = replace(server.access(), **change)  # type: ignore[arg-type]  # the table mixes fields
        mailbox = ImapMailbox(access)

        with pytest.raises(MailboxRefused, match=text) as refused:
            await mailbox.open()
        await mailbox.close()

    assert [] == server.heard
    assert "a\nb" not in str(refused.value)


async def test_nobody_listening_is_told_as_such() -> None:
    """The system's name of the error is in the text."""
    with ScriptedImap() as server:
        access = replace(server.access(), port=find_free_ports(1)[0])
    mailbox = ImapMailbox(access)

    with pytest.raises(MailboxUnavailable, match="ECONNREFUSED"):
        await mailbox.open()
    await mailbox.close()


async def test_commands_carry_numbers_and_configured_names_only(enter: Enter) -> None:
    """No window is open-ended, a folder of few mails needs one, and what is no UID never reaches the server."""
    with ScriptedImap({"UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n"}) as server:
        mailbox = enter(server)
        await mailbox.open()
        await mailbox.list_uids(1, 120_000)
        for nonsense in ([0], [2**32], ["1:*"], [-4]):
            with pytest.raises(ValueError, match="UID"):
                await mailbox.move(nonsense)  # type: ignore[arg-type]  # what a mistake would pass

    searches = [command for command in server.heard if "SEARCH" in command]
    assert ["UID SEARCH UID 1:120000"] == searches


async def test_a_cancelled_call_leaves_the_next_one_its_turn(enter: Enter) -> None:
    """One command at most is waited for; the answers do not get mixed up."""
    with ScriptedImap({"UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n"}) as server:
        mailbox = enter(server)
        await mailbox.open()
        calls = [asyncio.create_task(mailbox.list_uids(1, 9)) for _ in range(20)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()

        await asyncio.gather(*calls, return_exceptions=True)

        assert (4,) == await mailbox.list_uids(1, 9)
        assert (await mailbox.status()).uidnext == 10
