"""What the port `Mailbox` promises, kept by the fake and by the IMAP mailbox on every server at hand."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.servers.mailbox_worlds import DovecotWorld, FakeWorld, PymapWorld, World
from triage.model.errors import MailboxUnavailable
from triage.model.mailbox import Announced, Moved
from triage.model.message import RawMail

MAIL = "Subject: Deuxième essai\r\n\r\nBonjour, \u2028 ça « marche ».\r\n".encode()
LIMIT = 40 * 1024 * 1024
MIB = 1024 * 1024
_DOVECOT = pytest.mark.needs_dovecot


@pytest.fixture(
    params=["fake", "pymap", pytest.param("dovecot", marks=_DOVECOT), pytest.param("dovecot over TLS", marks=_DOVECOT)]
)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A mailbox that is open and empty, with the hands to disturb it."""
    made = make_world(request, str(request.param))
    await made.mailbox.open()
    yield made
    await made.mailbox.close()


def make_world(request: pytest.FixtureRequest, kind: str) -> World:
    if kind == "fake":
        return FakeWorld()
    if kind == "pymap":
        return PymapWorld(request.getfixturevalue("pymap_server"))
    server = request.getfixturevalue("dovecot")
    tls = "implicit" if kind.endswith("TLS") else "none"
    return DovecotWorld(server, server.access(server.new_user(), tls=tls))


async def list_all(world: World) -> tuple[int, ...]:
    status = await world.mailbox.status()
    return await world.mailbox.list_uids(1, status.uidnext - 1)


async def fetch_all(world: World, *, limit_bytes: int = LIMIT) -> tuple[RawMail, ...]:
    announced = await world.mailbox.describe(await list_all(world))
    return await world.mailbox.fetch(announced, limit_bytes=limit_bytes)


async def test_new_mail_is_counted_and_fetched_byte_for_byte(world: World) -> None:
    """What was delivered comes back unchanged, with its place, its size and its instant of arrival."""
    before = await world.mailbox.status()
    for number in range(3):
        await world.deliver(MAIL + b"%d\r\n" % number)

    after = await world.mailbox.status()
    mails = await fetch_all(world)

    assert (before.uidnext + 3, 3, before.uidvalidity) == (after.uidnext, after.messages, after.uidvalidity)
    assert [MAIL + b"%d\r\n" % number for number in range(3)] == [mail.raw for mail in mails]
    assert {(after.folder, after.uidvalidity)} == {(m.position.folder, m.position.uidvalidity) for m in mails}
    assert [len(mail.raw) for mail in mails] == [mail.announced_size for mail in mails]
    assert all(mail.internal_date and mail.internal_date.tzinfo for mail in mails)


async def test_reading_leaves_no_trace(world: World) -> None:
    """After enumerating, describing and fetching, no mail carries any flag."""
    await world.deliver(MAIL)

    await fetch_all(world)

    assert [()] == await world.flags()


async def test_a_mail_removed_by_somebody_is_missing_and_never_empty(world: World) -> None:
    """Once the server knows, an expunged mail is in no answer; before, it may still come, but whole (RFC 2180)."""
    await world.deliver(MAIL)
    await world.deliver(MAIL)
    gone, kept = await list_all(world)
    announced = await world.mailbox.describe([gone, kept])
    await world.expunge(gone)

    fetched = await world.mailbox.fetch(announced, limit_bytes=LIMIT)
    again = await fetch_all(world)

    assert {MAIL} == {mail.raw for mail in fetched}
    assert kept in [mail.position.uid for mail in fetched]
    assert [kept] == [mail.position.uid for mail in again]
    assert (kept,) == await list_all(world)
    assert [kept] == [mail.uid for mail in await world.mailbox.describe([gone, kept])]


