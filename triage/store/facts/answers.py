"""How many acknowledgements the machine let go lately: to this sender, to their domain, and in all (MUST 26).

Counted by when they entered the outbox, and never further than the cap, so that a flood costs no more than a drop.
What waits for a person over a cap is not counted; what a person approves, or what is only observed, is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlmodel import col

from triage.model.codes import NoticeKind, OutboxState
from triage.model.decision import AnsweredLately
from triage.model.judgement import AnsweringCaps, WithholdReason
from triage.model.message import ParsedMessage, fold_address, fold_mailbox
from triage.store.engine import Transaction
from triage.store.tables import MailRow, OutboxRow

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_AS_IF_SENT = (WithholdReason.APPROVAL, WithholdReason.OBSERVATION)
_ACKNOWLEDGED = (
    col(OutboxRow.kind) == NoticeKind.ACKNOWLEDGEMENT,
    col(OutboxRow.created_at) >= bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class _Counting:
    """What is asked of one group of addressees. Built once, since it runs for each mail."""

    let_go: Select[int]
    held: Select[int]


def _counting(*whom: ColumnElement[bool]) -> _Counting:
    reason = col(OutboxRow.hold_reason)
    waiting = col(OutboxRow.state).in_((OutboxState.HELD, OutboxState.CANCELLED))
    rows = select(col(OutboxRow.id)).where(*whom, *_ACKNOWLEDGED)
    let_go = rows.where(or_(~waiting, reason.in_(_AS_IF_SENT))).order_by(col(OutboxRow.created_at))
    return _Counting(
        let_go=select(func.count()).select_from(let_go.limit(bindparam("most")).subquery()),
        held=rows.where(reason == bindparam("reason")).limit(1),
    )


_TO_SENDER = _counting(col(OutboxRow.addressee) == bindparam("whom"))
_TO_DOMAIN = _counting(col(OutboxRow.addressee_domain) == bindparam("whom"))
_TO_ALL = _counting()
_SAID = (
    select(col(OutboxRow.id))
    .join(MailRow, col(MailRow.id) == col(OutboxRow.mail_id))
    .where(
        col(MailRow.content) == bindparam("content"),
        col(MailRow.sender) == bindparam("sender"),
        col(MailRow.id) != bindparam("mail_id"),
        *_ACKNOWLEDGED,
        or_(col(OutboxRow.hold_reason).is_(None), col(OutboxRow.hold_reason) != WithholdReason.SAME_WORDS),
    )
    .limit(1)
)


def find_answered(
    tx: Transaction, message: ParsedMessage, *, mail_id: int, caps: AnsweringCaps, now: datetime
) -> AnsweredLately:
    """What was acknowledged before this mail; both ends of each span count, and so does a future that a clock left."""
    sender = fold_address(message.sender)
    if not sender:
        return AnsweredLately()
    domain = sender.rpartition("@")[2].lower()
    mailbox = fold_mailbox(sender)
    domain_cap = 0 if domain in caps.exempt_domains else caps.domain_per_hour
    sender_hour = _count(tx, _TO_SENDER, mailbox, since=now - HOUR, limit=caps.sender_per_hour)
    sender_day = _count(tx, _TO_SENDER, mailbox, since=now - DAY, limit=caps.sender_per_day)
    domain_hour = _count(tx, _TO_DOMAIN, domain, since=now - HOUR, limit=domain_cap)
    total_hour = _count(tx, _TO_ALL, None, since=now - HOUR, limit=caps.total_per_hour)
    # Whether somebody was told is asked only where there may be something to tell.
    sender_full = 0 < caps.sender_per_hour <= sender_hour or 0 < caps.sender_per_day <= sender_day
    domain_full = 0 < domain_cap <= domain_hour
    total_full = 0 < caps.total_per_hour <= total_hour
    return AnsweredLately(
        sender_hour=sender_hour,
        sender_day=sender_day,
        domain_hour=domain_hour,
        sender_alerted=sender_full and _was_held(tx, _TO_SENDER, mailbox, WithholdReason.SENDER_CAP, since=now - HOUR),
        domain_alerted=domain_full and _was_held(tx, _TO_DOMAIN, domain, WithholdReason.DOMAIN_CAP, since=now - HOUR),
        same_words=_has_said(tx, message, sender=sender, mail_id=mail_id, since=now - DAY),
        total_hour=total_hour,
        total_alerted=total_full and _was_held(tx, _TO_ALL, None, WithholdReason.TOTAL_CAP, since=now - HOUR),
    )


def _count(tx: Transaction, counting: _Counting, whom: str | None, *, since: datetime, limit: int) -> int:
    if not limit:
        return 0
    return int(tx.execute(counting.let_go, {"whom": whom, "since": since, "most": limit}).scalar_one())


def _was_held(
    tx: Transaction, counting: _Counting, whom: str | None, reason: WithholdReason, *, since: datetime
) -> bool:
    return tx.execute(counting.held, {"whom": whom, "since": since, "reason": reason}).first() is not None


def _has_said(tx: Transaction, message: ParsedMessage, *, sender: str, mail_id: int, since: datetime) -> bool:
    if not message.content:
        return False
    asked = {"content": message.content, "sender": sender, "mail_id": mail_id, "since": since}
    return tx.execute(_SAID, asked).first() is not None
