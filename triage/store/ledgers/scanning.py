"""The ledger of the scanner for viruses: which mails with attachments wait for it, and what it said of the others.

A mail without a row is not to be asked about. Nothing here judges: `rules.tickets.attachments` says who gets what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import col

from triage.model.codes import EventKind, ScanState
from triage.model.judgement import ScanResult, ScanStanding
from triage.store.engine import Transaction
from triage.store.facts.originals import list_sizes
from triage.store.tables import EventRow, ScanRow, TicketRow

SAYING = (EventKind.OPENED, EventKind.FOLLOW_UP, EventKind.REREAD)
"""The events that keep what a received mail said: the mail belongs to their tickets."""


@dataclass(frozen=True, slots=True)
class WantedScan:
    """A mail that the scanner is to be asked about; so often it gave no verdict."""

    mail_id: int
    attempts: int


def want_scan(tx: Transaction, mail_id: int, *, now: datetime) -> None:
    """From now on the scanner is to be asked about this mail; nothing for one that is known, or not here whole."""
    known = tx.execute(select(col(ScanRow.mail_id)).where(col(ScanRow.mail_id) == mail_id)).first()
    if known is None and list_sizes(tx, [mail_id]):
        row = {"mail_id": mail_id, "state": ScanState.WANTED, "signature": "", "attempts": 0}
        tx.execute(insert(ScanRow), {**row, "wanted_at": now, "next_attempt_at": now, "settled_at": None})


def find_standings(tx: Transaction, mail_ids: Sequence[int]) -> Mapping[int, ScanStanding]:
    """Where each of these mails stands, without those that are not to be asked about."""
    query = select(col(ScanRow.mail_id), col(ScanRow.state), col(ScanRow.signature)).where(
        col(ScanRow.mail_id).in_(mail_ids)
    )
    return {key: ScanStanding(ScanState(state), signature) for key, state, signature in tx.execute(query)}


def list_wanted(tx: Transaction, *, now: datetime, limit: int) -> tuple[WantedScan, ...]:
    """The mails that the scanner is to be asked about now, the one that waits longest first."""
    query = (
        select(col(ScanRow.mail_id), col(ScanRow.attempts))
        .where(col(ScanRow.state) == ScanState.WANTED, col(ScanRow.next_attempt_at) <= now)
        .order_by(col(ScanRow.next_attempt_at), col(ScanRow.mail_id))
        .limit(limit)
    )
    return tuple(WantedScan(mail_id, attempts) for mail_id, attempts in tx.execute(query))


def postpone_scan(tx: Transaction, mail_id: int, *, next_at: datetime) -> None:
    """It gave no verdict: ask again from `next_at` on."""
    values = {"attempts": col(ScanRow.attempts) + 1, "next_attempt_at": next_at}
    tx.execute(update(ScanRow).where(*_waiting(mail_id)).values(**values))


def settle_scan(tx: Transaction, mail_id: int, result: ScanResult, *, now: datetime) -> bool:
    """Write the verdict; False where the mail waits for none."""
    values = {"state": ScanState(result.verdict), "signature": result.signature, "settled_at": now}
    return tx.execute(update(ScanRow).where(*_waiting(mail_id)).values(**values)).rowcount == 1


def forget_scan(tx: Transaction, mail_id: int) -> bool:
    """Nobody will be asked about this mail; False where it waited for nothing."""
    return tx.execute(delete(ScanRow).where(*_waiting(mail_id))).rowcount == 1


def list_references(tx: Transaction, mail_id: int) -> tuple[str, ...]:
    """The tickets that this mail opened or joined."""
    query = (
        select(col(TicketRow.reference))
        .join(EventRow, col(EventRow.ticket_id) == col(TicketRow.id))
        .where(col(EventRow.mail_id) == mail_id, col(EventRow.kind).in_([each.value for each in SAYING]))
        .distinct()
        .order_by(col(TicketRow.reference))
    )
    return tuple(tx.execute(query).scalars())


def _waiting(mail_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(ScanRow.mail_id) == mail_id, col(ScanRow.state) == ScanState.WANTED
