"""What the database knows that bears on the digests of one morning, gathered in one consistent view."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from triage.model.codes import OutboxState, TicketStatus
from triage.model.judgement import WithholdReason
from triage.model.papers.digest import DigestFacts, StuckMail
from triage.store.engine import Transaction
from triage.store.facts.counted import find_concerned, list_cohort, list_standing
from triage.store.health.signs import SignOf, last_sign
from triage.store.tables import OutboxRow, TicketRow

STUCK_LISTED = 100
"""So many mails that wait for a person are handed out, the oldest first; the count names all."""

_FOR_A_PERSON = (OutboxState.HELD, OutboxState.DEAD)
_LEAVES_BY_ITSELF = (OutboxState.PENDING, OutboxState.RETRY, OutboxState.UNKNOWN, OutboxState.CLAIMED)

_IS_NEW = col(OutboxRow.state) == OutboxState.PENDING
# A letter whose time has not come (one that can still be taken back, the closing letter) does not wait.
_OWED_SINCE = case(
    (_IS_NEW, func.coalesce(col(OutboxRow.next_attempt_at), col(OutboxRow.created_at))),
    else_=col(OutboxRow.created_at),
)


def gather_digest_facts(
    tx: Transaction, *, statuses: Collection[TicketStatus], since_at: datetime, until_at: datetime, now: datetime
) -> DigestFacts:
    """Tickets in these statuses, the cohort received between two instants (aware UTC), and how the service is."""
    waiting, waiting_since_at = tx.execute(
        select(func.count(), func.min(_OWED_SINCE)).where(
            col(OutboxRow.state).in_(_LEAVES_BY_ITSELF), or_(~_IS_NEW, now >= _OWED_SINCE)
        )
    ).one()
    mailbox = last_sign(tx, SignOf.MAILBOX)
    return DigestFacts(
        tickets=list_standing(tx, statuses=statuses),
        cohort=list_cohort(tx, since_at=since_at, until_at=until_at),
        stuck=_stuck(tx),
        stuck_count=_count(tx),
        waiting=waiting,
        waiting_since_at=waiting_since_at,
        for_approval=_count(tx, WithholdReason.APPROVAL),
        looked_at=None if mailbox is None else mailbox.at,
    )


def _count(tx: Transaction, reason: WithholdReason | None = None) -> int:
    query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.state).in_(_FOR_A_PERSON))
    if reason is not None:
        query = query.where(col(OutboxRow.hold_reason) == reason)
    return int(tx.execute(query).scalar_one())


def _stuck(tx: Transaction) -> tuple[StuckMail, ...]:
    query = (
        select(
            col(OutboxRow.id),
            col(OutboxRow.kind),
            col(OutboxRow.state),
            col(OutboxRow.hold_reason),
            col(OutboxRow.ticket_id),
            col(TicketRow.reference),
            col(TicketRow.restricted),
        )
        .join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id), isouter=True)
        .where(col(OutboxRow.state).in_(_FOR_A_PERSON))
        .order_by(col(OutboxRow.id))
        .limit(STUCK_LISTED)
    )
    rows = tx.execute(query).all()
    about = find_concerned(tx, col(TicketRow.id).in_({row.ticket_id for row in rows} - {None}))
    return tuple(
        StuckMail(
            outbox_id=row.id,
            kind=row.kind,
            state=OutboxState(row.state),
            reason=row.hold_reason,
            reference=row.reference,
            restricted=bool(row.restricted),
            concerned=about.get(row.ticket_id or 0, frozenset()),
        )
        for row in rows
    )
