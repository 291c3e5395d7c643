"""A letter to a requester, composed and put in the outbox with the key that makes a second one impossible (R-62)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.letters.compose import Envelope, compose_letter
from triage.mail.writing.message_ids import make_message_id
from triage.mail.writing.tokens import make_token, reply_address, write_code
from triage.model.codes import NoticeKind
from triage.model.decision import Thread
from triage.model.judgement import WithholdReason
from triage.model.letters.requester import LetterFacts, Matter
from triage.model.message import fold_address
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.keys import keep_token
from triage.workflows.record.posting import Posting, post, withhold
from triage.workflows.record.stationery import Stationery

MakeFacts = Callable[[Matter], LetterFacts]
"""Turns what every letter says of its ticket into the facts of one letter."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """To whom a letter about a ticket goes. `received_at` (aware UTC) is the reception of the ticket.

    `key` is its outbox key; `mail_id` the received mail from which it follows; `actor` who had it written.
    """

    ticket_id: int
    reference: str
    received_at: datetime
    recipient: str
    thread: Thread
    key: str
    mail_id: int | None = None
    actor: str = "triage"
    hold: WithholdReason | None = None


def put_letter(
    tx: Transaction,
    kind: NoticeKind,
    addressed: Addressed,
    make_facts: MakeFacts,
    *,
    stationery: Stationery,
    now: datetime,
) -> bool:
    """Compose a letter and put it in the outbox; False where it is there already, or could not be made safely.

    Raises `ValueError` where the letter would be wrong (`compose_letter`): the caller asked for what cannot be said.
    """
    sequence = outbox.next_sequence(tx, addressed.ticket_id)
    posting = Posting(addressed.ticket_id, addressed.mail_id, sequence, addressed.hold, addressed.actor)
    token = make_token(
        reference=addressed.reference, address=fold_address(addressed.recipient), key=stationery.signing_key
    )
    matter = Matter(
        reference=addressed.reference,
        received_at=addressed.received_at.astimezone(stationery.zone),
        thread=addressed.thread,
        code=write_code(token),
    )
    try:
        mail = compose_letter(
            kind,
            make_facts(matter),
            _envelope(kind, addressed, stationery, sequence=sequence, token=token, now=now),
            letterhead=stationery.letterhead,
            templates=stationery.templates,
        )
    except UnsafeMail:
        withhold(tx, posting, kind, WithholdReason.ADDRESS_REFUSED, now=now)
        return False
    keep_token(tx, token, ticket_id=addressed.ticket_id, now=now)
    return post(tx, mail, posting, modes=stationery.modes, now=now)


def _envelope(
    kind: NoticeKind, addressed: Addressed, stationery: Stationery, *, sequence: int, token: str, now: datetime
) -> Envelope:
    return Envelope(
        recipient=addressed.recipient,
        message_id=make_message_id(
            kind=kind,
            reference=addressed.reference,
            seq=sequence,
            domain=stationery.domain,
            key=stationery.signing_key,
        ),
        key=addressed.key,
        now=now.astimezone(stationery.zone),
        reply_to=reply_address(stationery.letterhead.address, token) if stationery.plus_addressing else None,
    )
