"""How many acknowledgements the machine let go lately: to this sender, to their domain, and in all (MUST 26).

Counted by when they entered the outbox, and never further than the cap, so that a flood costs no more than a drop.
What waits for a person over a cap is not counted; what a person approves, or what is only observed, is.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlmodel import col

from triage.model.codes import NoticeKind, OutboxState
from triage.model.decision import AnsweredLately, AnsweringCaps
from triage.model.judgement import WithholdReason
from triage.model.message import ParsedMessage, fold_address, fold_mailbox
from triage.store.engine import Transaction
from triage.store.tables import MailRow, OutboxRow

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_AS_IF_SENT = (WithholdReason.APPROVAL, WithholdReason.OBSERVATION)


def find_answered(
    tx: Transaction, message: ParsedMessage, *, mail_id: int, caps: AnsweringCaps, now: datetime
) -> AnsweredLately:
    """What was acknowledged before this mail; both ends of each span count, and so does a future that a clock left."""
    sender = fold_address(message.sender)
    if not sender:
        return AnsweredLately()
    domain = sender.rpartition("@")[2].lower()
    to_sender = col(OutboxRow.addressee) == fold_mailbox(sender)
    to_domain = col(OutboxRow.addressee_domain) == domain
    domain_cap = 0 if domain in caps.exempt_domains else caps.domain_per_hour
    sender_hour = _count(tx, to_sender, since=now - HOUR, limit=caps.sender_per_hour)
    sender_day = _count(tx, to_sender, since=now - DAY, limit=caps.sender_per_day)
    domain_hour = _count(tx, to_domain, since=now - HOUR, limit=domain_cap)
    total_hour = _count(tx, true(), since=now - HOUR, limit=caps.total_per_hour)
    # Whether somebody was told is asked only where there may be something to tell.
    sender_full = 0 < caps.sender_per_hour <= sender_hour or 0 < caps.sender_per_day <= sender_day
    domain_full = 0 < domain_cap <= domain_hour
    total_full = 0 < caps.total_per_hour <= total_hour
    return AnsweredLately(
        sender_hour=sender_hour,
        sender_day=sender_day,
        domain_hour=domain_hour,
        sender_alerted=sender_full and _was_held(tx, to_sender, WithholdReason.SENDER_CAP, since=now - HOUR),
        domain_alerted=domain_full and _was_held(tx, to_domain, WithholdReason.DOMAIN_CAP, since=now - HOUR),
        same_words=_has_said(tx, message, sender=sender, mail_id=mail_id, since=now - DAY),
        total_hour=total_hour,
        total_alerted=total_full and _was_held(tx, true(), WithholdReason.TOTAL_CAP, since=now - HOUR),
    )


def _count(tx: Transaction, whom: ColumnElement[bool], *, since: datetime, limit: int) -> int:
    if not limit:
        return 0
    reason = col(OutboxRow.hold_reason)
    waiting = col(OutboxRow.state).in_((OutboxState.HELD, OutboxState.CANCELLED))
    let_go = or_(~waiting, reason.in_(_AS_IF_SENT))
    found = (
        select(col(OutboxRow.id))
        .where(whom, _acknowledges(), col(OutboxRow.created_at) >= since, let_go)
        .order_by(col(OutboxRow.created_at))
        .limit(limit)
    )
    return int(tx.execute(select(func.count()).select_from(found.subquery())).scalar_one())


def _was_held(tx: Transaction, whom: ColumnElement[bool], reason: WithholdReason, *, since: datetime) -> bool:
    query = (
        select(col(OutboxRow.id))
        .where(whom, _acknowledges(), col(OutboxRow.created_at) >= since, col(OutboxRow.hold_reason) == reason)
        .limit(1)
    )
    return tx.execute(query).first() is not None


def _has_said(tx: Transaction, message: ParsedMessage, *, sender: str, mail_id: int, since: datetime) -> bool:
    if not message.content:
        return False
    query = (
        select(col(OutboxRow.id))
        .join(MailRow, col(MailRow.id) == col(OutboxRow.mail_id))
        .where(
            col(MailRow.content) == message.content,
            col(MailRow.sender) == sender,
            col(MailRow.id) != mail_id,
            _acknowledges(),
            col(OutboxRow.created_at) >= since,
            or_(col(OutboxRow.hold_reason).is_(None), col(OutboxRow.hold_reason) != WithholdReason.SAME_WORDS),
        )
        .limit(1)
    )
    return tx.execute(query).first() is not None


def _acknowledges() -> ColumnElement[bool]:
    return col(OutboxRow.kind) == NoticeKind.ACKNOWLEDGEMENT
