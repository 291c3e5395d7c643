"""From arrival to acknowledgement: one mail at a time, then a backlog, on a real Dovecot and an SMTP server of ours.

`latency.py --mails 50 --backlog 500 --seed 1` prints one JSON object: seconds, mails a second, milliseconds of
processor time, MiB. It starts the daemon as an operator does and looks at it only from outside.
"""

import argparse
import contextlib
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from imapclient import IMAPClient

from tests.campaigns.daemon import DidNotHappen, Life
from tests.campaigns.ledger import Draft
from tests.campaigns.mails import new_author, write
from tests.campaigns.rig import Rig
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

PATIENCE_SECONDS = 120.0
KINDS = ("plain_french", "plain_english", "html_only", "with_photo", "in_latin_1")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Tap:
    """The line between one daemon and the server, with the instants at which the server told of a new mail."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.heard: list[float] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def first_after(self, moment: float) -> float | None:
        """When a new mail was first announced after a moment."""
        return next((at for at in self.heard if at > moment), None)

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._server_port))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, from_server: bool) -> None:  # noqa: FBT001  a direction
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                if from_server and b" EXISTS\r\n" in octets:
                    self.heard.append(time.monotonic())
                target.sendall(octets)
            target.shutdown(socket.SHUT_WR)


def measure_one_by_one(rig: Rig, tap: Tap, *, mails: int, chance: Random) -> dict[str, dict[str, float]]:
    """Each mail waits for the acknowledgement of the one before; the pause between them is of chance."""
    from_append, from_announcement = [], []
    access = rig.dovecot.access(rig.user)
    with IMAPClient(access.host, port=access.port, ssl=False, timeout=30) as client:
        client.plain_login(access.username, access.password)
        for draft in write_mails(mails, chance=chance, first=0):
            time.sleep(chance.uniform(0.2, 0.8))
            before, begun = len(rig.smtp.kept), time.monotonic()
            client.append("INBOX", draft.raw)
            arrived = time.monotonic()
            wait_for_letters(rig, before + 1)
            accepted = rig.smtp.kept[before].at
            from_append.append(accepted - arrived)
            announced = tap.first_after(begun)
            if announced is not None and announced <= accepted:
                from_announcement.append(accepted - announced)
    return {"from_append": spread(from_append), "from_announcement": spread(from_announcement)}


def measure_backlog(rig: Rig, *, mails: int, chance: Random) -> dict[str, float]:
    """Mails that wait when the daemon begins; the rate of sending is the highest that may be configured."""
    rig.leave(write_mails(mails, chance=chance, first=100_000))
    life = rig.start()
    life.wait_ready()
    used, begun = processor_seconds(life), time.monotonic()
    wait_for_letters(rig, mails)
    seconds = max(mail.at for mail in rig.smtp.kept) - begun
    rig.wait_settled(mails)
    found = {
        "mails": mails,
        "seconds": round(seconds, 2),
        "mails_per_second": round(mails / seconds, 1),
        "processor_ms_per_mail": round((processor_seconds(life) - used) * 1000 / mails, 1),
        "memory_most_mib": memory(life, "VmHWM"),
    }
    life.stop()
    return found


def write_mails(count: int, *, chance: Random, first: int) -> list[Draft]:
    """Mails of people, each of whom is owed an answer."""
    kinds = chance.choices(KINDS, k=count)
    return [write(kind, new_author(chance, number=first + number))[0] for number, kind in enumerate(kinds)]


def wait_for_letters(rig: Rig, count: int) -> None:
    """Wait until the mail server has kept so many mails."""
    end = time.monotonic() + PATIENCE_SECONDS
    while len(rig.smtp.kept) < count:
        if time.monotonic() > end:
            raise DidNotHappen(f"{len(rig.smtp.kept)} of {count} letters came")
        time.sleep(0.002)


def processor_seconds(life: Life) -> float:
    """User and system time of the daemon, its workers, and those of its workers that have ended."""
    ticks = 0
    for pid in life.survivors():
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS_A_SECOND


def memory(life: Life, field: str) -> float:
    """The sum over all processes of the daemon, in MiB: VmRSS is now, VmHWM the most that each ever had."""
    kibibytes = 0
    for pid in life.survivors():
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
        kibibytes += sum(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return round(kibibytes / 1024, 1)


def spread(values: list[float]) -> dict[str, float]:
    """Count, median, 95th percentile and maximum, in seconds."""
    ordered = sorted(values)
    if not ordered:
        return {"count": 0}
    chosen = {"p50": 0.5, "p95": 0.95}
    found = {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * at))], 3) for name, at in chosen.items()}
    return {"count": len(ordered), **found, "max": round(ordered[-1], 3)}


@contextmanager
def new_rig(dovecot: Dovecot, *, port: int | None = None) -> Iterator[Rig]:
    """An empty mailbox and a mail server of its own; `port` is another way to the mailbox."""
    with tempfile.TemporaryDirectory() as folder, ScriptedSmtpServer() as smtp:
        rig = Rig(Path(folder), dovecot=dovecot, smtp=smtp, dot_timeout_seconds=60, imap_port=port)
        try:
            yield rig
        finally:
            rig.end()


def main() -> None:
    """The command line; one JSON object on standard output."""
    parser = argparse.ArgumentParser(description="Time from arrival to acknowledgement, and the rate of a backlog.")
    parser.add_argument("--mails", type=int, default=50)
    parser.add_argument("--backlog", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = Random(asked.seed)  # noqa: S311  mails of fiction, not a secret
    figures: dict[str, object] = {"seed": asked.seed, "load_before": round(os.getloadavg()[0], 2)}
    with Dovecot() as dovecot:
        tap = Tap(dovecot.imap_port)
        with new_rig(dovecot, port=tap.port) as rig:
            life = rig.start()
            life.wait_ready()
            time.sleep(1)
            figures["memory_idle_mib"] = memory(life, "VmRSS")
            figures["one_by_one"] = measure_one_by_one(rig, tap, mails=asked.mails, chance=chance)
        with new_rig(dovecot) as rig:
            figures["backlog"] = measure_backlog(rig, mails=asked.backlog, chance=chance)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
