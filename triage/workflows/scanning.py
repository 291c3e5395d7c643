"""Asking the scanner for viruses about mails with attachments, outside of any transaction; what it says is recorded.

No verdict is « clean »: a mail about which the scanner is silent waits, and its ticket and acknowledgement do not.
Where there is no scanner (any more), nothing waits for one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

import structlog

from triage.model.agents.staff import Staff
from triage.model.errors import ScannerUnavailable
from triage.model.health import AlertKind
from triage.model.judgement import ScanResult
from triage.store.database import Database
from triage.store.facts.originals import find_received_bytes
from triage.store.ledgers.scanning import WantedScan, list_wanted, postpone_scan
from triage.workflows.ports import Alarm, Scanner, no_alarm
from triage.workflows.record import Stationery
from triage.workflows.record.charge.scanned import record_scan

GROUP = 50
LONGEST_WAIT = timedelta(minutes=15)

log = structlog.get_logger("triage.workflows.scanning")


@dataclass(slots=True)
class Silence:
    """How often in a row the scanner gave no verdict."""

    times: int = 0


@dataclass(frozen=True, slots=True)
class Scanning:
    """What scanning works with. `on_enqueued` is called after a commit that put a mail in the outbox."""

    database: Database
    scanner: Scanner | None
    staff: Staff
    stationery: Stationery
    on_enqueued: Callable[[], None]
    alarm: Alarm = no_alarm
    silence: Silence = field(default_factory=Silence)


async def sweep_scans(tools: Scanning, *, now: datetime) -> int:
    """Ask about each mail that waits and whose time has come; how many are settled now.

    The first silence ends the sweep: that mail waits longer than the others, so that it alone never keeps them back.
    """
    settled = 0
    while wanted := await tools.database.read(partial(list_wanted, now=now, limit=GROUP)):
        for each in wanted:
            if not await _settle(tools, each, now=now):
                return settled
            settled += 1
    return settled


async def _settle(tools: Scanning, wanted: WantedScan, *, now: datetime) -> bool:
    started = perf_counter()
    raw = await tools.database.read(partial(find_received_bytes, mail_id=wanted.mail_id))
    result = None
    try:
        if tools.scanner is not None and raw is not None:
            result = await tools.scanner.scan(raw)
    except ScannerUnavailable as error:
        await _wait(tools, wanted, error, now=now)
        return False
    tools.silence.times = 0
    enqueued = await tools.database.write(
        partial(
            record_scan,
            mail_id=wanted.mail_id,
            result=result,
            stationery=tools.stationery,
            staff=tools.staff,
            now=now,
        )
    )
    _log(wanted.mail_id, result, size=len(raw or b""), ms=round((perf_counter() - started) * 1000, 1))
    if enqueued:
        tools.on_enqueued()
    return True


async def _wait(tools: Scanning, wanted: WantedScan, error: ScannerUnavailable, *, now: datetime) -> None:
    """Ask again after 1, 2, 4 and at last 15 minutes. A silence is told once, until a verdict ends it."""
    delay = min(timedelta(minutes=1) * 2 ** min(wanted.attempts, 10), LONGEST_WAIT)
    await tools.database.write(partial(postpone_scan, mail_id=wanted.mail_id, next_at=now + delay))
    tools.silence.times += 1
    if tools.silence.times == 1:
        tools.alarm(AlertKind.SCANNER_SILENT)
        log.warning(
            "scanner_silent",
            mail=wanted.mail_id,
            attempt=wanted.attempts + 1,
            delay_seconds=delay.total_seconds(),
            error=error,
        )


def _log(mail_id: int, result: ScanResult | None, *, size: int, ms: float) -> None:
    outcome = "not_asked" if result is None else result.verdict
    log.info("mail_scanned", mail=mail_id, outcome=outcome, size=size, ms=ms)
