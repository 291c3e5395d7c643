"""The service on one screen: counts over the ledgers, for `triage status`. Nothing is written here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col

from triage.model.codes import MailState, OutboxState
from triage.model.health import OpenLetter, Standing
from triage.store.engine import Transaction
from triage.store.health.signs import Living, SignOf, last_sign
from triage.store.tables import MailRow, OutboxRow, TicketRow

SHOWN = 20
"""How many letters for a person are listed; the counts name all."""

_FOR_A_PERSON = (OutboxState.DEAD, OutboxState.UNKNOWN, OutboxState.HELD)


def read_standing(tx: Transaction, *, midnight: datetime) -> Standing:
    """Everything at one moment; `midnight` (aware) is when the local day began."""
    daemon, mailbox = last_sign(tx, SignOf.DAEMON), last_sign(tx, SignOf.MAILBOX)
    waiting, oldest = _waiting(tx)
    return Standing(
        daemon_seen_at=None if daemon is None else daemon.at,
        stopped=daemon is not None and daemon.living is Living.STOPPED,
        looked_at=None if mailbox is None else mailbox.at,
        received_today=_count_mails(tx, col(MailRow.observed_at) >= midnight, col(MailRow.raw_sha256).is_not(None)),
        taken_in_today=_count_mails(tx, col(MailRow.settled_at) >= midnight, col(MailRow.state) == MailState.PROCESSED),
        waiting=waiting,
        oldest_waiting_at=oldest,
        outbox=_by(tx, col(OutboxRow.state)),
        on_top=_on_top(tx),
        tickets=_by(tx, col(TicketRow.status)),
    )


def _count_mails(tx: Transaction, *where: Any) -> int:
    return int(tx.execute(select(func.count()).select_from(MailRow).where(*where)).scalar_one())


def _waiting(tx: Transaction) -> tuple[Mapping[str, int], datetime | None]:
    """Mails that are not settled: seen and not fetched, fetched and not taken in."""
    query = (
        select(col(MailRow.state), func.count(), func.min(col(MailRow.observed_at)))
        # A reason at this stage says that the mail is older than our first day: it waits for nothing.
        .where(col(MailRow.state).in_((MailState.OBSERVED, MailState.RECEIVED)), col(MailRow.reason).is_(None))
        .group_by(col(MailRow.state))
    )
    rows = tx.execute(query).all()
    return {str(row[0]): int(row[1]) for row in rows}, min((row[2] for row in rows), default=None)


def _by(tx: Transaction, column: "InstrumentedAttribute[Any] | Any") -> Mapping[str, int]:
    query = select(column, func.count()).group_by(column).order_by(column)
    return {str(code): int(count) for code, count in tx.execute(query)}


def _on_top(tx: Transaction) -> tuple[OpenLetter, ...]:
    order = case({state: rank for rank, state in enumerate(_FOR_A_PERSON)}, value=col(OutboxRow.state))
    query = (
        select(
            col(OutboxRow.id),
            col(OutboxRow.kind),
            col(TicketRow.reference),
            col(OutboxRow.state),
            col(OutboxRow.hold_reason),
            col(OutboxRow.attempts),
        )
        .join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id), isouter=True)
        .where(col(OutboxRow.state).in_(_FOR_A_PERSON))
        .order_by(order, col(OutboxRow.id))
        .limit(SHOWN)
    )
    return tuple(OpenLetter(*row) for row in tx.execute(query))
