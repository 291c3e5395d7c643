"""One sweep of deadlines to rows: notices in the outbox, one event a ticket that was told, and its next review.

All of a sweep is one transaction, because a gathered mail and the tickets that it names change together: whoever dies
in between has neither told nor written down anything.
"""

from datetime import datetime, timedelta

from triage.mail.writing.internal.compose import compose_staff_notice
from triage.mail.writing.message_ids import make_collective_id, make_message_id, make_thread_id
from triage.mail.writing.tokens import reply_address, write_code
from triage.model.agents.authority import TokenScope
from triage.model.codes import EventKind, OutboxState
from triage.model.escalation.notices import SettledReview, StaffNotice, SweepDecision, ToldStep
from triage.rules.outgoing import place
from triage.rules.sending_rate import priority_of
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.journal import append_event, schedule_review
from triage.store.ledgers import handling
from triage.store.staff_tokens import issue_token
from triage.workflows.record.stationery import Stationery

TOKEN_LIFE = timedelta(days=45)
"""How long an answer to a notice is recognised."""


def record_sweep(tx: Transaction, decision: SweepDecision, *, stationery: Stationery, now: datetime) -> int:
    """Write what one sweep decided; how many notices are new in the outbox. The caller commits.

    Raises `UnsafeMail` where a registered address cannot be written to.
    """
    enqueued = sum(put_staff_notice(tx, each, stationery=stationery, now=now) for each in decision.notices)
    for left in decision.settled:
        _settle(tx, left, now=now)
    return enqueued


def put_staff_notice(tx: Transaction, notice: StaffNotice, *, stationery: Stationery, now: datetime) -> bool:
    """Compose a notice to one member of staff and put it in the outbox; False where its key is there already."""
    if handling.find_by_key(tx, notice.key) is not None:
        return False
    ticket_id = notice.files[0].ticket_id if len(notice.files) + notice.unlisted == 1 else None
    token = _issue_token(tx, notice, ticket_id, now=now)
    sequence = 0 if ticket_id is None else outbox.next_sequence(tx, ticket_id)
    mail = compose_staff_notice(
        notice,
        letterhead=stationery.letterhead,
        templates=stationery.templates,
        message_id=_message_id(notice, stationery, sequence=sequence),
        thread_id=None if ticket_id is None else _thread_id(notice, stationery),
        now=now.astimezone(stationery.zone),
        reply_to=reply_address(stationery.letterhead.address, token) if stationery.plus_addressing else None,
        code=write_code(token),
    )
    placement = place(notice.kind, hold=None, modes=stationery.modes)
    return outbox.enqueue(
        tx,
        mail,
        ticket_id=ticket_id,
        mail_id=None,
        sequence=sequence,
        priority=priority_of(mail.kind),
        hold_reason=placement.reason,
        cancelled=placement.state is OutboxState.CANCELLED,
        now=now,
    )


def _issue_token(tx: Transaction, notice: StaffNotice, ticket_id: int | None, *, now: datetime) -> str:
    """What an answer to it is recognised by; of several files it opens none, and acknowledges the notice alone."""
    _, text = issue_token(
        tx,
        scope=TokenScope.NOTICE if ticket_id is None else TokenScope.TICKET,
        staff_id=notice.recipient.id,
        ticket_id=ticket_id,
        expires_at=now + TOKEN_LIFE,
        now=now,
    )
    return text


def _message_id(notice: StaffNotice, stationery: Stationery, *, sequence: int) -> str:
    domain, key = stationery.domain, stationery.signing_key
    if not sequence:
        return make_collective_id(kind=notice.kind, about=notice.key, domain=domain, key=key)
    reference = notice.files[0].reference
    return make_message_id(kind=notice.kind, reference=reference, seq=sequence, domain=domain, key=key)


def _thread_id(notice: StaffNotice, stationery: Stationery) -> str:
    reference = notice.files[0].reference
    return make_thread_id(reference=reference, domain=stationery.domain, key=stationery.signing_key)


def _settle(tx: Transaction, left: SettledReview, *, now: datetime) -> None:
    if left.told:
        payload = {"steps": [_as_payload(each) for each in left.told]}
        append_event(tx, left.ticket_id, EventKind.ESCALATED, at=now, payload=payload)
    schedule_review(tx, left.ticket_id, at=left.next_review_at)


def _as_payload(told: ToldStep) -> dict[str, object]:
    """What the story of the ticket keeps: ids and codes, by which the step is known for ever."""
    step = told.reached.step
    return {
        "key": told.reached.key,
        "step": step.id,
        "level": step.level,
        "reached_at": told.reached.at.isoformat(),
        "by": told.by,
        "to": list(told.to),
    }
