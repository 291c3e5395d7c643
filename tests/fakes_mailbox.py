"""A mailbox in memory behind the port `Mailbox`, with the hands of the people and servers that disturb one.

The tests of `tests/integration/test_mailbox_contract.py` hold it to the behaviour of the real ones.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from triage.model.errors import MailboxUnavailable
from triage.model.mailbox import Announced, FolderStatus, Moved
from triage.model.message import RawMail, ServerPosition

_MIB = 1024 * 1024
ARRIVAL_AT = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Backup:
    """The inbox of a server at one moment, and the UID that it would have given next."""

    inbox: dict[int, tuple[bytes, datetime | None]]
    uidnext: int

    def dated(self, at: datetime) -> "Backup":
        """The same mails as a tool brings them back that knows nothing of when they came."""
        return Backup({uid: (raw, at) for uid, (raw, _) in self.inbox.items()}, self.uidnext)


class FakeMailbox:
    """`processed` holds what was moved, by its new UID; `calls` the methods as they came; `uidnext` may be raised."""

    def __init__(self, *, folder: str = "INBOX", uidvalidity: int = 1) -> None:
        self.folder = folder
        self.uidvalidity = uidvalidity
        self.processed: dict[int, bytes] = {}
        self.calls: list[str] = []
        self._inbox: dict[int, tuple[bytes, datetime | None]] = {}
        self.uidnext = 1
        self._failures: list[Exception] = []
        self._reachable = True
        self._connected = False
        self._told: FolderStatus | None = None
        self._bell = asyncio.Event()
        self._woken = False

    # What others do to a mailbox.

    def deliver(self, raw: bytes, *, internal_date: datetime | None = ARRIVAL_AT) -> int:
        """A mail arrives; its UID."""
        uid = self.uidnext
        self._inbox[uid] = (raw, internal_date)
        self.uidnext += 1
        self._bell.set()
        return uid

    def expunge(self, *uids: int) -> None:
        """Somebody removes mails."""
        for uid in uids:
            self._inbox.pop(uid, None)
        self._bell.set()

    def change_uidvalidity(self) -> None:
        """The server is moved or restored: the same mails under new UIDs."""
        mails = list(self._inbox.values())
        self.uidvalidity += 1
        self._inbox = dict(enumerate(mails, start=1))
        self.uidnext = len(mails) + 1
        self._bell.set()

    def back_up(self) -> Backup:
        """What the server's administrator puts aside."""
        return Backup(dict(self._inbox), self.uidnext)

    def restore(self, backup: Backup) -> None:
        """The server is as it was: what came since is gone, and its UIDs are given again."""
        self._inbox, self.uidnext = dict(backup.inbox), backup.uidnext
        self._connected = False
        self._bell.set()

    def fail_next(self, *failures: Exception) -> None:
        """The next calls raise these, one each, before they do anything, and the connection is lost."""
        self._failures.extend(failures)

    def go_away(self) -> None:
        """The server is gone until `come_back`; a wait under way ends."""
        self._reachable = self._connected = False
        self._bell.set()

    def come_back(self) -> None:
        """The server is there again."""
        self._reachable = True

    @property
    def inbox(self) -> dict[int, bytes]:
        """The mails in the inbox by UID."""
        return {uid: raw for uid, (raw, _) in self._inbox.items()}

    # The port.

    async def open(self) -> FolderStatus:
        self._connected = self._reachable
        self._enter("open")
        self._told = self._stand()
        return self._told

    async def status(self) -> FolderStatus:
        self._enter("status")
        self._told = self._stand()
        return self._told

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        self._enter("list_uids")
        return tuple(sorted(uid for uid in self._inbox if first <= uid <= last))

    async def describe(self, uids: Sequence[int]) -> tuple[Announced, ...]:
        self._enter("describe")
        known = ((uid, *self._inbox[uid]) for uid in uids if uid in self._inbox)
        return tuple(Announced(uid=uid, size=len(raw), internal_date=at) for uid, raw, at in known)

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        self._enter("fetch")
        return tuple(self._hand_over(mail, limit_bytes) for mail in wanted if mail.uid in self._inbox)

    async def move(self, uids: Sequence[int]) -> tuple[Moved, ...]:
        self._enter("move")
        moved = []
        for uid in sorted(set(uids) & set(self._inbox)):
            new_uid = len(self.processed) + 1
            self.processed[new_uid], _ = self._inbox.pop(uid)
            moved.append(Moved(uid=uid, new_uid=new_uid))
        return tuple(moved)

    async def wait(self, seconds: float) -> None:
        self._enter("wait")
        if self._told == self._stand() and not self._woken:
            self._bell.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._bell.wait()
        self._woken = False
        self._told = self._stand()
        self._check_connected()

    def wake(self) -> None:
        self._woken = True
        self._bell.set()

    async def close(self) -> None:
        self.calls.append("close")
        self._connected = False
        self._bell.set()

    def _enter(self, call: str) -> None:
        self.calls.append(call)
        if self._failures:
            self._connected = False
            raise self._failures.pop(0)
        self._check_connected()

    def _check_connected(self) -> None:
        if not self._connected:
            raise MailboxUnavailable("the mailbox is not connected")

    def _stand(self) -> FolderStatus:
        return FolderStatus(
            folder=self.folder, uidvalidity=self.uidvalidity, uidnext=self.uidnext, messages=len(self._inbox)
        )

    def _hand_over(self, mail: Announced, limit_bytes: int) -> RawMail:
        raw, at = self._inbox[mail.uid]
        over = len(raw) > limit_bytes
        return RawMail(
            position=ServerPosition(folder=self.folder, uidvalidity=self.uidvalidity, uid=mail.uid),
            raw=raw[:_MIB] if over else raw,
            internal_date=at,
            announced_size=mail.size,
            truncated=over,
        )
