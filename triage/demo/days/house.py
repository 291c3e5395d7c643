"""The house in which the days are lived: servers on loopback, the daemon's own parts, and one clock for all of them.

A pass is the very pass of `triage run --once`; what it took in and what left is read from the daemon's ledgers and
from the mail server, as an operator would.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from triage.daemon.bells import Bell
from triage.daemon.build import Parts
from triage.daemon.pulse import Pulse
from triage.daemon.running import make_pass, open_parts
from triage.demo.account import SentMail
from triage.demo.days.moved_clock import MovedClock
from triage.demo.servers import Servers
from triage.model.codes import NoticeKind
from triage.settings.loading import load_configuration
from triage.store.ledgers.outgoing import OutgoingFilter, list_outgoing
from triage.store.ledgers.received import ReceivedEntry, ReceivedFilter, list_received

_NEWEST = 200  # more than one pass of the story ever takes in or sends


@dataclass(frozen=True, slots=True)
class Left:
    """One mail that left, with what the outbox says of it. `number` counts from 1; `ticket` is a number or None."""

    number: int
    mail: SentMail
    kind: NoticeKind
    ticket: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What one pass at `at` (aware UTC) took in and sent."""

    at: datetime
    taken_in: tuple[ReceivedEntry, ...]
    left: tuple[Left, ...]


@dataclass(slots=True)
class House:
    """The service with its servers; time goes on only by `go_on`."""

    servers: Servers
    parts: Parts
    clock: MovedClock
    left: list[Left] = field(default_factory=list)
    _last_mail: int = 0

    async def go_on(self, at: datetime) -> News:
        """One pass at this instant."""
        self.clock.move_to(at)
        await make_pass(self.parts)
        return News(self.clock(), await self._taken_in(), await self._note_left())

    async def _taken_in(self) -> tuple[ReceivedEntry, ...]:
        newest = await self.parts.database.read(lambda tx: list_received(tx, ReceivedFilter(), limit=_NEWEST))
        found = tuple(each for each in reversed(newest) if each.id > self._last_mail)
        self._last_mail = max((each.id for each in found), default=self._last_mail)
        return found

    async def _note_left(self) -> tuple[Left, ...]:
        mails = self.servers.sent.heard[len(self.left) :]
        if not mails:
            return ()
        newest = await self.parts.database.read(lambda tx: list_outgoing(tx, OutgoingFilter(), limit=_NEWEST))
        known = {each.message_id: each for each in newest}
        found = []
        for number, mail in enumerate(mails, start=len(self.left) + 1):
            entry = known[str(mail.read()["Message-ID"]).strip().strip("<>")]
            found.append(Left(number, mail, NoticeKind(entry.kind), entry.ticket))
        self.left.extend(found)
        return tuple(found)


@asynccontextmanager
async def open_house(servers: Servers, clock: MovedClock, folder: Path) -> AsyncIterator[House]:
    """The daemon's parts on the configuration in `folder`, its mailbox open; closed on leaving."""
    async with open_parts(load_configuration(folder), Bell(), Pulse(), clock=clock) as parts:
        await parts.mailbox.open()
        yield House(servers, parts, clock)
