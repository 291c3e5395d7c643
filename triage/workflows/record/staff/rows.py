"""Writing down what became of a mail of staff: acts on tickets, each with its event and evidence, and the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from triage.mail.writing.internal.receipt import compose_receipt
from triage.mail.writing.message_ids import make_collective_id, make_message_id
from triage.model.agents.authority import Authority
from triage.model.agents.commands import Verb
from triage.model.agents.receipts import ReceiptFacts
from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.model.decision import Decision, Reason
from triage.model.message import ParsedMessage
from triage.rules.agents.acting import MET_BY_TAKING_CHARGE, Act
from triage.rules.outgoing import place
from triage.rules.sending_rate import priority_of
from triage.store import inbox, outbox
from triage.store.engine import Transaction
from triage.store.journal import append_event
from triage.store.journal.work import Standing, put_standing, standing_of
from triage.workflows.record.stationery import Stationery

_EVENTS = {
    Verb.TAKE: EventKind.TAKEN_CHARGE,
    Verb.ASSIGN: EventKind.ASSIGNED,
    Verb.NOTE: EventKind.NOTED,
    Verb.REPLY: EventKind.WRITTEN,
    Verb.CONCLUDE: EventKind.CONCLUDED,
    Verb.APPROVE: EventKind.APPROVED,
    Verb.SEND_BACK: EventKind.SENT_BACK,
    Verb.EXTEND: EventKind.EXTENDED,
    Verb.CLOSE: EventKind.CLOSED,
    Verb.REOPEN: EventKind.REOPENED,
    Verb.KIND: EventKind.RECODED,
    Verb.CLIENT: EventKind.CODED,
    Verb.SERVICE: EventKind.CODED,
    Verb.PRIORITY: EventKind.CODED,
    Verb.WAIT: EventKind.WAITING,
    Verb.RESUME: EventKind.RESUMED,
}


@dataclass(frozen=True, slots=True)
class StaffMail:
    """The mail that is written about, with what was decided of its right to act."""

    mail_id: int
    message: ParsedMessage
    decision: Decision
    authority: Authority
    now: datetime

    @property
    def actor(self) -> str:
        """Who acted, as events name them; a mail that is not believed is nobody's act."""
        return f"staff:{self.authority.evidence.sender_id}"


def record_act(
    tx: Transaction, mail: StaffMail, ticket_id: int, act: Act, *, note: str, said: Mapping[str, object] | None = None
) -> None:
    """Carry out one command that changes a ticket or its story; `note` is what was typed with it, "" for nothing,
    and `said` what the story keeps besides.
    """
    kind = _EVENTS.get(act.command.verb)
    if kind is None:
        return
    before = standing_of(tx, ticket_id)
    taken_at = before.taken_charge_at or (mail.now if act.takes_charge else None)
    after = Standing(act.status if act.moves else before.status, act.assigned_to, taken_at)
    put_standing(tx, ticket_id, after, met_by=MET_BY_TAKING_CHARGE, now=mail.now)
    payload = {
        "verb": act.command.verb,
        "before": as_payload(before),
        "after": as_payload(after),
        "text": note,
        "evidence": mail.authority.evidence.as_detail(),
        **(said or {}),
    }
    append_event(tx, ticket_id, kind, at=mail.now, payload=payload, mail_id=mail.mail_id, actor=mail.actor)


def record_judged(tx: Transaction, mail: StaffMail, ticket_id: int, *, said: Mapping[str, object]) -> None:
    """Leave on the ticket that a mail in the name of staff came, what became of it and why; nothing else changes."""
    payload = {
        "verdict": mail.authority.verdict,
        "reason": mail.authority.reason,
        "evidence": mail.authority.evidence.as_detail(),
        **said,
    }
    append_event(tx, ticket_id, EventKind.STAFF_MAIL, at=mail.now, payload=payload, mail_id=mail.mail_id)


def put_receipt(
    tx: Transaction, mail: StaffMail, facts: ReceiptFacts, *, ticket_id: int | None, stationery: Stationery
) -> bool:
    """Compose the receipt and put it in the outbox; whether it may leave. There is one for each mail and
    reader.

    Raises `UnsafeMail` where the registered address cannot be written to.
    """
    key = f"{NoticeKind.RECEIPT}:{mail.mail_id}:{facts.recipient.id}"
    sequence = 0 if ticket_id is None else outbox.next_sequence(tx, ticket_id)
    domain, signing = stationery.domain, stationery.signing_key
    # One receipt may speak of several tickets; it then leads back to none.
    if ticket_id is None:
        message_id = make_collective_id(kind=NoticeKind.RECEIPT, about=key, domain=domain, key=signing)
    else:
        message_id = make_message_id(
            kind=NoticeKind.RECEIPT, reference=facts.reference, seq=sequence, domain=domain, key=signing
        )
    composed = compose_receipt(
        facts,
        letterhead=stationery.letterhead,
        templates=stationery.templates,
        message_id=message_id,
        key=key,
        now=mail.now.astimezone(stationery.zone),
    )
    placement = place(NoticeKind.RECEIPT, hold=None, modes=stationery.modes)
    outbox.enqueue(
        tx,
        composed,
        ticket_id=ticket_id,
        mail_id=mail.mail_id,
        sequence=sequence,
        priority=priority_of(composed.kind),
        hold_reason=placement.reason,
        cancelled=placement.state is OutboxState.CANCELLED,
        now=mail.now,
    )
    return placement.state is OutboxState.PENDING


def settle_staff_mail(tx: Transaction, mail: StaffMail, reason: Reason, *, ticket_id: int | None) -> Decision:
    """Write the mail's new state; the decision that stands for it, which opens nothing and acknowledges nothing."""
    decision = replace(mail.decision, reason=reason, actions=())
    inbox.settle(tx, mail.mail_id, message=mail.message, decision=decision, ticket_id=ticket_id, now=mail.now)
    return decision


def as_payload(standing: Standing) -> dict[str, object]:
    """How a ticket stands, as events keep it."""
    taken_at = standing.taken_charge_at
    return {
        "status": standing.status,
        "assigned_to": standing.assigned_to,
        "taken_charge_at": None if taken_at is None else taken_at.isoformat(),
    }
