"""Servers that follow the rules in unusual ways: old logins, no room for a folder, a folder made anew, lost pieces."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from tests.servers.scripted_imap import ScriptedImap
from triage.model.errors import MailboxRefused, MailboxUnavailable
from triage.model.mailbox import Announced
from triage.transport.imap import ImapMailbox

Enter = Callable[..., ImapMailbox]
MIB = 1024 * 1024
OLD = b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """Makes mailboxes and closes them."""
    made: list[ImapMailbox] = []

    def make(server: ScriptedImap, **change: str) -> ImapMailbox:
        made.append(ImapMailbox(replace(server.access(), **change)))  # type: ignore[arg-type]  # only texts are changed
        return made[-1]

    yield make
    for mailbox in made:
        await mailbox.close()


def write_piece(offset: int, piece: bytes) -> bytes:
    return b"* 1 FETCH (UID 4 BODY[]<%d> {%d}\r\n%s)\r\n{tag} OK done\r\n" % (offset, len(piece), piece)


async def test_an_old_server_is_entered_by_login(enter: Enter) -> None:
    """Where SASL PLAIN is not offered, LOGIN is used."""
    with ScriptedImap({"CAPABILITY": OLD}) as server:
        await enter(server).open()

    assert 'LOGIN boite "secret-de-fiction"' in server.heard


@pytest.mark.parametrize("change", [{"username": "boite aux lettres"}, {"username": 'a"b'}, {"password": "été"}])
async def test_what_login_cannot_carry_is_refused(enter: Enter, change: dict[str, str]) -> None:
    """LOGIN takes a plain word and plain ASCII; nothing is sent that would mean something else."""
    with ScriptedImap({"CAPABILITY": OLD}) as server:
        with pytest.raises(MailboxRefused, match="LOGIN"):
            await enter(server, **change).open()

        assert not [command for command in server.heard if command.startswith("LOGIN")]


async def test_a_server_that_forbids_passwords_is_refused(enter: Enter) -> None:
    """LOGINDISABLED without SASL PLAIN leaves no way in."""
    closed = {"CAPABILITY": OLD.replace(b"rev1", b"rev1 LOGINDISABLED")}
    with ScriptedImap(closed) as server, pytest.raises(MailboxRefused, match="no way to log in"):
        await enter(server).open()


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("CREATE", b"{tag} NO [NOPERM] no\r\n", MailboxRefused),
        ("CREATE", b"{tag} NO [UNAVAILABLE] later\r\n", MailboxUnavailable),
        ("CREATE", b"{close}", MailboxUnavailable),
        ("SELECT", b"{tag} NO [NONEXISTENT] no\r\n", MailboxRefused),
        ("SELECT", b"{close}", MailboxUnavailable),
    ],
)
async def test_a_folder_that_cannot_be_had_is_named(
    enter: Enter, command: str, answer: bytes, expected: type[Exception]
) -> None:
    """A lasting refusal calls a person and names the folder; a passing one does not."""
    missing = b"{tag} NO [NONEXISTENT] no such folder\r\n"
    answers = {command: answer, **({"STATUS": missing} if command == "CREATE" else {})}
    with ScriptedImap(answers) as server, pytest.raises(expected) as told:
        await enter(server).open()

    assert (expected is MailboxRefused) == ("Traités" in str(told.value) or "INBOX" in str(told.value))


async def test_a_folder_made_anew_is_selected_anew(enter: Enter) -> None:
    """Another UIDVALIDITY in the status means that what was selected is no more."""
    before = b'* STATUS "INBOX" (UIDVALIDITY 7 UIDNEXT 10 MESSAGES 3)\r\n{tag} OK done\r\n'
    after = before.replace(b"VALIDITY 7", b"VALIDITY 8")
    with ScriptedImap({"STATUS": [before, before, after]}) as server:
        mailbox = enter(server)
        await mailbox.open()

        status = await mailbox.status()

    assert 8 == status.uidvalidity
    assert 2 == len([command for command in server.heard if command.startswith("SELECT")])


@pytest.mark.parametrize(
    ("second", "announced", "expected"),
    [
        (write_piece(MIB, b"rest"), 10, MIB + 4),
        (write_piece(MIB, b""), 10 * MIB, MIB),
        (b"* 1 FETCH (UID 4 BODY[]<%d> NIL)\r\n{tag} OK done\r\n" % MIB, MIB, MIB),
        (b"* 1 FETCH (UID 4 BODY[]<%d> NIL)\r\n{tag} OK done\r\n" % MIB, 2 * MIB, None),
        (b"{tag} OK done\r\n", 2 * MIB, None),
    ],
    ids=["more than announced", "less than announced", "NIL at the end", "NIL in the middle", "gone in the middle"],
)
async def test_a_mail_is_whole_or_missing(enter: Enter, second: bytes, announced: int, expected: int | None) -> None:
    """A mail that vanishes between two pieces is never handed over in part."""
    with ScriptedImap({"UID FETCH": [write_piece(0, b"x" * MIB), second]}) as server:
        mailbox = enter(server)
        await mailbox.open()

        mails = await mailbox.fetch([Announced(uid=4, size=announced, internal_date=None)], limit_bytes=40 * MIB)

    assert ([] if expected is None else [expected]) == [len(mail.raw) for mail in mails]


async def test_a_whole_mail_without_its_origin_is_taken(enter: Enter) -> None:
    """Some servers leave out the origin octet where they send a mail whole."""
    whole = b"* 1 FETCH (UID 4 BODY[] {5}\r\nhello)\r\n{tag} OK done\r\n"
    with ScriptedImap({"UID FETCH": whole}) as server:
        mailbox = enter(server)
        await mailbox.open()

        mails = await mailbox.fetch([Announced(uid=4, size=5, internal_date=None)], limit_bytes=1000)

    assert [b"hello"] == [mail.raw for mail in mails]


async def test_a_refused_keyword_is_no_trouble(enter: Enter) -> None:
    """Where nothing can be moved the mark for people is a courtesy."""
    poor = {
        "SASL": b"{tag} OK [CAPABILITY IMAP4rev1] welcome\r\n",
        "UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n",
        "UID STORE": b"{tag} NO no keywords\r\n",
    }
    with ScriptedImap(poor) as server:
        mailbox = enter(server)
        await mailbox.open()

        assert () == await mailbox.move([4])
        assert 10 == (await mailbox.status()).uidnext


async def test_a_date_after_all_dates_is_no_date(enter: Enter) -> None:
    """One mail of the last day of all, west of Greenwich, does not end each look at the mailbox."""
    told = b'* 1 FETCH (UID 4 RFC822.SIZE 5 INTERNALDATE "31-Dec-9999 23:59:59 -1200")\r\n{tag} OK done\r\n'
    with ScriptedImap({"UID FETCH": told}) as server:
        mailbox = enter(server)
        await mailbox.open()

        seen = await mailbox.describe([4])

    assert (Announced(uid=4, size=5, internal_date=None),) == seen
