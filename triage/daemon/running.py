"""`triage run`: from a configuration to a daemon that stops cleanly, or one full pass."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import structlog

from triage import __version__
from triage.daemon.bells import Bell
from triage.daemon.build import Parts, build, open_engine, prepare_schema, require_durability
from triage.daemon.clock import Clock, utc_now
from triage.daemon.keeping.tenure import begin_tenure
from triage.daemon.loops import Bells, run_loops
from triage.daemon.papers import write_due_paper
from triage.daemon.pulse import ROUND_TRIP_SECONDS, Pulse
from triage.model.health import AlertKind
from triage.settings.loading import Configuration
from triage.store.engine import Transaction
from triage.store.health.signs import Living, SignOf, give_sign
from triage.store.lease import Overtaken, only_daemon
from triage.workflows.deadlines import sweep_deadlines
from triage.workflows.digest import prepare_digests
from triage.workflows.intake import take_in_waiting
from triage.workflows.receiving import receive, watch
from triage.workflows.scanning import sweep_scans
from triage.workflows.tidying import tidy

log = structlog.get_logger("triage.daemon.running")


async def run_forever(configuration: Configuration) -> None:
    """Run until SIGTERM or SIGINT; what is under way is finished first.

    Raises `ConfigurationError`, `AlreadyRunning`, and whatever kills a loop.
    """
    bells = Bells(pulse=Pulse(delivery_seconds=configuration.settings.smtp.dot_timeout_seconds + ROUND_TRIP_SECONDS))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bells.stop.set)
    async with open_parts(configuration, bells.delivery, bells.pulse) as parts:
        log.info("daemon_started", version=__version__)
        await parts.database.write(_sign(SignOf.DAEMON, Living.RUNNING, at=parts.clock()))
        try:
            await run_loops(parts, bells, slice_seconds=configuration.settings.imap.slice_seconds)
        except* Overtaken:
            parts.alarms(AlertKind.DAEMON_OVERTAKEN)
            await parts.alarms.tell_due()
            log.error("daemon_overtaken", version=__version__)  # noqa: TRY400  no traceback in our logs
            raise
        with contextlib.suppress(Exception):  # a daemon that cannot say that it ends, ends all the same
            await parts.database.write(_sign(SignOf.DAEMON, Living.STOPPED, at=parts.clock()))
    log.info("daemon_stopped")


async def run_once(configuration: Configuration) -> None:
    """One full pass: fetch, take in, tell staff, deliver what is due, move; then the end.

    Raises `ConfigurationError`, `AlreadyRunning`, `MailboxUnavailable` and `MailboxRefused`.
    """
    async with open_parts(configuration, Bell(), Pulse()) as parts, _told_at_the_end(parts):
        await parts.mailbox.open()
        await make_pass(parts)


async def make_pass(parts: Parts) -> None:
    """One full pass over a mailbox that is open; the present is asked for anew at each step."""
    now = parts.clock
    folder = await watch(parts.receiving, now=now())
    await receive(parts.receiving, now=now(), whole_folder=True)
    while (await take_in_waiting(parts.intake, now=now())).goes_on:
        pass
    await sweep_scans(parts.scanning, now=now())
    await prepare_digests(parts.digests, now=now())
    await sweep_deadlines(parts.deadlines, now=now())
    await parts.dispatcher.recover()
    await parts.dispatcher.deliver_due()
    await tidy(parts.tidying, folder)
    await parts.database.write(_sign(SignOf.MAILBOX, Living.RUNNING, at=now()))
    await write_due_paper(parts.papers, parts.database, now=now())


@asynccontextmanager
async def _told_at_the_end(parts: Parts) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await parts.alarms.tell_due()


def _sign(whose: SignOf, living: Living, *, at: datetime) -> Callable[[Transaction], None]:
    return partial(give_sign, whose=whose, at=at, living=living)


@asynccontextmanager
async def open_parts(
    configuration: Configuration, delivery: Bell, pulse: Pulse, *, clock: Clock = utc_now
) -> AsyncIterator[Parts]:
    """Everything that the daemon runs on, under the lock that keeps a second one out; closed on leaving.

    Raises `ConfigurationError` and `AlreadyRunning`.
    """
    engine = open_engine(configuration)
    with only_daemon(engine) as keep_lock:
        require_durability(engine)
        prepare_schema(engine)
        tenure = begin_tenure(engine, keep_lock)
        parts = build(configuration, engine, on_enqueued=delivery.ring, pulse=pulse, tenure=tenure, clock=clock)
        try:
            await parts.reader.start()
            yield parts
        finally:
            with contextlib.suppress(Exception):  # the lock is given back in any case
                await parts.database.write(tenure.give_back)
            await parts.mailbox.close()
            await parts.sender.close()
            await parts.reader.close()
            await asyncio.to_thread(parts.database.close)
