"""The daemon as a process that may be killed: started by its command line, watched through its log alone."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TRIAGE = ("-m", "triage")
PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.005


class DidNotHappen(Exception):
    """What the campaign waited for did not come; the text says what, and how things stood."""


class Life:
    """One run of the daemon, from its start to its death."""

    def __init__(self, folder: Path, log_file: Path, *, program: Sequence[str] = TRIAGE, once: bool = False) -> None:
        self._log_file = log_file
        self._read_to = 0
        command = [sys.executable, *program, "run", "--config", str(folder), *(["--once"] if once else [])]
        self.started_at = time.monotonic()
        with log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=_environment(),
                start_new_session=True,
            )

    def wait_ready(self) -> float:
        """Wait until the mailbox is open; how long that took since the start, in seconds."""
        self.wait_for("mailbox_opened")
        return time.monotonic() - self.started_at

    def wait_for(self, event: str) -> None:
        """Wait until the log tells an event; `DidNotHappen` where the daemon dies or takes too long."""
        wanted = json.dumps(event).encode()
        while not self._has_logged(wanted):
            if self._process.poll() is not None and not self._has_logged(wanted):
                raise DidNotHappen(f"the daemon ended with {self._process.returncode} before {event}: {self._tail()}")
            if time.monotonic() - self.started_at > PATIENCE_SECONDS:
                raise DidNotHappen(f"the daemon never logged {event}: {self._tail()}")
            time.sleep(_LOOK_SECONDS)

    def wait_dead(self) -> int:
        """Wait until the daemon ends by itself; its exit code, negative for a signal."""
        try:
            return self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise DidNotHappen(f"the daemon did not end: {self._tail()}") from None

    def kill(self, *, whole_group: bool = True) -> None:
        """SIGKILL, to the whole process group or to the daemon alone; then its workers must end by themselves."""
        if whole_group:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and its workers too
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        self._process.terminate()
        return self.wait_dead()

    def end(self) -> None:
        """Whatever still runs of it, at once."""
        if self._process.poll() is None or self.survivors():
            self.kill()

    def peak_mib(self) -> float:
        """The most memory that the daemon itself has held so far, without its workers, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii", errors="replace")
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
        return int(peak) / 1024

    def survivors(self) -> list[int]:
        """Processes of its group that still run."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._owns(entry.name)]

    def wait_alone(self) -> None:
        """Wait until no process of its group runs any more; `DidNotHappen` where one outlives it."""
        end = time.monotonic() + PATIENCE_SECONDS
        while pids := self.survivors():
            if time.monotonic() > end:
                self.kill()
                raise DidNotHappen(f"{len(pids)} worker(s) outlived a killed daemon")
            time.sleep(_LOOK_SECONDS)

    def _owns(self, pid: str) -> bool:
        try:
            # The name of the program, which may hold anything, stands in parentheses.
            state, _, group, *_ = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except (OSError, ValueError):
            return False
        return int(group) == self._process.pid and state not in "ZX"

    def _has_logged(self, wanted: bytes) -> bool:
        with self._log_file.open("rb") as log:
            log.seek(max(0, self._read_to - len(wanted)))
            told = log.read()
            self._read_to = log.tell()
        if wanted in told:
            self._read_to = 0
        return wanted in told

    def _tail(self) -> str:
        return self._log_file.read_text(errors="replace")[-1500:]


def _environment() -> dict[str, str]:
    """Ours without the operator's settings; byte code may be cached, or each start takes seconds longer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "MALLOC_MMAP_THRESHOLD_": "262144"}  # as systemd/triage.service has it
