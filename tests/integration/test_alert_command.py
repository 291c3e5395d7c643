"""`[alert] command`: a program of the operator's, run for real; missing, failing and hanging ones delay nobody."""

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.logging_worlds import HeardLog
from tests.matters import make_policy, write_mail
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import Fault, Point, ScriptedSmtpServer
from triage.daemon.alarms import Alarms, OfficeHours
from triage.model.health import Alert, AlertKind
from triage.settings.hours import read_opening_hours
from triage.transport.alert import AlertFailure, Untold, run_alert_command

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
ALERT = Alert(AlertKind.DEAD_LETTER, 2, NOW)
PATIENCE_SECONDS = 10.0
WRITES = """
import os, sys
open(sys.argv[1] + ".env", "w").write(str(dict(os.environ)))
open(sys.argv[1], "a").write(sys.stdin.read())
"""
HANGS = (
    "import subprocess, sys, time; subprocess.Popen(['sleep', '61.5']); open(sys.argv[1], 'w').close(); time.sleep(61)"
)


def program(script: str, file: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", script, str(file))


async def test_the_program_gets_one_json_object_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kind, count, since and host; no setting, no credential, no line to the service manager in its environment."""
    for name in ("TRIAGE_IMAP__HOST", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "STATE_DIRECTORY"):
        monkeypatch.setenv(name, "le-notre-4471")
    file = tmp_path / "called"
    untold = await run_alert_command(program(WRITES, file), ALERT, host="mail-1")

    assert untold is None
    assert {"kind": "dead_letter", "count": 2, "since": "2026-11-20T15:00:00Z", "host": "mail-1"} == json.loads(
        file.read_text(encoding="utf-8")
    )
    assert "le-notre-4471" not in (tmp_path / "called.env").read_text(encoding="utf-8")


async def test_a_program_that_cannot_help_is_a_value(tmp_path: Path) -> None:
    """Missing, not executable, failing, not reading its input."""
    text = tmp_path / "no-program"
    text.write_text("words", encoding="utf-8")

    assert Untold(AlertFailure.NOT_STARTED) == await run_alert_command([str(tmp_path / "none")], ALERT, host="h")
    assert Untold(AlertFailure.NOT_STARTED) == await run_alert_command([str(text)], ALERT, host="h")
    assert Untold(AlertFailure.FAILED, 3) == await run_alert_command(
        program("import sys; sys.exit(3)", text), ALERT, host="h"
    )
    assert await run_alert_command(program("pass", text), ALERT, host="h") is None


async def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    """When its time is over; nothing of it stays."""
    started = time.monotonic()
    untold = await run_alert_command(program(HANGS, tmp_path / "called"), ALERT, host="h", seconds=1)

    assert Untold(AlertFailure.LATE) == untold
    assert time.monotonic() - started < 5
    await until(lambda: not any("61.5" in line for line in running()))


def running() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_text(encoding="utf-8", errors="replace").replace("\0", " "))
        except OSError:
            continue  # it ended meanwhile
    return [line for line in lines if line.startswith("sleep")]


async def until(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends_at
        await asyncio.sleep(0.01)


def has_text(file: Path) -> bool:
    return file.exists() and bool(file.read_text(encoding="utf-8"))


async def test_what_any_thread_notes_is_told_at_once_and_once(tmp_path: Path) -> None:
    """The loop is woken by its bell; a second occurrence within the hour waits."""
    file, stop = tmp_path / "called", asyncio.Event()
    alarms = Alarms(program(WRITES, file))
    log = HeardLog()
    with log.heard("debug"):
        running_task = asyncio.create_task(alarms.run(stop, look_every=60))
        await asyncio.sleep(0)
        noting = threading.Thread(target=alarms, args=(AlertKind.MAIL_VANISHED, 3))
        noting.start()
        await until(lambda: has_text(file))
        await until(lambda: log.events()[-1] == "alert_told")
        alarms(AlertKind.MAIL_VANISHED)
        await asyncio.sleep(0.2)
        stop.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running_task
    noting.join()
    (line,) = file.read_text(encoding="utf-8").splitlines()

    assert {"kind": "mail_vanished", "count": 3, "host": socket.gethostname()} == {
        key: value for key, value in json.loads(line).items() if key != "since"
    }
    assert ["alert_raised", "alert_told"] == log.events()


async def test_a_hanging_program_holds_up_no_end(tmp_path: Path) -> None:
    """The daemon stops within a second all the same; nobody who notes waits for it."""
    file, stop = tmp_path / "called", asyncio.Event()
    alarms = Alarms(program(HANGS, file))
    task = asyncio.create_task(alarms.run(stop, look_every=60))
    alarms(AlertKind.DEAD_LETTER)
    await until(file.exists)
    started = time.monotonic()
    alarms(AlertKind.DATABASE_TROUBLE)
    noted = time.monotonic() - started
    stop.set()
    await task

    assert noted < 0.1
    assert time.monotonic() - started < 1


async def test_without_a_program_the_log_is_told(tmp_path: Path) -> None:
    """And a missing one is told of there, with the alert that nobody heard."""
    log = HeardLog()
    with log.heard("info"):
        for command in ((), (str(tmp_path / "none"),)):
            alarms = Alarms(command)
            alarms(AlertKind.FOLDER_RENUMBERED)
            await alarms.tell_due()

    assert ["alert_raised", "alert_raised", "alert_not_told"] == log.events()
    assert "not_started" == log.lines[-1]["reason"]


async def test_a_silent_mailbox_is_noted_by_the_clock(tmp_path: Path) -> None:
    """On a business morning after a quarter of an hour, with the instant of the last look."""
    file, now = tmp_path / "called", NOW
    office = OfficeHours(read_opening_hours("8:30-16:30"), make_policy().calendar)
    alarms = Alarms(program(WRITES, file), office=office, clock=lambda: now)
    for silent in (10, 16, 17):
        alarms.watch_mailbox(NOW - timedelta(minutes=silent))
        await alarms.tell_due()

    assert [("mailbox_not_read", 1, "2026-11-20T14:44:00Z")] == [
        (each["kind"], each["count"], each["since"])
        for each in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


@pytest.mark.needs_dovecot
def test_a_pass_calls_for_a_letter_that_was_refused(
    tmp_path: Path, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """From the configuration to the program, by the command itself; nothing of the mail is in what it gets."""
    user, file, operator = dovecot.new_user(), tmp_path / "called", Operator(tmp_path / "config")
    dovecot.append(user, write_mail())
    smtp_server.script(Fault(Point.RCPT, reply="550 5.1.1 jeanne@client.example inconnue"))
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    operator.environment["TRIAGE_ALERT__COMMAND"] = json.dumps(program(WRITES, file))
    done = operator.run("run", "--once")
    told = json.loads(file.read_text(encoding="utf-8"))
    findings = [each for each in operator.check()[1] if each["check"] == "alert"]
    operator.environment["TRIAGE_ALERT__COMMAND"] = json.dumps([str(tmp_path / "none")])
    missing = [each for each in operator.check()[1] if each["check"] == "alert"]

    assert 0 == done.returncode, done.stderr
    assert ("dead_letter", 1) == (told["kind"], told["count"])
    assert {"kind", "count", "since", "host"} == set(told)
    assert ["ok", "problem"] == [each["level"] for each in (*findings, *missing)]
