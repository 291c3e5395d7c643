"""How many acknowledgements the machine let go lately: to this sender, to their domain, and in all (MUST 26).

Counted by when they entered the outbox, and never further than the cap, so that a flood costs no more than a drop.
What waits for a person over a cap is not counted; what a person approves, or what is only observed, is.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, exists, func, literal, or_, select, true
from sqlmodel import col

from triage.model.codes import NoticeKind, OutboxState
from triage.model.decision import AnsweredLately
from triage.model.judgement import AnsweringCaps, WithholdReason
from triage.model.message import ParsedMessage, fold_address, fold_mailbox
from triage.store.engine import Transaction
from triage.store.tables import MailRow, OutboxRow

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_REASON = col(OutboxRow.hold_reason)
_WAITING = col(OutboxRow.state).in_([literal(OutboxState.HELD), literal(OutboxState.CANCELLED)])
_AS_IF_SENT = _REASON.in_([literal(WithholdReason.APPROVAL), literal(WithholdReason.OBSERVATION)])
_ACKNOWLEDGES = col(OutboxRow.kind) == NoticeKind.ACKNOWLEDGEMENT
_TO_SENDER = col(OutboxRow.addressee) == bindparam("mailbox")
_TO_DOMAIN = col(OutboxRow.addressee_domain) == bindparam("domain")


def _counted(whom: ColumnElement[bool], *, since: str, most: str) -> ScalarSelect[int]:
    found = (
        select(col(OutboxRow.id))
        .where(whom, _ACKNOWLEDGES, col(OutboxRow.created_at) >= bindparam(since), or_(~_WAITING, _AS_IF_SENT))
        .order_by(col(OutboxRow.created_at))
        .limit(bindparam(most))
    )
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def _held(whom: ColumnElement[bool], reason: WithholdReason) -> ColumnElement[bool]:
    since = col(OutboxRow.created_at) >= bindparam("hour")
    return exists().where(whom, _ACKNOWLEDGES, since, col(OutboxRow.hold_reason) == reason)


# One statement, built once, since it runs for each mail.
_LATELY = select(
    _counted(_TO_SENDER, since="hour", most="sender_per_hour").label("sender_hour"),
    _counted(_TO_SENDER, since="day", most="sender_per_day").label("sender_day"),
    _counted(_TO_DOMAIN, since="hour", most="domain_per_hour").label("domain_hour"),
    _counted(true(), since="hour", most="total_per_hour").label("total_hour"),
    exists()
    .where(
        col(MailRow.id) == col(OutboxRow.mail_id),
        col(MailRow.content) == bindparam("content"),
        col(MailRow.sender) == bindparam("sender"),
        col(MailRow.id) != bindparam("mail_id"),
        _ACKNOWLEDGES,
        col(OutboxRow.created_at) >= bindparam("day"),
        or_(_REASON.is_(None), _REASON != WithholdReason.SAME_WORDS),
    )
    .label("same_words"),
)
_ALERTED = select(
    _held(_TO_SENDER, WithholdReason.SENDER_CAP).label("sender"),
    _held(_TO_DOMAIN, WithholdReason.DOMAIN_CAP).label("domain"),
    _held(true(), WithholdReason.TOTAL_CAP).label("total"),
)


def find_answered(
    tx: Transaction, message: ParsedMessage, *, mail_id: int, caps: AnsweringCaps, now: datetime
) -> AnsweredLately:
    """What was acknowledged before this mail; both ends of each span count, and so does a future that a clock left."""
    sender = fold_address(message.sender)
    if not sender:
        return AnsweredLately()
    domain = sender.rpartition("@")[2].lower()
    domain_cap = 0 if domain in caps.exempt_domains else caps.domain_per_hour
    whom = {"mailbox": fold_mailbox(sender), "domain": domain, "hour": now - HOUR}
    asked = {
        **whom,
        "day": now - DAY,
        "sender_per_hour": caps.sender_per_hour,
        "sender_per_day": caps.sender_per_day,
        "domain_per_hour": domain_cap,
        "total_per_hour": caps.total_per_hour,
        "content": message.content or None,
        "sender": sender,
        "mail_id": mail_id,
    }
    found = tx.execute(_LATELY, asked).one()
    # Whether somebody was told is asked only where there may be something to tell.
    sender_full = 0 < caps.sender_per_hour <= found.sender_hour or 0 < caps.sender_per_day <= found.sender_day
    domain_full = 0 < domain_cap <= found.domain_hour
    total_full = 0 < caps.total_per_hour <= found.total_hour
    told = tx.execute(_ALERTED, whom).one() if sender_full or domain_full or total_full else None
    return AnsweredLately(
        sender_hour=found.sender_hour,
        sender_day=found.sender_day,
        domain_hour=found.domain_hour,
        sender_alerted=sender_full and told is not None and told.sender,
        domain_alerted=domain_full and told is not None and told.domain,
        same_words=found.same_words,
        total_hour=found.total_hour,
        total_alerted=total_full and told is not None and told.total,
    )
