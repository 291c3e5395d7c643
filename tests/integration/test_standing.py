"""What `triage status` reads, on both databases: signs of life, counts of today, and the letters for a person."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from tests.looking import watch
from tests.matters import NOW
from triage.daemon.build import require_durability
from triage.model.errors import ConfigurationError
from triage.model.health import OpenLetter
from triage.store.engine import make_engine, snapshot, transaction
from triage.store.health.durability import read_clock, read_durability
from triage.store.health.signs import SIGN_LASTS, Living, Sign, SignOf, give_sign, last_sign
from triage.store.health.standing import read_standing
from triage.store.health.trouble import DatabaseTrouble, database_trouble
from triage.store.tables import MailRow, OutboxRow

MIDNIGHT = NOW.replace(hour=5, minute=0)
ADDRESSES = {
    "recipient": "a@client.example",
    "addressee": "a@client.example",
    "addressee_domain": "client.example",
    "envelope_from": "b@body.example",
}
LETTER = {"kind": "acknowledgement", "sequence": 1, **ADDRESSES}


def add_mail(engine: Engine, uid: int, **values: object) -> None:
    """One row of the ledger, received today and taken in, unless said otherwise."""
    row = {
        "folder_id": 1,
        "epoch": 1,
        "uidvalidity": 1,
        "date_doubted": False,
        "imported": False,
        "uid": uid,
        "announced_size": 10,
        "observed_at": NOW,
        "raw_sha256": "0" * 64,
        "truncated": False,
        "attempts": 1,
        "state": "processed",
        "remote_state": "moved",
        "settled_at": NOW,
    }
    with transaction(engine) as tx:
        tx.execute(insert(MailRow).values(**{**row, **values}))


def add_letter(engine: Engine, number: int, state: str, **values: object) -> None:
    """One row of the outbox."""
    ids = {"key": f"key {number}", "message_id": f"{number}@body.example", "raw_sha256": "0" * 64}
    counts = {"priority": 0, "attempts": 3, "troubles": 0, "unknowns": 0, "created_at": NOW}
    with transaction(engine) as tx:
        tx.execute(insert(OutboxRow).values(**LETTER, **ids, **counts, state=state, **values))


def test_signs_of_life_are_read_as_they_were_given(engine: Engine) -> None:
    """A later sign replaces an earlier one; the daemon's and the mailbox's are two."""
    with transaction(engine) as tx:
        before = last_sign(tx, SignOf.DAEMON)
        give_sign(tx, SignOf.DAEMON, at=NOW - SIGN_LASTS)
        give_sign(tx, SignOf.DAEMON, at=NOW, living=Living.STOPPED)
        signs = [last_sign(tx, each) for each in SignOf]

    assert (None, [Sign(Living.STOPPED, NOW), None]) == (before, signs)


def test_the_counts_are_those_of_today(engine: Engine) -> None:
    """Yesterday's mail, and mail older than our first day, is neither received today nor waiting."""
    with transaction(engine) as tx:
        watch(tx)
        give_sign(tx, SignOf.DAEMON, at=NOW)
        give_sign(tx, SignOf.MAILBOX, at=NOW - timedelta(seconds=5))
    yesterday = MIDNIGHT - timedelta(seconds=1)
    add_mail(engine, 1)
    add_mail(engine, 2, state="received", settled_at=None, observed_at=NOW - timedelta(minutes=7))
    add_mail(engine, 3, observed_at=yesterday, settled_at=yesterday)
    add_mail(engine, 4, state="observed", raw_sha256=None, settled_at=None, observed_at=NOW - timedelta(minutes=3))
    add_mail(engine, 5, state="observed", raw_sha256=None, reason="older_than_since", observed_at=yesterday)
    with snapshot(engine) as tx:
        standing = read_standing(tx, midnight=MIDNIGHT)

    assert (NOW, False, NOW - timedelta(seconds=5)) == (
        standing.daemon_seen_at,
        standing.stopped,
        standing.looked_at,
    )
    assert (2, 1) == (standing.received_today, standing.taken_in_today)
    assert {"observed": 1, "received": 1} == standing.waiting
    assert NOW - timedelta(minutes=7) == standing.oldest_waiting_at


def test_what_needs_a_person_stands_on_top(engine: Engine) -> None:
    """Letters given up first, then those of which nobody knows, then the held ones; the rest is counted only."""
    add_letter(engine, 1, "held", hold_reason="no_reply")
    add_letter(engine, 2, "sent")
    add_letter(engine, 3, "unknown")
    add_letter(engine, 4, "dead", hold_reason="refused")
    with snapshot(engine) as tx:
        standing = read_standing(tx, midnight=MIDNIGHT)

    assert {"dead": 1, "held": 1, "sent": 1, "unknown": 1} == standing.outbox
    assert [("dead", "refused"), ("unknown", None), ("held", "no_reply")] == [
        (each.state, each.reason) for each in standing.on_top
    ]
    assert OpenLetter(4, "acknowledgement", None, "dead", "refused", 3) == standing.on_top[0]


def test_a_database_without_durability_is_refused_at_the_start(engine: Engine) -> None:
    """Ours for tests flush nothing: PostgreSQL is refused for it, with each setting named; SQLite cannot be so."""
    if engine.dialect.name == "sqlite":
        require_durability(engine)
        settings = read_durability(engine).settings

        assert {"journal_mode": "wal", "synchronous": "2"} == settings
        return
    with pytest.raises(ConfigurationError) as refusal:
        require_durability(engine)

    assert [True] * 3 == [name in str(refusal.value) for name in ("fsync", "synchronous_commit", "full_page_writes")]


def test_the_databases_clock_is_read_where_it_has_one(engine: Engine) -> None:
    """A server has a clock of its own, a file has ours."""
    clock = read_clock(engine)

    assert (engine.dialect.name == "postgresql") == (clock is not None)
    assert clock is None or clock.tzinfo is not None


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """A refused connection is no fault of a mail: it has a name, and is tried again."""
    pytest.importorskip("psycopg")
    engine = make_engine("postgresql+psycopg://triage@127.0.0.1:1/triage")
    with pytest.raises(Exception, match="refused") as caught, snapshot(engine):
        pass

    assert DatabaseTrouble.UNREACHABLE is database_trouble(caught.value)
