"""A daemon that misbehaves is told of, and never left behind."""

import sys
from pathlib import Path

import pytest

from triage.demo.process import DemoFailed, list_tickets, start_daemon

DIES = "import sys; print('{\"event\": \"daemon_started\"}', file=sys.stderr); sys.exit('no such folder')"
STAYS = """
import signal, sys, time
signal.signal(signal.SIGTERM, %s)
print('{"event": "daemon_started"}', file=sys.stderr, flush=True)
time.sleep(60)
"""
IS_READY = "daemon_started"


def make_command(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


async def test_a_daemon_that_dies_is_quoted(tmp_path: Path) -> None:
    """Its exit code and its last words are told; its log is in the file, words outside JSON included."""
    async with start_daemon(make_command(DIES), log_file=tmp_path / "daemon.log") as daemon:
        failure = await daemon.die()

    assert "exit code 1" in str(failure)
    assert str(failure).endswith("no such folder")
    assert [{"event": "daemon_started"}] == daemon.log.heard
    assert (tmp_path / "daemon.log").read_text(encoding="utf-8").endswith("no such folder\n")


async def test_a_daemon_that_stops_in_order_says_so(tmp_path: Path) -> None:
    """SIGTERM, and the exit code that the daemon chose."""
    script = STAYS % "lambda *_: sys.exit(0)"
    async with start_daemon(make_command(script), log_file=tmp_path / "daemon.log") as daemon:
        await daemon.log.find(lambda line: line["event"] == IS_READY)
        code = await daemon.stop()

    assert 0 == code


async def test_a_daemon_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    """The patience ends; that is a failure of the demo, and no process stays."""
    script = STAYS % "signal.SIG_IGN"
    async with start_daemon(make_command(script), log_file=tmp_path / "daemon.log") as daemon:
        await daemon.log.find(lambda line: line["event"] == IS_READY)

        with pytest.raises(DemoFailed, match="did not stop"):
            await daemon.stop(patience_seconds=0.1)
        assert "exit code -9" in str(await daemon.die())


async def test_leaving_early_leaves_no_daemon(tmp_path: Path) -> None:
    """Whatever ends the story ends the daemon."""
    script = STAYS % "signal.SIG_DFL"
    async with start_daemon(make_command(script), log_file=tmp_path / "daemon.log") as daemon:
        await daemon.log.find(lambda line: line["event"] == IS_READY)

    assert "exit code -9" in str(await daemon.die())


async def test_tickets_that_cannot_be_listed_fail_the_demo(tmp_path: Path) -> None:
    """A folder without configuration: the command's own error is told."""
    with pytest.raises(DemoFailed, match="triage tickets --json"):
        await list_tickets(tmp_path)
