"""The process dies once at each step of a mail's life, then goes on: the rows of ARCHITECTURE.md §2, one by one."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaigns.crash_points import AFTER, BEFORE
from tests.campaigns.ledger import Fate
from tests.campaigns.rig import DATABASE
from tests.campaigns.small import KINDS, die_at, go_on, judge, small_rig, write_mails
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.timeout(120)]

# Where it dies -> how many unknowns are then on record, and how many second copies the mail server has.
STEPS = {
    AFTER + "observed": (0, 0),
    BEFORE + "bytes": (0, 0),
    AFTER + "bytes": (0, 0),
    AFTER + "try": (0, 0),
    "a mail was parsed": (0, 0),
    BEFORE + "decision": (0, 0),
    AFTER + "decision": (0, 0),
    AFTER + "claimed": (0, 0),
    BEFORE + "dot": (0, 0),
    AFTER + "dot": (1, 0),
    "the server took the mail": (1, 1),
    BEFORE + "settled": (1, 1),
    AFTER + "settled": (0, 0),
    "mails were moved": (0, 0),
    AFTER + "moved": (0, 0),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_death_at_each_step_costs_nothing(dovecot: Dovecot, tmp_path: Path, step: str) -> None:
    """After one SIGKILL at the step and a normal start every invariant holds, and unknowns are where they must be."""
    with small_rig(tmp_path, dovecot) as (rig, gather):
        rig.leave(write_mails(*KINDS))
        die_at(rig, step)
        found = go_on(rig)
        evidence = gather()

    assert [] == judge(rig, evidence, known=found)
    unknowns = sum(row["unknowns"] for row in evidence.rows("outbox"))
    copies = len(evidence.letters) - len({letter.message_id for letter in evidence.letters})
    assert STEPS[step] == (unknowns, copies)


def test_three_deaths_with_a_mail_in_hand_cost_it_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    """It is read in another process: our own death is no evidence against it, and its sender has an answer."""
    with small_rig(tmp_path, dovecot) as (rig, gather):
        rig.leave(write_mails("plain_french"))
        for _ in range(3):
            die_at(rig, AFTER + "try")
        found = go_on(rig)
        evidence = gather()

    assert [] == judge(rig, evidence, known=found)
    assert [("new_matter", 4)] == [(row["reason"], row["attempts"]) for row in evidence.rows("mail")]


def test_a_mail_that_always_kills_the_daemon_becomes_a_minimal_ticket(dovecot: Dovecot, tmp_path: Path) -> None:
    """Tries are counted before they are made; after ten it is read by the tiny scanner (MUST 15)."""
    with small_rig(tmp_path, dovecot) as (rig, gather):
        rig.leave([replace(draft, fate=Fate.HELD) for draft in write_mails("plain_french")])
        die_at(rig, AFTER + "try")
        with closing(sqlite3.connect(rig.folder / DATABASE)) as database, database:
            database.execute("UPDATE mail SET attempts = 9")  # eight more deaths, without the wait
        die_at(rig, AFTER + "try")
        found = go_on(rig)
        evidence = gather()

    assert [] == judge(rig, evidence, known=found)
    assert [("unreadable", 11)] == [(row["reason"], row["attempts"]) for row in evidence.rows("mail")]
    assert ['["illisible"]'] == [row["flags"] for row in evidence.rows("ticket")]


def test_a_mail_taken_away_before_it_was_read_is_never_a_ticket(dovecot: Dovecot, tmp_path: Path) -> None:
    """Its UID was seen, then a person removed it: its place is remembered, the others are taken in (MUST 6)."""
    with small_rig(tmp_path, dovecot) as (rig, gather):
        first, *others = write_mails("plain_french", "plain_english", "html_only")
        rig.leave([replace(first, fate=Fate.VANISHED), *others])
        die_at(rig, AFTER + "observed")
        dovecot.expunge(rig.user, [1])
        life = rig.start()
        life.wait_for("mail_sent")
        rig.wait_settled(2)
        life.stop()
        evidence = gather()

    assert [] == judge(rig, evidence, known=[])
    assert ["observed", "processed", "processed"] == [row["state"] for row in evidence.rows("mail")]
    assert 2 == len(evidence.letters)
