"""How long the digests of one morning take as the database grows: `python benchmarks/digest.py [TICKETS]`.

Two ratios, each measured in one run on SQLite. « History »: so many closed tickets of earlier years beside the same
year of 500, against that year alone; it must stay flat. « Year »: all of them in one fiscal year, per ticket against
the year of 500; no body receives so many, and it must not grow faster than they do.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from sqlalchemy import Engine, insert

from tests.digest_worlds import STAFF, make_digest_policy
from triage.store.engine import make_engine, snapshot, transaction
from triage.store.journal.chain import GENESIS
from triage.store.schema import migrate
from triage.store.tables import ClockRow, TicketRow
from triage.workflows.digest import look_at_digests

NOW = datetime(2026, 12, 8, 13, tzinfo=UTC)
YEAR, OPEN = 500, 25
ROUNDS = 9
BATCH = 5_000


def tickets(count: int, *, first_at: datetime, span: timedelta, is_open: bool, start: int) -> Iterator[dict[str, Any]]:
    """Complaints spread evenly over a span."""
    for at in range(count):
        received_at = first_at + span * at / max(count, 1)
        ended_at = None if is_open else received_at + timedelta(days=3 + at % 20)
        yield {
            "id": start + at,
            "reference": f"2026-{start + at:06d}",
            "kind": "PLA",
            "scope": "IN",
            "channel": "email",
            "status": "in_analysis" if is_open else "closed",
            "received_at": received_at,
            "opened_at": received_at,
            "acknowledged_at": received_at,
            "taken_charge_at": received_at + timedelta(hours=at % 30),
            "answered_at": ended_at,
            "closed_at": ended_at,
            "assigned_to": "marie-anne",
            "restricted": False,
            "legal_hold": False,
            "flags": json.dumps([]),
            "event_count": 0,
            "event_hash": GENESIS,
        }


def clocks(ticket: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The two clocks of a complaint; for speed alone, fifteen business days are three weeks here."""
    for standard, unit, days in (("E1", "elapsed_hours", 1), ("E2", "business_days", 21)):
        due_at = ticket["received_at"] + timedelta(days=days)
        yield {
            "ticket_id": ticket["id"],
            "standard": standard,
            "version": "2022-09",
            "unit": unit,
            "started_at": ticket["received_at"],
            "due_at": due_at,
            "due_on": due_at.date() if days > 1 else None,
            "committed": True,
            "provisional": False,
        }


def fill(engine: Engine, rows: Iterator[dict[str, Any]]) -> None:
    """Write tickets with their clocks, in batches."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            write(engine, batch)
            batch = []
    write(engine, batch)


def write(engine: Engine, batch: list[dict[str, Any]]) -> None:
    """One batch, one transaction."""
    if batch:
        with transaction(engine) as tx:
            tx.execute(insert(TicketRow), batch)
            tx.execute(insert(ClockRow), [clock for row in batch for clock in clocks(row)])


def make_database(folder: Path, name: str, *, history: int, year: int) -> Engine:
    """A database with closed tickets of earlier years, those of this year, and the open ones."""
    engine = make_engine(f"sqlite:///{folder / name}.db")
    migrate(engine)
    april, decade = datetime(2026, 4, 2, tzinfo=UTC), timedelta(days=3650)
    fill(engine, tickets(history, first_at=april - decade, span=decade * 0.99, is_open=False, start=1))
    fill(engine, tickets(year, first_at=april, span=timedelta(days=200), is_open=False, start=history + 1))
    recent = NOW - timedelta(days=25)
    fill(engine, tickets(OPEN, first_at=recent, span=timedelta(days=24), is_open=True, start=history + year + 1))
    return engine


def measure(engine: Engine) -> float:
    """The median time in milliseconds of gathering and judging both supervisors' digests."""
    policy, recipients = make_digest_policy(STAFF), list(STAFF.members[:2])
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with snapshot(engine) as tx:
            made = look_at_digests(tx, policy=policy, recipients=recipients, now=NOW)
        spent.append((time.perf_counter() - started) * 1000)
        assert len(made) == 2
    return statistics.median(spent)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", type=int, nargs="?", default=100_000)
    count: int = parser.parse_args().tickets
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        alone = measure(make_database(folder, "alone", history=0, year=YEAR))
        beside = measure(make_database(folder, "beside", history=count, year=YEAR))
        crowded = measure(make_database(folder, "crowded", history=0, year=count))
    print(f"a year of {YEAR}                        {alone:8.1f} ms")
    print(f"the same beside {count:,} older     {beside:8.1f} ms   ratio {beside / alone:.2f}")
    per_ticket = (crowded / (count + OPEN)) / (alone / (YEAR + OPEN))
    print(f"{count:,} in one year           {crowded:8.1f} ms   ratio per ticket {per_ticket:.2f}")


if __name__ == "__main__":
    main()
