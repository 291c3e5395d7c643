"""F1, the acknowledgement that one mail is owed, composed and posted with a key that makes a second impossible."""

from dataclasses import dataclass
from datetime import datetime

from triage.mail.writing.compose import compose_acknowledgement
from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.message_ids import make_message_id
from triage.mail.writing.tokens import make_token, reply_address, write_code
from triage.model.codes import NoticeKind
from triage.model.decision import AcknowledgementTerms
from triage.model.delivery import OutgoingMail
from triage.model.judgement import WithholdReason
from triage.model.message import fold_address
from triage.model.notice import AcknowledgementFacts
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.journal import OpenedTicket
from triage.store.keys import keep_token
from triage.workflows.record.posting import Posting, post, withhold
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
    """Compose F1 and put it in the outbox; without terms, or where it cannot be made safely, only say so.

    Raises `ValueError` where one stands there under its key: the caller asked for a second.
    """
    sequence = outbox.next_sequence(tx, owed.ticket.id)
    posting = Posting(owed.ticket.id, owed.mail_id, sequence, owed.hold)
    if owed.terms is None:
        withhold(tx, posting, NoticeKind.ACKNOWLEDGEMENT, owed.hold or WithholdReason.NO_SENDER, now=now)
        return
    token = make_token(
        reference=owed.ticket.reference, address=fold_address(owed.terms.recipient.address), key=stationery.signing_key
    )
    try:
        mail = _compose(owed, owed.terms, sequence=sequence, token=token, stationery=stationery, now=now)
    except UnsafeMail:
        withhold(tx, posting, NoticeKind.ACKNOWLEDGEMENT, WithholdReason.ADDRESS_REFUSED, now=now)
        return
    keep_token(tx, token, ticket_id=owed.ticket.id, now=now)
    if not post(tx, mail, posting, modes=stationery.modes, now=now):
        raise ValueError("this mail is acknowledged already")


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