@pytest.mark.parametrize("size", [3 * MIB + 17, 2 * MIB], ids=["3 MiB and some", "exactly 2 MiB"])
async def test_a_large_mail_comes_in_pieces_and_is_whole(world: World, size: int) -> None:
    """Pieces of 1 MiB are put together in order, also where the last piece is exactly full."""
    lines = b"".join(b"%062d\r\n" % number for number in range(size // 64))
    raw = (b"Subject: gros\r\n\r\n" + lines)[: size - 2] + b"\r\n"
    await world.deliver(MAIL)
    await world.deliver(raw)

    mails = await fetch_all(world)

    assert [len(MAIL), len(raw)] == [len(mail.raw) for mail in mails]
    assert mails[1].raw == raw
    assert not mails[1].truncated


async def test_a_mail_over_the_limit_is_cut_to_its_first_mebibyte(world: World) -> None:
    """Beyond the limit the headers and the first MiB are kept and the mail is marked; smaller ones are whole."""
    raw = b"Subject: trop gros\r\n\r\n" + b"0123456789abcd\r\n" * (2 * MIB // 16)
    await world.deliver(raw)
    await world.deliver(MAIL)

    large, small = await fetch_all(world, limit_bytes=MIB + MIB // 2)

    assert (True, MIB) == (large.truncated, len(large.raw))
    assert raw.startswith(large.raw)
    assert (False, MAIL) == (small.truncated, small.raw)


async def test_a_size_that_was_announced_wrongly_does_no_harm(world: World) -> None:
    """RFC822.SIZE is a hint: too small or too large, the whole mail comes."""
    raw = b"Subject: menteur\r\n\r\n" + b"0123456789abcd\r\n" * (MIB // 16)
    await world.deliver(raw)
    await world.deliver(MAIL)
    large, small = await world.mailbox.describe(await list_all(world))
    lies = [replace(large, size=10), replace(small, size=5 * MIB)]

    mails = await world.mailbox.fetch(lies, limit_bytes=LIMIT)

    assert [raw, MAIL] == [mail.raw for mail in mails]


async def test_uids_are_listed_by_windows(world: World) -> None:
    """Both ends of a window count; an empty window is empty even when mails stand below it."""
    for _ in range(4):
        await world.deliver(MAIL)
    uids = await list_all(world)

    assert uids[1:3] == await world.mailbox.list_uids(uids[1], uids[2])
    assert () == await world.mailbox.list_uids(uids[-1] + 1, uids[-1] + 5000)
    assert uids == await world.mailbox.list_uids(1, uids[-1])


async def test_a_move_brings_evidence_and_can_be_repeated(world: World) -> None:
    """Moved mails are named with their new UID; a second try and an unknown UID bring no evidence."""
    for number in range(3):
        await world.deliver(MAIL + b"%d\r\n" % number)
    uids = await list_all(world)

    moved = await world.mailbox.move([*uids[:2], uids[-1] + 1000])
    again = await world.mailbox.move(uids[:2])

    assert list(uids[:2]) == [one.uid for one in moved]
    assert len({one.new_uid for one in moved} - {None}) == 2
    assert () == again
    assert [MAIL + b"0\r\n", MAIL + b"1\r\n"] == await world.processed()
    assert uids[2:] == await list_all(world)


async def test_nothing_asked_is_nothing_done(world: World) -> None:
    """Empty requests are answered without a word to the server."""
    assert () == await world.mailbox.describe([])
    assert () == await world.mailbox.fetch([], limit_bytes=LIMIT)
    assert () == await world.mailbox.move([])
    assert () == await world.mailbox.fetch([Announced(uid=4_000_000, size=10, internal_date=None)], limit_bytes=LIMIT)


async def test_a_wait_ends_when_mail_arrives(world: World) -> None:
    """The server's announcement ends the wait long before its time."""
    await world.mailbox.status()
    waiting = asyncio.create_task(world.mailbox.wait(60))
    await asyncio.sleep(0.1)
    await world.deliver(MAIL)
    started = time.monotonic()

    await waiting

    assert time.monotonic() - started < world.announce_seconds
    assert len(await list_all(world)) == 1


async def test_mail_that_came_before_the_wait_ends_it_at_once(world: World) -> None:
    """What arrives between a status and a wait is not slept over."""
    await world.mailbox.status()
    await world.deliver(MAIL)
    started = time.monotonic()

    await world.mailbox.wait(60)

    assert time.monotonic() - started < world.announce_seconds


async def test_a_wait_ends_when_woken(world: World) -> None:
    """`wake` ends a wait under way, or else the next one."""
    started = time.monotonic()
    waiting = asyncio.create_task(world.mailbox.wait(60))
    await asyncio.sleep(0.1)
    world.mailbox.wake()
    await waiting
    world.mailbox.wake()
    await world.mailbox.wait(60)

    assert time.monotonic() - started < 5


async def test_a_wait_ends_after_its_time(world: World) -> None:
    """Where nothing happens the wait lasts as long as it was told, and the mailbox works afterwards."""
    started = time.monotonic()
    await world.mailbox.wait(0.3)

    assert 0.25 < time.monotonic() - started < 5
    assert (await world.mailbox.status()).messages == 0


async def test_a_cancelled_wait_leaves_the_mailbox_free(world: World) -> None:
    """A task that is cancelled in a long wait does not keep the connection."""
    waiting = asyncio.create_task(world.mailbox.wait(60))
    await asyncio.sleep(0.1)
    waiting.cancel()
    started = time.monotonic()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await world.mailbox.status()).messages == 0
    assert time.monotonic() - started < 5


async def test_a_server_that_went_away_is_told_and_found_again(world: World) -> None:
    """A wait under way and every later call say so; `open` works again once the server is back."""
    await world.deliver(MAIL)
    uids = await list_all(world)
    waiting = asyncio.create_task(world.mailbox.wait(60))
    await asyncio.sleep(0.1)
    await world.go_away()
    with pytest.raises(MailboxUnavailable):
        await waiting
    with pytest.raises(MailboxUnavailable):
        await world.mailbox.status()
    with pytest.raises(MailboxUnavailable):
        await world.mailbox.open()
    await world.come_back()

    status = await world.mailbox.open()

    assert status.messages == 1
    assert uids == await list_all(world)
    assert isinstance((await world.mailbox.move(uids))[0], Moved)


async def test_a_closed_mailbox_can_be_opened_again(world: World) -> None:
    """`close` may be repeated; until `open` every call says that there is no connection."""
    await world.mailbox.close()
    await world.mailbox.close()
    with pytest.raises(MailboxUnavailable):
        await world.mailbox.status()

    assert (await world.mailbox.open()).messages == 0
