"""Does a sweep of deadlines cost more when there are more tickets? Two databases in one run, and their ratio.

`sweeping.py --small 1000 --large 100000 --rounds 30` prints one JSON object: milliseconds (median) of a sweep that
finds nothing due, of one that finds twenty files due, of one that ends an outage for four hundred, and how
these grew.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":  # run as a script: the top of the repository, not this folder, is where imports begin
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import structlog
from sqlalchemy import Engine, insert, update
from sqlmodel import col

from tests.matters import make_stationery
from tests.watched_worlds import CALENDAR, OFFICE, POLICY, STAFF, STANDARDS, local
from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.rules.clocks.due import compute_dues
from triage.store.database import Database
from triage.store.engine import make_engine
from triage.store.journal.chain import GENESIS
from triage.store.schema import migrate
from triage.store.tables import ClockRow, TicketRow
from triage.workflows.deadlines import Deadlines, Swept, sweep_deadlines

RECEIVED_AT = local("2026-11-24T09:00")
QUIET_AT = RECEIVED_AT - timedelta(minutes=1)
DUE_AT = local("2026-11-24T13:00")
OUTAGE_ENDS_AT = local("2026-12-04T09:10")
FAR_AT = RECEIVED_AT + timedelta(days=300)
DUE, SUMMED_UP = 20, 400


def fill(engine: Engine, count: int) -> None:
    """So many open complaints, all to be looked at on a far day."""
    migrate(engine)
    dues = compute_dues(
        received_at=RECEIVED_AT,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        standards=STANDARDS,
        calendar=CALENDAR,
    )
    far = RECEIVED_AT + timedelta(days=300)
    tickets = [_ticket(key, next_review_at=far) for key in range(1, count + 1)]
    clocks = [
        {
            "ticket_id": key,
            "standard": due.standard,
            "version": due.version,
            "unit": due.unit,
            "started_at": RECEIVED_AT,
            "due_at": due.due_at,
            "due_on": due.due_on,
            "committed": due.committed,
            "provisional": due.provisional,
        }
        for key in range(1, count + 1)
        for due in dues
    ]
    with engine.begin() as tx:
        for rows, table in ((tickets, TicketRow), (clocks, ClockRow)):
            for at in range(0, len(rows), 5_000):
                tx.execute(insert(table), rows[at : at + 5_000])


def _ticket(key: int, *, next_review_at: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "reference": f"2026-{key:06d}",
        "kind": TicketKind.COMPLAINT,
        "scope": "IN",
        "channel": Channel.EMAIL,
        "status": TicketStatus.NEW,
        "received_at": RECEIVED_AT,
        "opened_at": RECEIVED_AT,
        "next_review_at": next_review_at,
        "restricted": False,
        "legal_hold": False,
        "flags": "[]",
        "event_count": 0,
        "event_hash": GENESIS,
    }


class Bench:
    """One database of one size."""

    def __init__(self, folder: Path, count: int) -> None:
        engine = make_engine(f"sqlite:///{folder / f'{count}.db'}")
        fill(engine, count)
        self.count = count
        self.database = Database(engine)
        self._tools = Deadlines(self.database, STAFF, OFFICE, POLICY, make_stationery(), lambda: None)
        self._used = 0

    async def timed(self, now: datetime) -> tuple[float, Swept]:
        """One sweep, in milliseconds."""
        started = time.perf_counter()
        swept = await sweep_deadlines(self._tools, now=now)
        return (time.perf_counter() - started) * 1000, swept

    def make_due(self, count: int, *, of: int) -> None:
        """The next so many files of `of` in all, spread over the whole table, are to be looked at now, no other."""
        step = self.count // of
        keys = [1 + (self._used + each) * step for each in range(count)]
        self._used += count
        with self.database.engine.begin() as tx:
            tx.execute(update(TicketRow).where(col(TicketRow.next_review_at) < FAR_AT).values(next_review_at=FAR_AT))
            tx.execute(update(TicketRow).where(col(TicketRow.id).in_(keys)).values(next_review_at=RECEIVED_AT))


async def run(small: int, large: int, rounds: int) -> dict[str, Any]:
    """Both sizes in turn, round by round, and how the large one compares."""
    with tempfile.TemporaryDirectory() as folder:
        benches = [Bench(Path(folder), count) for count in (small, large)]
        spent: dict[tuple[int, str], list[float]] = defaultdict(list)
        for number in range(-1, rounds):  # the first round warms up
            for bench in benches:
                bench.make_due(DUE, of=(rounds + 1) * DUE + SUMMED_UP)
                idle, _ = await bench.timed(QUIET_AT)
                due, swept = await bench.timed(DUE_AT)
                assert swept.reviewed == DUE, swept
                if number >= 0:
                    spent[bench.count, "idle_ms"].append(idle)
                    spent[bench.count, "due_ms"].append(due)
        for bench in benches:
            bench.make_due(SUMMED_UP, of=(rounds + 1) * DUE + SUMMED_UP)
            late, swept = await bench.timed(OUTAGE_ENDS_AT)
            assert swept.notices == 1, swept
            spent[bench.count, "catch_up_ms"].append(late)
            bench.database.close()
    medians = {place: median(each) for place, each in spent.items()}
    names = ("idle_ms", "due_ms", "catch_up_ms")
    return {
        "tickets": {size: {name: round(medians[size, name], 2) for name in names} for size in (small, large)},
        "growth": {name: round(medians[large, name] / medians[small, name], 2) for name in names},
    }


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(json.dumps(asyncio.run(run(asked.small, asked.large, asked.rounds)), indent=2))


if __name__ == "__main__":
    main()
