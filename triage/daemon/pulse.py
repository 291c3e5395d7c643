"""The daemon's pulse: what it tells the service manager, and only while the pipeline moves (sd_notify(3)).

Each loop says that it moved, and within how many seconds it will move again; a loop that is late has stalled, and
then no WATCHDOG=1 is sent, so that systemd starts the daemon anew. A lost mail server is no stall: the loop that tries
it again moves. Without NOTIFY_SOCKET nothing is sent, and all else is the same.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from datetime import datetime

import structlog

log = structlog.get_logger("triage.daemon.pulse")

MAILBOX, INTAKE, DELIVERY = "mailbox", "intake", "delivery"
ROUND_TRIP_SECONDS = 300.0
INTAKE_SECONDS = 3600.0  # fifty mails, each of which may cost the reader its time-out and a new worker
SLOWEST_BYTES_A_SECOND = 10_000  # a line slower than this counts as dead


def notify(address: str | None, message: str) -> None:
    """Send one message to the service manager's datagram socket; a leading @ means an abstract one. Never raises."""
    if not address:
        return
    target = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(0)
        line.sendto(message.encode(), target)


class Pulse:
    """Who moved when. `clock` gives seconds that only grow; `tell` takes one message for the service manager."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] | None = None,
        delivery_seconds: float = ROUND_TRIP_SECONDS,
    ) -> None:
        self._clock = clock
        self._tell = tell or (lambda message: notify(os.environ.get("NOTIFY_SOCKET"), message))
        self._patience = {MAILBOX: ROUND_TRIP_SECONDS, INTAKE: INTAKE_SECONDS, DELIVERY: delivery_seconds}
        self._late_at: dict[str, float] = {}
        self._ready = False
        self._reported: frozenset[str] = frozenset()
        self.passed_at: datetime | None = None

    def beat(self, part: str, *, beyond: float = 0) -> None:
        """This loop moved; it moves again within its patience, and `beyond` seconds more where it knows of a wait."""
        self._late_at[part] = self._clock() + self._patience[part] + beyond

    def note_pass(self, now: datetime) -> None:
        """The mailbox was looked through at `now` (aware UTC)."""
        self.passed_at = now

    def ready(self, status: str) -> None:
        """The mailbox was opened, or could not be: everything that waits for us may start."""
        if not self._ready:
            self._ready = True
            self._tell("READY=1")
        self._tell(f"STATUS={status}")

    def stopping(self) -> None:
        """No more mail is begun."""
        self._tell("STOPPING=1\nSTATUS=finishing what is under way")

    def stalled(self) -> frozenset[str]:
        """The loops that should have moved and did not."""
        now = self._clock()
        return frozenset(part for part, late_at in self._late_at.items() if now > late_at)

    def report(self) -> None:
        """Tell the service manager that all is moving; of a stall, the log tells once, and the manager nothing."""
        stalled = self.stalled()
        if not stalled:
            self._tell("WATCHDOG=1")
        for part in sorted(stalled - self._reported):
            log.error("loop_stalled", task=part)
        self._reported = stalled
