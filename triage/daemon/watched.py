"""The mailbox with a pulse: every answer of the server is a sign of life, and no wait is longer than it was told."""

from collections.abc import Sequence

from triage.daemon.pulse import MAILBOX, SLOWEST_BYTES_A_SECOND, Pulse
from triage.model.mailbox import Announced, FolderStatus, Moved
from triage.model.message import RawMail
from triage.workflows.ports import Mailbox


class WatchedMailbox:
    """`Mailbox` that tells the pulse of each round trip (see `workflows.ports.Mailbox`)."""

    def __init__(self, mailbox: Mailbox, pulse: Pulse) -> None:
        self._mailbox = mailbox
        self._pulse = pulse

    async def open(self) -> FolderStatus:
        return self._answered(await self._mailbox.open())

    async def status(self) -> FolderStatus:
        return self._answered(await self._mailbox.status())

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        self._pulse.beat(MAILBOX)
        return await self._mailbox.list_uids(first, last)

    async def describe(self, uids: Sequence[int]) -> tuple[Announced, ...]:
        self._pulse.beat(MAILBOX)
        return await self._mailbox.describe(uids)

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        self._pulse.beat(MAILBOX, beyond=sum(each.size for each in wanted) / SLOWEST_BYTES_A_SECOND)
        return await self._mailbox.fetch(wanted, limit_bytes=limit_bytes)

    async def move(self, uids: Sequence[int]) -> tuple[Moved, ...]:
        self._pulse.beat(MAILBOX)
        return await self._mailbox.move(uids)

    async def wait(self, seconds: float) -> None:
        self._pulse.beat(MAILBOX, beyond=seconds)
        await self._mailbox.wait(seconds)
        self._pulse.beat(MAILBOX)

    def wake(self) -> None:
        self._mailbox.wake()

    async def close(self) -> None:
        await self._mailbox.close()

    def _answered(self, status: FolderStatus) -> FolderStatus:
        self._pulse.beat(MAILBOX)
        return status
