"""The tick: APScheduler wakes the sweeps, and nothing hangs on a tick being on time (MUST 28).

Jobs live in memory, missed ticks are made up once, and a callback only rings a bell: what is due is a question to
the database, so a tick that never comes costs delay, never loss.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler


@dataclass(frozen=True, slots=True)
class Tick:
    """Call `ring` every `seconds`; the first call comes one span after the start."""

    name: str
    seconds: float
    ring: Callable[[], Awaitable[None]]


class Schedule:
    """Ticks between `start` and `stop`."""

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        # Intervals only, so the scheduler's own zone and its trouble with clock changes never matter: UTC.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for tick in ticks:
            self._scheduler.add_job(tick.ring, "interval", seconds=tick.seconds, id=tick.name, name=tick.name)

    def start(self) -> None:
        """Begin to tick; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        self._scheduler.shutdown(wait=False)
