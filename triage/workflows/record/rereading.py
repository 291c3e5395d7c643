"""Writing down that a mail nobody could read was understood after all: its ticket stays, its letter is owed once."""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.model.codes import EventKind, NoticeKind, OutboxState
from triage.model.decision import (
    Acknowledge,
    AcknowledgementTerms,
    AddEvent,
    Decision,
    OpenTicket,
    TellStaff,
    WithholdAcknowledgement,
)
from triage.model.judgement import WithholdReason
from triage.model.message import ParsedMessage
from triage.rules.intake.decision import FLAG_UNREADABLE
from triage.rules.tickets.restriction import addresses_of
from triage.store.engine import Transaction
from triage.store.journal import OpenedTicket, append_event, mend_ticket, restrict_ticket
from triage.store.ledgers import handling
from triage.store.ledgers.rereading import SettledMail, resettle
from triage.store.ledgers.scanning import want_scan
from triage.workflows.record.acknowledgement import Owed, acknowledgement_key, put_acknowledgement
from triage.workflows.record.charge.kept import as_said
from triage.workflows.record.charge.working import Told, put_working_mails
from triage.workflows.record.operating import OPERATOR
from triage.workflows.record.stationery import Stationery

REPLACED = "reread"
"""Why a letter that was composed without understanding the mail shall not leave."""


@dataclass(frozen=True, slots=True)
class _Letter:
    terms: AcknowledgementTerms | None
    hold: WithholdReason | None


def record_rereading(
    tx: Transaction,
    settled: SettledMail,
    *,
    message: ParsedMessage,
    decision: Decision,
    stationery: Stationery,
    now: datetime,
) -> None:
    """Flag off, requester known, event left, letter owed. The matter stays the one that was opened, on its clocks."""
    if settled.ticket_id is None or settled.reference is None:
        raise ValueError("a mail without ticket was not left unread")
    ticket = OpenedTicket(settled.ticket_id, settled.reference)
    opening = next((each for each in decision.actions if isinstance(each, OpenTicket)), None)
    requester = None if opening is None else opening.requester
    mend_ticket(tx, ticket.id, flag=FLAG_UNREADABLE, requester=requester, now=now)
    resettle(tx, settled.mail.id, message=message, decision=decision)
    payload = {
        "reason": decision.reason,
        "nature": decision.nature.nature,
        "nature_reason": decision.nature.reason,
        "possibly_related": None if opening is None else opening.possibly_related,
        # What it would have been told on another ticket, had it been read at once: a person links them.
        "received_at": decision.received_at.isoformat(),
        "said": as_said(message),
        "belongs_to": [each.reference for each in decision.actions if isinstance(each, AddEvent)],
    }
    append_event(tx, ticket.id, EventKind.REREAD, at=now, payload=payload, mail_id=settled.mail.id, actor=OPERATOR)
    if message.attachments and stationery.scans:
        want_scan(tx, settled.mail.id, now=now)
    _settle_letter(tx, settled, ticket, decision, stationery=stationery, now=now)
    if opening is not None and opening.restricted:
        restrict_ticket(tx, ticket.id, concerned=addresses_of(opening.concerned), now=now)
    for action in decision.actions:
        if isinstance(action, TellStaff):
            # What could not be read was announced as a new file already: its words come as a message to it.
            tell = replace(action, kind=NoticeKind.FOLLOW_UP)
            told = Told(tell, ticket, settled.mail.id, message, decision.received_at)
            put_working_mails(tx, told, stationery=stationery, now=now)


def _settle_letter(
    tx: Transaction,
    settled: SettledMail,
    ticket: OpenedTicket,
    decision: Decision,
    *,
    stationery: Stationery,
    now: datetime,
) -> None:
    """One letter at most: one that a person let go already is enough, one that waits is composed anew."""
    key = acknowledgement_key(settled.mail.id)
    earlier_id = handling.find_by_key(tx, key)
    earlier = None if earlier_id is None else handling.hold_still(tx, earlier_id)
    if earlier is not None and earlier.state != OutboxState.HELD:
        return
    if earlier is not None:
        handling.cancel(tx, earlier.id, reason=REPLACED)
    letter = _letter(decision)
    if letter is None:
        return
    owed = Owed(
        ticket=ticket,
        mail_id=settled.mail.id,
        key=key if earlier is None else f"{key}:{REPLACED}",
        received_at=decision.received_at,
        terms=letter.terms,
        hold=letter.hold,
    )
    put_acknowledgement(tx, owed, stationery=stationery, now=now)


def _letter(decision: Decision) -> _Letter | None:
    for action in decision.actions:
        match action:
            case Acknowledge():
                return _Letter(action.terms, None)
            case WithholdAcknowledgement():
                return _Letter(action.terms, action.reason)
    return None
