"""A campaign: an inbox with years of old mail in it, 200,000 messages, and a few that arrived today (MUST 5).

`old_folder.py --messages 200000` prints one line of figures: seconds of the first pass, of a pass that finds nothing
new, and of one in which ten mails came; the daemon's highest memory. Exit code 1 where an old mail was answered or a
new one was not.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.campaigns.rig import Rig
from tests.campaigns.small import write_mails
from tests.servers.dovecot import Dovecot, mail_folder
from tests.servers.scripted_smtp import ScriptedSmtpServer

OLD_AT = 1_400_000_000
"""May 2014, in seconds of Unix time: long before the `since` of the rig."""
NEW_MAILS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What the passes of one daemon took, in seconds, and the most memory that one needed, in MiB."""

    messages: int
    first_pass: float
    quiet_pass: float
    busy_pass: float
    peak_mib: float
    old: int
    answered: int


def fill(dovecot: Dovecot, user: str, *, messages: int) -> None:
    """Put old messages into an inbox as files, dated years ago."""
    box = mail_folder(dovecot) / user / "Maildir"
    owner = mail_folder(dovecot).stat()
    for part in (box.parent, box, box / "tmp", box / "new", box / "cur"):
        part.mkdir(exist_ok=True)
        os.chown(part, owner.st_uid, owner.st_gid)
    for number in range(messages):
        path = box / "cur" / f"{OLD_AT + number}.M1P1.old:2,S"
        path.write_bytes(f"From: a{number}@client.example\r\nSubject: ancien {number}\r\n\r\nBonjour.\r\n".encode())
        os.utime(path, (OLD_AT + number, OLD_AT + number))
        os.chown(path, owner.st_uid, owner.st_gid)


def look_once(rig: Rig) -> tuple[float, float]:
    """One pass of a daemon of its own: seconds, and the highest memory of its process in MiB."""
    started = time.monotonic()
    command = [sys.executable, "-m", "triage", "run", "--once", "--config", str(rig.folder)]
    with (rig.folder / "logs" / "passes.log").open("ab") as log:
        pid = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)],
        )
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"the pass ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def run_campaign(folder: Path, *, messages: int) -> Figures:
    """Three passes over an inbox with so many old messages."""
    sent = folder / "sent"
    sent.mkdir()
    with Dovecot() as dovecot, ScriptedSmtpServer(journal=sent) as smtp:
        rig = Rig(folder, dovecot=dovecot, smtp=smtp)
        fill(dovecot, rig.user, messages=messages)
        first, quiet = look_once(rig), look_once(rig)
        for draft in write_mails(*["plain_french"] * NEW_MAILS):
            rig.put(draft)
        busy = look_once(rig)
        rows = rig.database.ask("SELECT count(*) AS old FROM mail WHERE state = 'observed'") or [{"old": -1}]
        peak = max(each[1] for each in (first, quiet, busy))
        return Figures(messages, first[0], quiet[0], busy[0], peak, rows[0]["old"], len(smtp.kept))


def main() -> int:
    """Run it and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=200_000)
    wanted = options.parse_args().messages
    with tempfile.TemporaryDirectory() as name:
        figures = run_campaign(Path(name), messages=wanted)
    line = json.dumps({key: round(value, 2) for key, value in asdict(figures).items()})
    sys.stdout.write(line + "\n")
    return 0 if (figures.old, figures.answered) == (wanted, NEW_MAILS) else 1


if __name__ == "__main__":
    sys.exit(main())
