"""Runs the operator's own program for one alert: no shell, one JSON object on its input, a limit to its time.

It learns what kind of thing happened, how often, since when and on which machine; never of whom or what (R-77).
"""

import asyncio
import contextlib
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from triage.model.health import Alert

SECONDS = 30.0
# What was said to us by the service manager, and where our secrets lie, is no business of another program.
_OURS = ("TRIAGE_", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_", "STATE_DIRECTORY")


class AlertFailure(StrEnum):
    """Why nobody was told."""

    NOT_STARTED = "not_started"  # there is no such program, or it may not be run
    LATE = "late"
    FAILED = "failed"  # it ended with another code than 0


@dataclass(frozen=True, slots=True)
class Untold:
    """An alert that did not get through, with the exit code of a program that failed."""

    reason: AlertFailure
    code: int | None = None


async def run_alert_command(
    arguments: Sequence[str], alert: Alert, *, host: str, seconds: float = SECONDS
) -> Untold | None:
    """Run the program once; None where it ended with 0. All that it started is killed when its time is over."""
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=DEVNULL,
            env=_environment(os.environ),
            start_new_session=True,
        )
    except (OSError, ValueError):
        return Untold(AlertFailure.NOT_STARTED)
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(write_alert(alert, host=host))
    except TimeoutError:
        return Untold(AlertFailure.LATE)
    finally:
        await _end(process)
    return None if process.returncode == 0 else Untold(AlertFailure.FAILED, process.returncode)


def write_alert(alert: Alert, *, host: str) -> bytes:
    """The JSON object, on one line; `since` is UTC."""
    since = alert.since_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"kind": alert.kind, "count": alert.count, "since": since, "host": host}).encode() + b"\n"


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(_OURS)}


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
