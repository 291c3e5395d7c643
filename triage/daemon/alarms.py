"""From what a loop noticed to a person's telephone: the book of alerts, and the one task that runs the command.

Noting never waits and never fails; a command that hangs or is missing delays no mail. What is told is told in the log
as well, so that a machine without a command loses nothing but the call.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import structlog

from triage.daemon.bells import Bell
from triage.daemon.clock import utc_now
from triage.model.health import Alert, AlertKind
from triage.model.standard import BusinessCalendar, OpeningHours
from triage.rules.alerts import AlertBook, is_silent_too_long, note, note_lasting, take_due
from triage.transport.alert import SECONDS, run_alert_command

GRACE_SECONDS = 0.5

log = structlog.get_logger("triage.daemon.alarms")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When a silence of the mailbox is worse: opening hours on the days of a calendar."""

    hours: OpeningHours
    calendar: BusinessCalendar


class Alarms:
    """`workflows.ports.Alarm`, and its teller. Without a command the log alone is told."""

    def __init__(
        self,
        command: Sequence[str] = (),
        *,
        office: OfficeHours | None = None,
        clock: Callable[[], datetime] = utc_now,
        seconds: float = SECONDS,
    ) -> None:
        self._command = tuple(command)
        self._office = office
        self._clock = clock
        self._seconds = seconds
        self._book: AlertBook = {}
        self._turn = threading.Lock()  # the database's thread notes too
        self._bell = Bell()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, kind: AlertKind, count: int = 1) -> None:
        with self._turn:
            self._book = note(self._book, kind, count=count, at=self._clock())
        self._ring()

    def watch_mailbox(self, last_at: datetime) -> None:
        """Note it where the mailbox was last read at `last_at`, too long ago."""
        now, office = self._clock(), self._office
        if office and is_silent_too_long(last_at, now, hours=office.hours, calendar=office.calendar):
            with self._turn:
                self._book = note_lasting(self._book, AlertKind.MAILBOX_NOT_READ, since_at=last_at, now=now)

    async def run(self, stop: asyncio.Event, *, look_every: float) -> None:
        """Tell until `stop` is set; a command under way then has half a second left."""
        self._loop = asyncio.get_running_loop()
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                telling = asyncio.create_task(self._tell_and_wait(look_every))
                await asyncio.wait({telling, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set():
                    self._bell.ring()
                    await asyncio.wait({telling}, timeout=GRACE_SECONDS)
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)
        finally:
            stopping.cancel()
            self._loop = None

    async def tell_due(self) -> None:
        """Tell what is due, one after the other; never raises."""
        with self._turn:
            self._book, alerts = take_due(self._book, self._clock())
        for alert in alerts:
            await self._tell(alert)

    async def _tell_and_wait(self, seconds: float) -> None:
        await self.tell_due()
        await self._bell.listen(seconds)

    async def _tell(self, alert: Alert) -> None:
        log.error("alert_raised", kind=alert.kind, count=alert.count)
        if not self._command:
            return
        started = perf_counter()
        untold = await run_alert_command(self._command, alert, host=socket.gethostname(), seconds=self._seconds)
        if untold is None:
            log.info("alert_told", kind=alert.kind, ms=round((perf_counter() - started) * 1000, 1))
        else:
            log.error("alert_not_told", kind=alert.kind, reason=untold.reason, code=untold.code)

    def _ring(self) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it was closed this very moment
                loop.call_soon_threadsafe(self._bell.ring)
