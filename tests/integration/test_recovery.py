"""A daemon whose disk has no more room: it says so, keeps running, and goes on by itself when there is room again."""

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

from tests.matters import write_mail
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

MAILS = 6
PATIENCE_SECONDS = 60.0


def wait_until(holds: Callable[[], bool]) -> bool:
    """Look ten times a second until it holds; False where it does not within a minute."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def events(operator: Operator) -> list[dict[str, object]]:
    """What the daemon logged."""
    lines = (operator.folder / "log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_daemon_without_room_says_so_and_goes_on_by_itself(
    tmp_path: Path, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """No file of the daemon may grow: nothing is lost, nothing is illegible, everybody is answered once it may."""
    user = dovecot.new_user()
    operator = Operator(tmp_path / "configuration")
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    assert 0 == operator.run("run", "--once").returncode
    room = (operator.folder / "triage.db").stat().st_size
    with operator.start("run") as daemon:
        assert wait_until(lambda: any(each["event"] == "mailbox_opened" for each in events(operator)))
        unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        mails = [
            write_mail("Retard. " * 20_000, sender=f"client{each}@client{each}.example", message_id=f"{each}@m.example")
            for each in range(MAILS)
        ]
        dovecot.deliver_many(user, mails)
        in_trouble = wait_until(lambda: any(each.get("reason") in {"full", "failing"} for each in events(operator)))
        sent_before = len(smtp_server.kept)
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
        recovered = wait_until(lambda: len(smtp_server.kept) == MAILS)
        moved = wait_until(lambda: not dovecot.messages(user))
        alive = daemon.poll() is None

    tickets = [json.loads(line) for line in operator.run("tickets", "--json").stdout.splitlines()]
    assert (True, True, True, True) == (in_trouble, recovered, moved, alive)
    assert sent_before < MAILS
    assert (MAILS, set()) == (len(tickets), {flag for each in tickets for flag in each["flags"]})
