"""A small world for one death: seven mails that wait, a daemon that dies at a point, another that goes on."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.campaigns.checker import check
from tests.campaigns.daemon import DidNotHappen
from tests.campaigns.doctored import program
from tests.campaigns.evidence import Evidence, gather
from tests.campaigns.ledger import Draft
from tests.campaigns.mails import new_author, write
from tests.campaigns.rig import Rig
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

KINDS = ("plain_french", "delivered_twice", "two_with_one_message_id", "nobody_reads_there", "absence")
QUIET_SECONDS = 10.0


def write_mails(*kinds: str, seed: int = 1) -> list[Draft]:
    """One mail, or pair, of each kind."""
    chance = Random(seed)  # noqa: S311  mails of fiction, not a secret
    return [draft for number, kind in enumerate(kinds) for draft in write(kind, new_author(chance, number=number))]


@contextmanager
def small_rig(folder: Path, dovecot: Dovecot) -> Iterator[tuple[Rig, Callable[[], Evidence]]]:
    """A rig in a folder, and what gathers its evidence; every daemon has ended afterwards."""
    journal = folder / "sent"
    journal.mkdir()
    with ScriptedSmtpServer(journal=journal) as smtp:
        rig = Rig(folder, dovecot=dovecot, smtp=smtp)
        try:
            yield rig, lambda: gather(rig, journal=journal)
        finally:
            rig.end()


def die_at(rig: Rig, point: str, *, bug: str | None = None) -> None:
    """One pass of a daemon that must die at a point, by SIGKILL; its workers end by themselves.

    A pass does one thing after another, so that what was under way at the point is always the same.
    """
    life = rig.start(program=program(crash=point, bug=bug), once=True)
    if (code := life.wait_dead()) != -signal.SIGKILL:
        raise DidNotHappen(f"the daemon never came to the point « {point} » (exit code {code})")
    life.wait_alone()


def go_on(rig: Rig, *, bug: str | None = None) -> list[str]:
    """Run a daemon until all is quiet and stop it; the violation where it does not come to rest."""
    life = rig.start(program=program(bug=bug))
    try:
        life.wait_ready()
        rig.wait_quiet(seconds=QUIET_SECONDS)
    except DidNotHappen as failure:
        life.kill()
        return [f"it_ends_in_quiet: {failure}"]
    return [] if life.stop() == 0 else ["it_stops_cleanly: the daemon did not"]


def judge(rig: Rig, evidence: Evidence, *, known: list[str]) -> list[str]:
    """Every violation, those known already first."""
    return [*known, *check(evidence, rig.ledger)]
