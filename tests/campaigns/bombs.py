"""Bombs by mail against the real daemon: each becomes a ticket within a minute, and so does the mail right behind it.

`bombs.py` prints one line for each: its bytes, seconds until both tickets stood, and the daemon's highest memory so
far in MiB, without its workers'. Exit code 1 where a minute or 200 MiB were not enough (MUST 7, MUST 15).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.campaigns.daemon import Life
from tests.campaigns.rig import Rig
from tests.mail_bombs import BOMBS, LARGE, grow
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

MOST_SECONDS = 60.0
MOST_MIB = 200.0
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Exploded:
    """One bomb: whether both tickets stood in time, after how many seconds, and the daemon's peak so far."""

    name: str
    size: int
    seconds: float
    peak_mib: float

    @property
    def held(self) -> bool:
        """Whether the daemon kept its promise."""
        return self.seconds < MOST_SECONDS and self.peak_mib < MOST_MIB


def throw(folder: Path, names: Iterable[str], dovecot: Dovecot) -> Iterator[Exploded]:
    """Each bomb in turn into the inbox of one running daemon, a plain mail at its heels."""
    sent = folder / "sent"
    sent.mkdir()
    with ScriptedSmtpServer(journal=sent) as smtp:
        rig = Rig(folder, dovecot=dovecot, smtp=smtp)
        life = rig.start()
        try:
            life.wait_ready()
            for number, name in enumerate(names):
                raw = _dated(number, BOMBS[name] if name in BOMBS else grow(name))
                yield _throw(rig, life, name, raw, number)
        finally:
            rig.end()


def _throw(rig: Rig, life: Life, name: str, raw: bytes, number: int) -> Exploded:
    dovecot, before = rig.dovecot, _tickets(rig)
    plain = b"From: jeanne%d@client.example\r\nTo: plaintes@cag.example\r\nSubject: Colis\r\n\r\nPerdu." % number
    dovecot.append(rig.user, raw)
    started = time.monotonic()
    dovecot.append(rig.user, _dated(number, plain))
    while _tickets(rig) < before + 2 and time.monotonic() < started + MOST_SECONDS:
        time.sleep(_LOOK_SECONDS)
    return Exploded(name, len(raw), time.monotonic() - started, life.peak_mib())


def _dated(number: int, raw: bytes) -> bytes:
    """The mail with a date of its own, so that no bomb is a copy of another."""
    return b"Date: Tue, 4 Mar 2025 %02d:%02d:00 -0500\r\n" % divmod(number, 60) + raw


def _tickets(rig: Rig) -> int:
    rows = rig.database.ask("SELECT count(*) AS tickets FROM ticket") or [{"tickets": 0}]
    return int(rows[0]["tickets"])


def main() -> int:
    """Throw them all and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", help="only these")
    names = options.parse_args().names or [*BOMBS, *LARGE]
    held = True
    with tempfile.TemporaryDirectory() as name, Dovecot() as dovecot:
        for each in throw(Path(name), names, dovecot):
            held = held and each.held
            line = f"{each.seconds:6.2f} s {each.peak_mib:6.0f} MiB {each.size:>11} bytes  {each.name}\n"
            sys.stdout.write(line)
            sys.stdout.flush()
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
