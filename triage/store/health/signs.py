"""Signs of life: when the daemon, and when a look through the mailbox, was last seen; kept as leases that run out.

`triage status` reads them, so that it can tell a daemon that was stopped on purpose from one that is gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import LeaseRow

SIGN_LASTS = timedelta(minutes=15)
"""How long a sign of life counts (R-88: fifteen minutes without a look at the mailbox are an alarm)."""


class SignOf(StrEnum):
    """Whose sign it is."""

    DAEMON = "seen:daemon"
    MAILBOX = "seen:mailbox"


class Living(StrEnum):
    """What the sign says."""

    RUNNING = "running"
    STOPPED = "stopped"  # on purpose, after finishing what was under way


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign, at an aware UTC instant."""

    living: Living
    at: datetime


def give_sign(tx: Transaction, whose: SignOf, *, at: datetime, living: Living = Living.RUNNING) -> None:
    """Note a sign of life."""
    values = {"holder": living, "expires_at": at + SIGN_LASTS}
    row = col(LeaseRow.name) == whose
    if tx.execute(update(LeaseRow).where(row).values(epoch=col(LeaseRow.epoch) + 1, **values)).rowcount == 0:
        tx.execute(insert(LeaseRow).values(name=whose, epoch=1, **values))


def last_sign(tx: Transaction, whose: SignOf) -> Sign | None:
    """The last sign, None where there never was one."""
    query = select(col(LeaseRow.holder), col(LeaseRow.expires_at)).where(col(LeaseRow.name) == whose)
    row = tx.execute(query).first()
    return None if row is None else Sign(Living(row.holder), row.expires_at - SIGN_LASTS)
