"""The daemon's loops around an office, on a database of their own, running by the real clock."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.digest_worlds import make_digest_policy
from tests.logging_worlds import HeardLog
from tests.office import Office
from tests.watched_worlds import OFFICE, POLICY
from triage.daemon.build import Parts
from triage.daemon.clock import utc_now
from triage.daemon.loops import Bells, run_loops
from triage.daemon.papers import PaperDesk
from triage.model.agents.staff import NOBODY
from triage.model.delivery import DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.store.engine import make_engine
from triage.transport.sandbox import Sandbox
from triage.workflows.deadlines import Deadlines
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.digest import Digests
from triage.workflows.scanning import Scanning

PATIENCE_SECONDS = 10.0
SLICE_SECONDS = 30.0


class Daemon:
    """The loops around an office, running by the real clock; `log` is what they told."""

    def __init__(self, office: Office, log: HeardLog) -> None:
        self.office, self.log = office, log
        self.bells = Bells()
        tools = Delivery(office.database, office.sender, DeliveryPolicy(), utc_now, lambda: 0.0)
        office.intake = type(office.intake)(
            office.database, office.reader, office.intake.policy, office.intake.stationery, self.bells.delivery.ring
        )
        self.parts = Parts(
            database=office.database,
            mailbox=office.mailbox,
            sender=office.sender,
            reader=Sandbox(),  # never started: the reader of fiction reads
            receiving=office.receiving,
            tidying=office.tidying,
            intake=office.intake,
            dispatcher=Dispatcher(tools, rate=SendingRate(per_minute=6000)),
            papers=PaperDesk(observing=False, zone=office.receiving.zone, folder=Path()),
            digests=Digests(office.database, make_digest_policy(), office.intake.stationery, self.bells.delivery.ring),
            deadlines=Deadlines(
                office.database, NOBODY, OFFICE, POLICY, office.intake.stationery, self.bells.delivery.ring
            ),
            scanning=Scanning(office.database, None, NOBODY, office.intake.stationery, self.bells.delivery.ring),
        )
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._running = asyncio.create_task(run_loops(self.parts, self.bells, slice_seconds=SLICE_SECONDS))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; whatever killed a loop is raised."""
        assert self._running is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(0.005)

    async def stop(self) -> float:
        """Ask it to stop; how many seconds that took."""
        assert self._running is not None
        started = time.monotonic()
        self.bells.stop.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._running
        return time.monotonic() - started

    async def end(self) -> None:
        """End it at once, if it runs still."""
        self.bells.stop.set()
        if self._running is not None and not self._running.done():
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


@asynccontextmanager
async def make_daemon(template: Path, folder: Path) -> AsyncIterator[Daemon]:
    """A daemon on an empty database, not started yet; it is ended with the block, however that ends."""
    shutil.copy(template, folder / "triage.db")
    database = Database(make_engine(f"sqlite:///{folder / 'triage.db'}"))
    log = HeardLog()
    with log.heard("debug"):
        made = Daemon(Office(database), log)
        try:
            yield made
        finally:
            await made.end()
    database.close()
