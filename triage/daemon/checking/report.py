"""`triage check`: every question in turn, each finding as soon as it is known (MUST 39).

What hangs on a valid configuration is left out while it is not valid, and only that.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from triage.daemon.checking.database import check_database
from triage.daemon.checking.files import (
    check_alert_command,
    check_dates,
    check_letters,
    check_secrets,
    check_settings,
    check_staff,
)
from triage.daemon.checking.probe import check_probe
from triage.daemon.checking.servers import check_mailbox, check_scanner, check_sending
from triage.daemon.clock import utc_now
from triage.model.errors import ConfigurationError, ReaderFailed
from triage.model.health import Finding, Level
from triage.rules.checking.machine import judge_python
from triage.settings.loading import Configuration, load_configuration
from triage.settings.schema import Settings
from triage.transport.sandbox import Sandbox

_SPECIMEN = b"From: a@client.example\r\nSubject: =?utf-8?q?R=C3=A9clamation?=\r\n\r\nBonjour.\r\n"
_SUBJECT = "Réclamation"


async def check_everything(folder: Path, *, probe: bool) -> AsyncIterator[Finding]:
    """All findings. With `probe`, one mail is sent to a plus address of the mailbox."""
    yield judge_python(sys.version_info[:3])
    yield await check_reader()
    settings, findings = check_settings(folder)
    for finding in findings:
        yield finding
    if settings is None:
        return
    for finding in _check_files(folder, settings):
        yield finding
    try:
        configuration = load_configuration(folder)
    except ConfigurationError:
        return  # a secret that cannot be read, which was told above
    async for finding in _check_neighbours(configuration, probe=probe):
        yield finding


async def check_reader() -> Finding:
    """Whether a worker starts behind its walls and reads a specimen."""
    sandbox = Sandbox(workers=1)
    mend = "see that this user may start processes and set their limits (systemd: SystemCallFilter, TasksMax)"
    try:
        message = await sandbox.read(_SPECIMEN)
    except ReaderFailed as failed:
        return Finding("reader", Level.PROBLEM, f"the reader gave no answer ({failed.failure})", mend)
    finally:
        await sandbox.close()
    if message.subject != _SUBJECT:
        return Finding("reader", Level.PROBLEM, "the reader misread a specimen", "install triage again from its wheel")
    return Finding("reader", Level.OK, "a worker started behind its walls and read a specimen")


def _check_files(folder: Path, settings: Settings) -> tuple[Finding, ...]:
    now = utc_now()
    return (
        *check_secrets(folder, settings),
        check_alert_command(settings),
        check_staff(folder, settings),
        *check_dates(folder, settings, now=now),
        *check_letters(folder, settings, now=now),
    )


async def _check_neighbours(configuration: Configuration, *, probe: bool) -> AsyncIterator[Finding]:
    for finding in await asyncio.to_thread(check_database, configuration, clock=utc_now):
        yield finding
    mailbox = await check_mailbox(configuration, clock=utc_now)
    sending = await check_sending(configuration, clock=utc_now)
    for finding in (*mailbox, *sending, *await check_scanner(configuration)):
        yield finding
    if probe and all(each.level is not Level.PROBLEM for each in (*mailbox, *sending)):
        for finding in await check_probe(configuration, clock=utc_now):
            yield finding
