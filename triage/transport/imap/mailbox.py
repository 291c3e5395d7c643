"""The port `Mailbox` over IMAP: puts the pieces of this package in order and keeps what was last told.

Each command or block of commands is one job on the connection's thread, so that a task which is cancelled leaves
at most one command behind.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial

from imapclient import IMAPClient

from triage.model.errors import MailboxUnavailable, MoveRefused
from triage.model.mailbox import Announced, FolderStatus, Moved
from triage.model.message import RawMail
from triage.transport.imap.access import ImapAccess
from triage.transport.imap.connection import Connection
from triage.transport.imap.fetching import Source, describe, fetch_block, plan_blocks
from triage.transport.imap.folders import LAST_UID, enter_folders, find_uids, refresh_status
from triage.transport.imap.moving import BATCH, move_batch
from triage.transport.imap.waiting import Bell, wait_for_ring


class ImapMailbox:
    """One watched folder and the folder for processed mail (see `workflows.ports.Mailbox`).

    Its methods are for one task at a time, `wake` apart. After `close`, `open` makes it anew.
    """

    def __init__(self, access: ImapAccess) -> None:
        self._access = access
        self._connection = Connection(access)
        self._bell = Bell()
        self._told: FolderStatus | None = None

    async def open(self) -> FolderStatus:
        if self._bell.closed:
            self._bell = Bell()
        self._told = await self._connection.open(partial(enter_folders, access=self._access))
        return self._told

    async def status(self) -> FolderStatus:
        refresh = partial(refresh_status, access=self._access, selected=self._selected)
        self._told = await self._connection.run(refresh)
        return self._told

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        _check_uids((first, last))
        find = partial(find_uids, first=first, last=last, messages=self._selected.messages)
        return await self._connection.run(find)

    async def describe(self, uids: Sequence[int]) -> tuple[Announced, ...]:
        found: list[Announced] = []
        for batch in _batches(uids):
            found.extend(await self._connection.run(partial(describe, uids=batch)))
        return tuple(found)

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        _check_uids([mail.uid for mail in wanted])
        source = Source(folder=self._access.inbox, uidvalidity=self._selected.uidvalidity, limit_bytes=limit_bytes)
        mails: list[RawMail] = []
        for block in plan_blocks(wanted):
            mails.extend(await self._connection.run(partial(fetch_block, block=block, source=source)))
        return tuple(mails)

    async def move(self, uids: Sequence[int]) -> tuple[Moved, ...]:
        moved: list[Moved] = []
        for batch in _batches(uids):
            done = await self._connection.run(partial(move_batch, uids=batch, folder=self._access.processed))
            if isinstance(done, MoveRefused):
                raise done
            moved.extend(done)
        return tuple(moved)

    async def wait(self, seconds: float) -> None:
        if await self._began_anew_with_news():
            return
        bell = self._bell
        try:
            self._told = await self._connection.run(partial(self._await_change, bell=bell, seconds=seconds))
        except asyncio.CancelledError:
            bell.ring()  # the thread would otherwise wait out its time
            raise

    def wake(self) -> None:
        self._bell.ring()

    async def close(self) -> None:
        self._bell.ring()
        await self._connection.close()
        self._bell.close()

    async def _began_anew_with_news(self) -> bool:
        """Log in with a newer token before the old one dies under our hands; whether the inbox changed meanwhile."""
        if not await self._connection.has_newer_token():
            return False
        before = self._selected
        now = await self.open()
        if now.uidvalidity != before.uidvalidity:  # what the caller knows of the folder no longer holds
            raise MailboxUnavailable("the inbox was numbered anew while we logged in with another token")
        return now != before

    @property
    def _selected(self) -> FolderStatus:
        if self._told is None:
            raise MailboxUnavailable("the mailbox is not open")
        return self._told

    def _await_change(self, client: IMAPClient, *, bell: Bell, seconds: float) -> FolderStatus:
        # A change between the last status and the IDLE would not be announced, so it is looked for first.
        now = refresh_status(client, access=self._access, selected=self._selected)
        if now == self._selected:
            wait_for_ring(client, bell=bell, seconds=seconds)
        return now


def _batches(uids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    _check_uids(uids)
    return (tuple(uids[start : start + BATCH]) for start in range(0, len(uids), BATCH))


def _check_uids(uids: Sequence[int]) -> None:
    """Only whole numbers that can be UIDs ever reach a command; raises `ValueError` for a mistake of the caller."""
    if not all(isinstance(uid, int) and 0 < uid <= LAST_UID for uid in uids):
        raise ValueError("a UID is a whole number from 1 to 4294967295")
