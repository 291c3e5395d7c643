"""The daemon's loops: watch the mailbox, take mail in, deliver. Each asks the database what there is to do.

A loop that dies stops the daemon, loudly, and the service manager starts it again; the broken world (a lost
connection, a database that does not answer) is caught around one pass and tried again after a pause.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from triage.daemon.bells import Bell
from triage.daemon.build import Parts
from triage.daemon.keeping import pauses
from triage.daemon.papers import write_due_paper
from triage.daemon.pulse import DELIVERY, INTAKE, MAILBOX, Pulse
from triage.model.errors import ConfigurationError, MailboxUnavailable
from triage.model.health import AlertKind
from triage.schedule import Schedule, Tick
from triage.store.engine import Transaction
from triage.store.health.signs import SignOf, give_sign
from triage.store.health.trouble import database_trouble
from triage.store.lease import Overtaken
from triage.workflows.deadlines import sweep_deadlines
from triage.workflows.digest import prepare_digests
from triage.workflows.intake import take_in_waiting
from triage.workflows.ports import Alarm
from triage.workflows.receiving import receive, watch
from triage.workflows.scanning import sweep_scans
from triage.workflows.tidying import tidy

log = structlog.get_logger("triage.daemon.loops")

RECONCILE_EVERY = timedelta(hours=1)
TICK_SECONDS = 15.0
SIGN_SECONDS = 60.0
SWEEP_SECONDS = 60.0


@dataclass(slots=True)
class Bells:
    """Who wakes whom, and who moved when."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    intake: Bell = field(default_factory=Bell)
    delivery: Bell = field(default_factory=Bell)
    deadlines: Bell = field(default_factory=Bell)
    pulse: Pulse = field(default_factory=Pulse)


async def run_loops(parts: Parts, bells: Bells, *, slice_seconds: float) -> None:
    """Run until `bells.stop` is set; every loop finishes what it has begun."""
    schedule = Schedule(
        (
            Tick("intake", TICK_SECONDS, _ringer(bells.intake)),
            Tick("delivery", TICK_SECONDS, _ringer(bells.delivery)),
            Tick("pulse", TICK_SECONDS, _reporter(bells.pulse)),
            Tick("signs", SIGN_SECONDS, _sign_giver(parts, bells.pulse)),
            Tick("alarms", TICK_SECONDS, _silence_watcher(parts, bells.pulse, since=parts.clock())),
            Tick("papers", SIGN_SECONDS, _paper_writer(parts)),
            Tick("digests", TICK_SECONDS, _digest_maker(parts)),
            Tick("scanning", TICK_SECONDS, _scanner_asker(parts)),
            Tick("deadlines", SWEEP_SECONDS, _ringer(bells.deadlines)),
        )
    )
    schedule.start()
    try:
        async with asyncio.TaskGroup() as loops:
            loops.create_task(_wake_all_at_stop(parts, bells), name="stop")
            loops.create_task(watch_mailbox(parts, bells, slice_seconds=slice_seconds), name="mailbox")
            loops.create_task(take_in_mail(parts, bells), name="intake")
            loops.create_task(deliver_mail(parts, bells), name="delivery")
            loops.create_task(watch_deadlines(parts, bells), name="deadlines")
            loops.create_task(keep_tenure(parts, bells), name="tenure")
            loops.create_task(parts.alarms.run(bells.stop, look_every=TICK_SECONDS), name="alarms")
    finally:
        schedule.stop()


async def watch_mailbox(parts: Parts, bells: Bells, *, slice_seconds: float) -> None:
    """Connect, receive, tidy, wait for the doorbell; connect again after a pause when the connection is lost."""
    failures = 0
    while not bells.stop.is_set():
        try:
            await _stay_connected(parts, bells, slice_seconds=slice_seconds)
        except (ConfigurationError, Overtaken):
            raise
        except Exception as error:  # noqa: BLE001  around one connection: nothing of it is known to hold
            failures = 1 if isinstance(error, pauses.Reconnect) else failures + 1
            seconds = pauses.pause_after(error, failures)
            _tell_of_pause(error, seconds, parts.alarms)
            bells.pulse.beat(MAILBOX, beyond=seconds)
            bells.pulse.ready(f"the mailbox cannot be read; next try in {seconds:.0f} s")
            await _pause(bells.stop, seconds)
    await parts.mailbox.close()


def _tell_of_pause(error: Exception, seconds: float, alarm: Alarm) -> None:
    trouble = database_trouble(error)
    if trouble is not None:
        alarm(AlertKind.DATABASE_TROUBLE)
        log.error("database_unavailable", reason=trouble, delay_seconds=round(seconds, 1), error=error)
    else:
        log.warning("mailbox_lost", error=pauses.cause_of(error), delay_seconds=round(seconds, 1))


async def _stay_connected(parts: Parts, bells: Bells, *, slice_seconds: float) -> None:
    await parts.mailbox.open()
    folder = await watch(parts.receiving, now=parts.clock())
    log.info("mailbox_opened", folder=folder.name, uidvalidity=folder.uidvalidity)
    # Not after the first pass: on an old mailbox it may take longer than a service manager waits for a start.
    bells.pulse.ready("reading the mailbox")
    scanned_at: datetime | None = None
    clock = asyncio.get_running_loop().time
    opened, suspects, passed = clock(), dict(parts.receiving.suspects), False
    try:
        while not bells.stop.is_set():
            now = parts.clock()
            whole = scanned_at is None or now - scanned_at >= RECONCILE_EVERY
            # Before the listing: the wait ends at once for what changed since the last status, and for nothing older.
            folder = await watch(parts.receiving, now=now) if whole else folder
            received = await receive(parts.receiving, now=now, whole_folder=whole)
            scanned_at = now if whole else scanned_at
            if received:
                log.info("mail_received", count=received)
                bells.intake.ring()
            await tidy(parts.tidying, folder)
            passed = True
            bells.pulse.note_pass(now)
            bells.pulse.ready("watching the mailbox")
            await parts.mailbox.wait(slice_seconds)
    except MailboxUnavailable as lost:
        # A server that lets us in and hangs up at once is as unwell as one that does not let us in (MUST 13).
        if passed and clock() - opened >= pauses.USEFUL_SECONDS:
            raise pauses.Reconnect from lost
        if suspects != parts.receiving.suspects:
            raise pauses.OverAMail from lost
        raise


