"""The real daemon as a process: started, listened to, asked for its tickets, and stopped by SIGTERM.

The demo knows the daemon only as an operator does: by its commands, its log and its exit code.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from triage.demo.account import DueTime, LogLine, TicketLine
from triage.demo.hearing import Hearing

STOP_SECONDS = 10.0  # what a clean stop may take
_TAIL = 6  # lines of the log that a failure quotes
_REST_SECONDS = 1.0  # for the last lines of a process that has ended
_LINE_LIMIT_BYTES = 1024 * 1024


class DemoFailed(Exception):
    """The demo could not tell its story; the text says why, in plain words."""


def make_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The daemon's environment: the operator's own settings must not reach the demo, and byte code may be cached."""
    kept = {name: value for name, value in environment.items() if not name.startswith("TRIAGE_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


class Daemon:
    """One running daemon and what its log said so far."""

    def __init__(self, process: Process, log_file: Path) -> None:
        self.log: Hearing[LogLine] = Hearing()
        self._process = process
        self._log_file = log_file
        self._tail: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        stream = self._process.stderr
        with self._log_file.open("wb") as log_file:
            while stream is not None and (line := await stream.readline()):
                log_file.write(line)
                self._tail = [*self._tail, line.decode(errors="replace").rstrip()][-_TAIL:]
                parsed = parse_line(line)
                if parsed is not None:
                    self.log.add(parsed)

    async def die(self) -> DemoFailed:
        """Wait until the process has ended, by whatever cause, and say how."""
        code = await self._process.wait()
        await self._finish_reading()
        last_words = "\n".join(self._tail)
        return DemoFailed(f"the daemon stopped by itself (exit code {code}). Its last words:\n{last_words}")

    async def stop(self, *, patience_seconds: float = STOP_SECONDS) -> int:
        """Ask it to stop; its exit code. Raises `DemoFailed` when it has not stopped in time, and kills it then."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(patience_seconds):
                code = await self._process.wait()
        except TimeoutError:
            await self.kill()
            raise DemoFailed(f"the daemon did not stop within {patience_seconds:.0f} s of SIGTERM") from None
        await self._finish_reading()
        return code

    async def kill(self) -> None:
        """End it at once, with its workers, if it still runs."""
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        await self._finish_reading()

    async def _finish_reading(self) -> None:
        """The rest of the log; a worker that outlives the daemon may hold the pipe open, so not for ever."""
        await asyncio.wait({self._reading}, timeout=_REST_SECONDS)
        self._reading.cancel()


def parse_line(line: bytes) -> LogLine | None:
    """One line of the log, or None where it is not a JSON object (a traceback before the log is set up)."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


@asynccontextmanager
async def start_daemon(command: Sequence[str], *, log_file: Path) -> AsyncIterator[Daemon]:
    """The daemon by its command line, its log copied to a file; whatever happens, it has ended on leaving."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env=make_environment(os.environ),
        process_group=0,  # so that its workers end with it, and Ctrl-C reaches the demo alone
        limit=_LINE_LIMIT_BYTES,
    )
    daemon = Daemon(process, log_file)
    try:
        yield daemon
    finally:
        await daemon.kill()


async def list_tickets(folder: Path) -> tuple[TicketLine, ...]:
    """What `triage tickets --json` prints. Raises `DemoFailed` with its error when it fails."""
    process = await asyncio.create_subprocess_exec(
        *write_command("tickets", folder),
        "--json",
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=make_environment(os.environ),
    )
    printed, complaint = await process.communicate()
    if process.returncode != 0:
        raise DemoFailed(f"« triage tickets --json » failed:\n{complaint.decode(errors='replace').strip()}")
    return tuple(parse_ticket(json.loads(line)) for line in printed.splitlines() if line.strip())


def parse_ticket(line: dict[str, object]) -> TicketLine:
    """One line of `triage tickets --json`. Raises `DemoFailed` where a promised key is missing or wrong."""
    try:
        dues = line["due"]
        return TicketLine(
            reference=str(line["reference"]),
            status=str(line["status"]),
            received_at=datetime.fromisoformat(str(line["received_at"])),
            acknowledged_at=_parse_instant(line["acknowledged_at"]),
            dues=tuple(_parse_due(due) for due in dues) if isinstance(dues, list) else (),
            taken_charge_at=_parse_instant(line["taken_charge_at"]),
            answered_at=_parse_instant(line["answered_at"]),
            restricted=bool(line["restricted"]),
        )
    except (KeyError, ValueError) as error:
        raise DemoFailed(f"« triage tickets --json » printed a line that cannot be understood: {error!r}") from error


def _parse_instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _parse_due(due: dict[str, object]) -> DueTime:
    due_on = due.get("due_on")
    return DueTime(
        standard=str(due["standard"]),
        due_at=datetime.fromisoformat(str(due["due_at"])),
        due_on=date.fromisoformat(str(due_on)) if due_on else None,
    )


def write_command(name: str, folder: Path) -> tuple[str, ...]:
    """A command of this very installation on a configuration folder, as an operator would type it."""
    return (sys.executable, "-m", "triage", name, "--config", str(folder))
