"""A letter that is owed, composed and put in the outbox, with the line that it leaves in the ticket's story."""

from dataclasses import dataclass
from datetime import datetime

from triage.mail.writing.compose import compose_acknowledgement
from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.message_ids import make_message_id
from triage.mail.writing.tokens import make_token, reply_address, write_code
from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.model.decision import AcknowledgementTerms
from triage.model.delivery import OutgoingMail, Placement
from triage.model.judgement import WithholdReason
from triage.model.message import fold_address
from triage.model.notice import AcknowledgementFacts
from triage.rules.outgoing import place
from triage.rules.sending_rate import priority_of
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.journal import OpenedTicket, append_event
from triage.store.keys import keep_token
from triage.workflows.record.stationery import Stationery


@dataclass(frozen=True, slots=True)
class Owed:
    """An acknowledgement that is owed. `received_at` (aware UTC) is when the mail was received that it answers.

    `key` is the outbox key; `hold` says why it must wait for a person, whatever the mode.
    """

    ticket: OpenedTicket
    mail_id: int
    key: str
    received_at: datetime
    terms: AcknowledgementTerms | None
    hold: WithholdReason | None


def acknowledgement_key(mail_id: int) -> str:
    """The outbox key of the acknowledgement of one received mail: there can be no second."""
    return f"{NoticeKind.ACKNOWLEDGEMENT}:{mail_id}"


def put_acknowledgement(tx: Transaction, owed: Owed, *, stationery: Stationery, now: datetime) -> None:
    """Compose F1 and put it in the outbox; without terms, or where it cannot be made safely, only say so."""
    if owed.terms is None:
        _note_withheld(tx, owed, owed.hold or WithholdReason.NO_SENDER, now=now)
        return
    try:
        _put(tx, owed, owed.terms, stationery=stationery, now=now)
    except UnsafeMail:
        _note_withheld(tx, owed, WithholdReason.ADDRESS_REFUSED, now=now)


def _put(tx: Transaction, owed: Owed, terms: AcknowledgementTerms, *, stationery: Stationery, now: datetime) -> None:
    sequence = outbox.next_sequence(tx, owed.ticket.id)
    token = make_token(
        reference=owed.ticket.reference, address=fold_address(terms.recipient.address), key=stationery.signing_key
    )
    mail = _compose(owed, terms, sequence=sequence, token=token, stationery=stationery, now=now)
    keep_token(tx, token, ticket_id=owed.ticket.id, now=now)
    placement = place(NoticeKind.ACKNOWLEDGEMENT, hold=owed.hold, modes=stationery.modes)
    outbox.enqueue(
        tx,
        mail,
        ticket_id=owed.ticket.id,
        mail_id=owed.mail_id,
        sequence=sequence,
        priority=priority_of(mail.kind),
        hold_reason=placement.reason,
        cancelled=placement.state is OutboxState.CANCELLED,
        now=now,
    )
    _tell(tx, owed, mail, placement, now=now)


def _compose(
    owed: Owed, terms: AcknowledgementTerms, *, sequence: int, token: str, stationery: Stationery, now: datetime
) -> OutgoingMail:
    mailbox = stationery.letterhead.address
    return compose_acknowledgement(
        AcknowledgementFacts(
            reference=owed.ticket.reference,
            received_at=owed.received_at.astimezone(stationery.zone),
            answer_due_on=terms.answer_due_on,
            information_due_on=terms.information_due_on,
            thread=terms.thread,
            code=write_code(token),
        ),
        recipient=terms.recipient,
        letterhead=stationery.letterhead,
        templates=stationery.templates,
        message_id=make_message_id(
            kind=NoticeKind.ACKNOWLEDGEMENT,
            reference=owed.ticket.reference,
            seq=sequence,
            domain=stationery.domain,
            key=stationery.signing_key,
        ),
        reply_to=reply_address(mailbox, token) if stationery.plus_addressing else None,
        key=owed.key,
        now=now.astimezone(stationery.zone),
    )


def _tell(tx: Transaction, owed: Owed, mail: OutgoingMail, placement: Placement, *, now: datetime) -> None:
    if placement.reason is not None:
        _note_withheld(tx, owed, placement.reason, now=now)
        return
    payload = {"kind": mail.kind, "key": mail.key, "message_id": mail.message_id, "recipient": mail.recipient}
    append_event(tx, owed.ticket.id, EventKind.NOTICE, at=now, payload=payload, mail_id=owed.mail_id)


def _note_withheld(tx: Transaction, owed: Owed, reason: WithholdReason, *, now: datetime) -> None:
    payload = {"kind": NoticeKind.ACKNOWLEDGEMENT, "reason": reason}
    append_event(tx, owed.ticket.id, EventKind.NOTICE_WITHHELD, at=now, payload=payload, mail_id=owed.mail_id)