async def take_in_mail(parts: Parts, bells: Bells) -> None:
    """Take in what was received; what was settled can leave the inbox."""

    async def one_pass() -> bool:
        done = await take_in_waiting(parts.intake, now=parts.clock())
        if done.settled:
            parts.mailbox.wake()
        return done.goes_on

    while not bells.stop.is_set():
        bells.pulse.beat(INTAKE)
        while await _safely("intake", one_pass, parts.alarms) and not bells.stop.is_set():
            bells.pulse.beat(INTAKE)
        await bells.intake.listen()


async def deliver_mail(parts: Parts, bells: Bells) -> None:
    """Deliver what is due, then sleep until something is due or a bell rings."""

    def is_over() -> bool:  # asked before each mail
        bells.pulse.beat(DELIVERY)
        return bells.stop.is_set()

    while not bells.stop.is_set():
        try:
            await parts.dispatcher.recover()
            while not is_over():
                seconds = await parts.dispatcher.deliver_due(until=is_over)
                await bells.delivery.listen(seconds)
        except Overtaken:
            raise
        except Exception as error:  # noqa: BLE001  around one sweep: what it had claimed is recovered, then it goes on
            _tell_of_failure("delivery", error, parts.alarms)
            bells.pulse.beat(DELIVERY)
            await _pause(bells.stop, TICK_SECONDS)
    await parts.sender.close()


async def watch_deadlines(parts: Parts, bells: Bells) -> None:
    """Sweep at once, since ticks may have been missed, and then at each bell (MUST 29)."""

    async def one_sweep() -> bool:
        return (await sweep_deadlines(parts.deadlines, now=parts.clock())).notices > 0

    while not bells.stop.is_set():
        await _safely("deadlines", one_sweep, parts.alarms)
        await bells.deadlines.listen()


async def keep_tenure(parts: Parts, bells: Bells) -> None:
    """Renew the lease each tick, and hold the lock; a daemon that was overtaken ends (MUST 38)."""
    while parts.tenure is not None and not bells.stop.is_set():
        try:
            await parts.tenure.renew(parts.database)
        except Overtaken:
            raise
        except Exception as error:  # noqa: BLE001  a database in trouble: the fence holds, and the next tick tries again
            _tell_of_failure("tenure", error, parts.alarms)
        await _pause(bells.stop, TICK_SECONDS)


async def _safely(sweep: str, one_pass: Callable[[], Awaitable[object]], alarm: Alarm) -> bool:
    # The other place that catches everything: around one sweep.
    try:
        return bool(await one_pass())
    except Overtaken:
        raise
    except Exception as error:  # noqa: BLE001  the next tick tries again
        _tell_of_failure(sweep, error, alarm)
        return False


def _tell_of_failure(sweep: str, error: Exception, alarm: Alarm) -> None:
    # No traceback: it would quote mails.
    trouble = database_trouble(error)
    log.error("sweep_failed", sweep=sweep, reason=trouble, error=error)
    if trouble is not None:
        alarm(AlertKind.DATABASE_TROUBLE)


async def _wake_all_at_stop(parts: Parts, bells: Bells) -> None:
    await bells.stop.wait()
    bells.pulse.stopping()
    parts.mailbox.wake()
    bells.intake.ring()
    bells.delivery.ring()
    bells.deadlines.ring()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _ringer(bell: Bell) -> Callable[[], Awaitable[None]]:
    async def ring() -> None:
        bell.ring()

    return ring


def _reporter(pulse: Pulse) -> Callable[[], Awaitable[None]]:
    async def report() -> None:
        pulse.report()

    return report


def _silence_watcher(parts: Parts, pulse: Pulse, *, since: datetime) -> Callable[[], Awaitable[None]]:
    async def watch_silence() -> None:
        parts.alarms.watch_mailbox(pulse.passed_at or since)

    return watch_silence


def _paper_writer(parts: Parts) -> Callable[[], Awaitable[None]]:
    async def write() -> None:
        await _safely("papers", lambda: write_due_paper(parts.papers, parts.database, now=parts.clock()), parts.alarms)

    return write


def _digest_maker(parts: Parts) -> Callable[[], Awaitable[None]]:
    async def make() -> None:
        await _safely("digests", lambda: prepare_digests(parts.digests, now=parts.clock()), parts.alarms)

    return make


def _scanner_asker(parts: Parts) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        await _safely("scanning", lambda: sweep_scans(parts.scanning, now=parts.clock()), parts.alarms)

    return ask


def _sign_giver(parts: Parts, pulse: Pulse) -> Callable[[], Awaitable[None]]:
    def give(tx: Transaction) -> None:
        give_sign(tx, SignOf.DAEMON, at=parts.clock())
        if pulse.passed_at is not None:
            give_sign(tx, SignOf.MAILBOX, at=pulse.passed_at)

    async def give_safely() -> None:
        # A database that does not take it is told of by the loops that work with it.
        with contextlib.suppress(Exception):
            await parts.database.write(give)

    return give_safely
