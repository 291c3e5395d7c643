"""What only a full server shows: TLS, names in French, servers that lack MOVE or UIDPLUS, a dead line, old flags."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.certificates import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_settings import WITHOUT_MOVE, WITHOUT_UIDPLUS
from tests.servers.proxy import Proxy
from triage.model.errors import MailboxRefused, MailboxUnavailable
from triage.transport.imap import ImapAccess, ImapMailbox

pytestmark = pytest.mark.needs_dovecot

MAIL = b"Subject: essai\r\n\r\nBonjour.\r\n"


@pytest.fixture
async def enter() -> AsyncIterator[Callable[[ImapAccess], ImapMailbox]]:
    """Makes mailboxes and closes them."""
    made: list[ImapMailbox] = []

    def make(access: ImapAccess) -> ImapMailbox:
        made.append(ImapMailbox(access))
        return made[-1]

    yield make
    for mailbox in made:
        await mailbox.close()


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    """A line to the server that can go dead."""
    with Proxy(dovecot.imap_port) as line:
        yield line


Enter = Callable[[ImapAccess], ImapMailbox]


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
async def test_every_way_in_opens_the_inbox(
    dovecot: Dovecot, enter: Enter, tls: Literal["implicit", "starttls", "none"]
) -> None:
    """The folder for processed mail is made and subscribed, its name in French; a second opening finds it."""
    user = dovecot.new_user()
    dovecot.append(user, MAIL)
    mailbox = enter(dovecot.access(user, tls=tls))

    first = await mailbox.open()
    second = await mailbox.open()

    assert (1, first) == (first.messages, second)
    assert ["Traités"] == dovecot.folders(user)


async def test_a_certificate_of_another_authority_is_refused(dovecot: Dovecot, enter: Enter, tmp_path: Path) -> None:
    """The text says that the certificate is the matter, for a person has to mend it."""
    stranger = make_certificate(tmp_path).cert_file
    mailbox = enter(replace(dovecot.access(dovecot.new_user(), tls="implicit"), ca_file=str(stranger)))

    with pytest.raises(MailboxRefused, match="certificate"):
        await mailbox.open()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_certificate_for_another_name_is_refused(
    dovecot: Dovecot, enter: Enter, tls: Literal["implicit", "starttls"]
) -> None:
    """The name in the certificate must be the host that was configured."""
    mailbox = enter(dovecot.access(dovecot.new_user(), tls=tls, host=WITHOUT_MOVE))

    with pytest.raises(MailboxRefused, match=r"(?i)certificate.*match"):
        await mailbox.open()


async def test_a_missing_file_of_authorities_is_refused(dovecot: Dovecot, enter: Enter, tmp_path: Path) -> None:
    """A wrong path is a mistake of the configuration and named."""
    wrong = str(tmp_path / "nowhere.pem")
    mailbox = enter(replace(dovecot.access(dovecot.new_user(), tls="implicit"), ca_file=wrong))

    with pytest.raises(MailboxRefused, match="nowhere"):
        await mailbox.open()


async def test_a_wrong_password_is_refused_and_not_told(dovecot: Dovecot, enter: Enter) -> None:
    """Only a person can mend it; the password is in no text."""
    access = replace(dovecot.access(dovecot.new_user()), password="tout-faux")
    mailbox = enter(access)

    with pytest.raises(MailboxRefused, match="AUTHENTICATIONFAILED") as refused:
        await mailbox.open()
    assert "tout-faux" not in f"{refused.value!r} {access!r}"


async def test_a_missing_inbox_is_refused_by_its_name(dovecot: Dovecot, enter: Enter) -> None:
    """The configured name is in the text."""
    mailbox = enter(replace(dovecot.access(dovecot.new_user()), inbox="Plaintes reçues"))

    with pytest.raises(MailboxRefused, match="Plaintes reçues"):
        await mailbox.open()


async def test_flags_that_people_set_change_nothing(dovecot: Dovecot, enter: Enter) -> None:
    """A mail that somebody read, flagged or marked for deletion is found like any other, its flags untouched."""
    user = dovecot.new_user()
    for _ in range(2):
        dovecot.append(user, MAIL)
    dovecot.set_flags(user, [1], [rb"\Seen", rb"\Deleted", rb"\Flagged"])
    mailbox = enter(dovecot.access(user))
    await mailbox.open()

    mails = await mailbox.fetch(await mailbox.describe(await mailbox.list_uids(1, 10)), limit_bytes=10**6)
    await mailbox.move([2])

    assert [1, 2] == [mail.position.uid for mail in mails]
    assert {1: {rb"\Seen", rb"\Deleted", rb"\Flagged"}} == {u: set(f) for u, f in dovecot.flags(user).items()}


async def test_without_move_a_mail_is_copied_and_expunged_by_uid(dovecot: Dovecot, enter: Enter) -> None:
    """COPY with evidence, then EXPUNGE of these UIDs only: what people marked for deletion stays."""
    user = dovecot.new_user()
    for number in range(3):
        dovecot.append(user, MAIL + b"%d\r\n" % number)
    dovecot.set_flags(user, [3], [rb"\Deleted"])
    mailbox = enter(dovecot.access(user, host=WITHOUT_MOVE))
    await mailbox.open()

    moved = await mailbox.move([1, 2, 77])

    assert [(1, 1), (2, 2)] == [(one.uid, one.new_uid) for one in moved]
    assert [MAIL + b"2\r\n"] == dovecot.messages(user)
    assert [MAIL + b"0\r\n", MAIL + b"1\r\n"] == dovecot.messages(user, "Traités")


async def test_without_uidplus_nothing_is_removed(dovecot: Dovecot, enter: Enter) -> None:
    """No evidence is possible: the mail stays, marked for people by a keyword, and is not claimed to be moved."""
    user = dovecot.new_user()
    dovecot.append(user, MAIL)
    mailbox = enter(dovecot.access(user, host=WITHOUT_UIDPLUS))
    await mailbox.open()

    moved = await mailbox.move([1])

    assert () == moved
    assert [MAIL] == dovecot.messages(user)
    assert {1: (b"$TriageProcessed",)} == dovecot.flags(user)


async def test_without_idle_the_wait_still_ends_by_time_and_bell(dovecot: Dovecot, enter: Enter) -> None:
    """A server that cannot announce costs promptness only."""
    mailbox = enter(dovecot.access(dovecot.new_user(), host=WITHOUT_UIDPLUS))
    await mailbox.open()
    started = time.monotonic()

    await mailbox.wait(0.2)
    slept = time.monotonic() - started
    mailbox.wake()
    await mailbox.wait(60)

    assert 0.15 < slept < 5
    assert time.monotonic() - started < 5


async def test_a_thousand_small_mails_come_in_blocks(dovecot: Dovecot, enter: Enter) -> None:
    """Many mails are listed, fetched whole and in order, and moved in two commands."""
    user = dovecot.new_user()
    raws = [b"Subject: %d\r\n\r\n%s\r\n" % (number, b"x" * (number % 700)) for number in range(1000)]
    dovecot.deliver_many(user, raws)
    mailbox = enter(dovecot.access(user))
    status = await mailbox.open()
    uids = await mailbox.list_uids(1, status.uidnext - 1)

    mails = await mailbox.fetch(await mailbox.describe(uids), limit_bytes=10**6)
    moved = await mailbox.move(uids)

    assert raws == [mail.raw for mail in mails]
    assert list(uids) == [one.uid for one in moved]
    assert raws == dovecot.messages(user, "Traités")


async def test_another_uidvalidity_is_told(dovecot: Dovecot, enter: Enter) -> None:
    """After a migration the new number is in the status and in the position of every mail."""
    user = dovecot.new_user()
    dovecot.append(user, MAIL)
    mailbox = enter(dovecot.access(user))
    before = await mailbox.open()
    dovecot.set_uidvalidity(user, before.uidvalidity + 5)

    try:
        after = await mailbox.status()
    except MailboxUnavailable:  # Dovecot may end the session instead
        after = await mailbox.open()
    mails = await mailbox.fetch(await mailbox.describe([1]), limit_bytes=10**6)

    assert before.uidvalidity + 5 == after.uidvalidity
    assert [after.uidvalidity] == [mail.position.uidvalidity for mail in mails]


async def test_a_dead_line_is_noticed_within_the_read_time(dovecot: Dovecot, enter: Enter, proxy: Proxy) -> None:
    """A connection that swallows everything looks healthy until an answer is due; then it is given up."""
    access = replace(dovecot.access(dovecot.new_user()), port=proxy.port, read_seconds=0.5, connect_seconds=0.5)
    mailbox = enter(access)
    await mailbox.open()
    waiting = asyncio.create_task(mailbox.wait(0.5))
    await asyncio.sleep(0.1)
    proxy.go_dead()
    started = time.monotonic()

    with pytest.raises(MailboxUnavailable, match="in time"):
        await waiting
    with pytest.raises(MailboxUnavailable):
        await mailbox.open()
    assert time.monotonic() - started < 4
    proxy.revive()
    assert (await mailbox.open()).messages == 0


async def test_closing_does_not_wait_for_a_dead_line(dovecot: Dovecot, enter: Enter, proxy: Proxy) -> None:
    """The farewell has three seconds, whatever time an answer may take."""
    mailbox = enter(replace(dovecot.access(dovecot.new_user()), port=proxy.port, read_seconds=300))
    await mailbox.open()
    proxy.go_dead()
    started = time.monotonic()

    await mailbox.close()

    assert time.monotonic() - started < 6
