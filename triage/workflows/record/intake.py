"""Carrying out the decision on one mail: ticket, events, outbox rows and the mail's new state, all or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from triage.model.codes import EventKind, NoticeKind, TicketStatus
from triage.model.decision import (
    Acknowledge,
    AcknowledgementTerms,
    Action,
    AddEvent,
    ConfirmFollowUp,
    Decision,
    NoteReturned,
    OpenTicket,
    ReopenClock,
    TellStaff,
    WithholdAcknowledgement,
)
from triage.model.judgement import AskedInAWord, WithholdReason
from triage.model.letters.requester import FollowUpFacts
from triage.model.message import ParsedMessage
from triage.rules.tickets.restriction import addresses_of
from triage.store import inbox, tickets
from triage.store.engine import Transaction
from triage.store.journal import NewTicket, OpenedTicket, append_event, open_ticket
from triage.store.ledgers import handling
from triage.store.ledgers.scanning import want_scan
from triage.workflows.record.acknowledgement import Owed, acknowledgement_key, put_acknowledgement
from triage.workflows.record.answering import OVERTAKEN, record_reopened, record_return
from triage.workflows.record.asked import record_asked
from triage.workflows.record.charge.kept import as_said
from triage.workflows.record.charge.working import Told, put_working_mails
from triage.workflows.record.letters import Addressed, put_letter
from triage.workflows.record.stationery import Stationery

_SENDING = (Acknowledge, AskedInAWord, ConfirmFollowUp, TellStaff)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: the ticket that the mail opened or joined, and whether something waits in the outbox."""

    reference: str | None
    has_mail_to_send: bool


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every action of one decision is carried out with."""

    tx: Transaction
    mail_id: int
    message: ParsedMessage
    decision: Decision
    stationery: Stationery
    now: datetime


def record_intake(
    tx: Transaction, *, mail_id: int, message: ParsedMessage, decision: Decision, stationery: Stationery, now: datetime
) -> Recorded:
    """Write everything that follows from one mail; the caller commits."""
    desk = _Desk(tx, mail_id, message, decision, stationery, now)
    ticket: OpenedTicket | None = None
    for action in decision.actions:
        ticket = _carry_out(desk, action, ticket)
    inbox.settle(
        tx, mail_id, message=message, decision=decision, ticket_id=None if ticket is None else ticket.id, now=now
    )
    if ticket is not None and message.attachments and stationery.scans:
        want_scan(tx, mail_id, now=now)
    has_mail_to_send = any(isinstance(action, _SENDING) for action in decision.actions)
    return Recorded(None if ticket is None else ticket.reference, has_mail_to_send)


def open_quarantined(
    tx: Transaction,
    *,
    mail_id: int,
    message: ParsedMessage,
    decision: Decision,
    opening: OpenTicket,
    stationery: Stationery,
    now: datetime,
) -> OpenedTicket:
    """A ticket that waits for a person's word that its mail is genuine: its clocks run, and nobody is written to."""
    desk = _Desk(tx, mail_id, message, decision, stationery, now)
    return _open(desk, replace(opening, status=TicketStatus.QUARANTINED))


def _carry_out(desk: _Desk, action: Action, ticket: OpenedTicket | None) -> OpenedTicket | None:
    match action:
        case OpenTicket():
            return _open(desk, action)
        case AddEvent() | AskedInAWord():
            added = _add_event(desk, action) if isinstance(action, AddEvent) else _asked(desk, action)
            return ticket or added  # of several tickets cited, the first is the one that the strongest pointer names
        case Acknowledge():
            _acknowledge(desk, _opened(ticket), action.terms, hold=None)
        case WithholdAcknowledgement():
            _acknowledge(desk, _opened(ticket), action.terms, hold=action.reason)
        case ReopenClock() | NoteReturned():
            record_return(desk.tx, action, mail_id=desk.mail_id, now=desk.now)
        case TellStaff():
            _tell_staff(desk, action, ticket)
        case ConfirmFollowUp():
            _confirm(desk, action, ticket)
        case _:
            assert_never(action)
    return ticket


def _asked(desk: _Desk, action: AskedInAWord) -> OpenedTicket | None:
    return record_asked(
        desk.tx,
        action,
        mail_id=desk.mail_id,
        received_at=desk.decision.received_at,
        stationery=desk.stationery,
        now=desk.now,
    )


def _open(desk: _Desk, action: OpenTicket) -> OpenedTicket:
    year = action.received_at.astimezone(desk.stationery.zone).year
    ticket = open_ticket(
        desk.tx,
        NewTicket(
            year=year,
            kind=action.kind,
            channel=action.channel,
            received_at=action.received_at,
            opened_at=desk.now,
            requester=action.requester,
            dues=action.dues,
            flags=action.flags,
            possibly_related=action.possibly_related,
            restricted=action.restricted,
            concerned=addresses_of(action.concerned),
            status=action.status,
            watched=action.watched,
        ),
    )
    payload: dict[str, object] = {
        "reason": desk.decision.reason,
        "nature": desk.decision.nature.nature,
        "nature_reason": desk.decision.nature.reason,
        "kind": action.kind,
        "channel": action.channel,
        "received_at": action.received_at.isoformat(),
        "due": {due.standard: due.due_at.isoformat() for due in action.dues},
        "flags": list(action.flags),
        "possibly_related": action.possibly_related,
        "said": as_said(desk.message),
    }
    if action.restricted:
        payload |= {"restricted": True, "concerned": [member.id for member in action.concerned]}
    if action.status is TicketStatus.QUARANTINED:
        payload |= {"status": action.status}
    if action.evidence is not None:
        payload |= {"evidence": action.evidence, "status": action.status}
    append_event(desk.tx, ticket.id, EventKind.OPENED, at=desk.now, payload=payload, mail_id=desk.mail_id)
    return ticket


def _add_event(desk: _Desk, action: AddEvent) -> OpenedTicket | None:
    ticket_id = tickets.ticket_id(desk.tx, action.reference)
    if ticket_id is None:
        return None
    payload: dict[str, object] = {"reason": action.reason, "received_at": desk.decision.received_at.isoformat()}
    if action.kind is EventKind.REOPENED:
        record_reopened(desk.tx, ticket_id, now=desk.now)
    if action.kind is EventKind.FOLLOW_UP:
        payload["said"] = as_said(desk.message)
    append_event(desk.tx, ticket_id, action.kind, at=desk.now, payload=payload, mail_id=desk.mail_id)
    if action.kind is EventKind.FOLLOW_UP:
        # Who writes again is not told that all is over.
        handling.cancel_unsent(desk.tx, ticket_id, kind=NoticeKind.CLOSING, reason=OVERTAKEN)
    return OpenedTicket(ticket_id, action.reference)


def _acknowledge(
    desk: _Desk, ticket: OpenedTicket, terms: AcknowledgementTerms | None, *, hold: WithholdReason | None
) -> None:
    owed = Owed(
        ticket=ticket,
        mail_id=desk.mail_id,
        key=acknowledgement_key(desk.mail_id),
        received_at=desk.decision.received_at,
        terms=terms,
        hold=hold,
    )
    put_acknowledgement(desk.tx, owed, stationery=desk.stationery, now=desk.now)


def _tell_staff(desk: _Desk, action: TellStaff, ticket: OpenedTicket | None) -> None:
    openings = (each for each in desk.decision.actions if isinstance(each, OpenTicket))
    told = Told(
        tell=action,
        ticket=_named(desk, action.reference) or _opened(ticket),
        mail_id=desk.mail_id,
        message=desk.message,
        received_at=desk.decision.received_at,
        possibly_related=next((each.possibly_related for each in openings), None),
    )
    put_working_mails(desk.tx, told, stationery=desk.stationery, now=desk.now)


def _confirm(desk: _Desk, action: ConfirmFollowUp, ticket: OpenedTicket | None) -> None:
    joined = _opened(ticket)
    snapshot = tickets.find_ticket(desk.tx, joined.reference)
    written_at = desk.decision.received_at.astimezone(desk.stationery.zone)
    addressed = Addressed(
        ticket_id=joined.id,
        reference=joined.reference,
        received_at=desk.decision.received_at if snapshot is None else snapshot.received_at,
        recipient=action.recipient.address,
        thread=action.thread,
        key=f"{NoticeKind.FOLLOW_UP_RECEIVED}:{desk.mail_id}",
        mail_id=desk.mail_id,
    )
    put_letter(
        desk.tx,
        NoticeKind.FOLLOW_UP_RECEIVED,
        addressed,
        lambda matter: FollowUpFacts(matter, written_at, action.plan),
        stationery=desk.stationery,
        now=desk.now,
    )


def _named(desk: _Desk, reference: str | None) -> OpenedTicket | None:
    ticket_id = None if reference is None else tickets.ticket_id(desk.tx, reference)
    return None if ticket_id is None or reference is None else OpenedTicket(ticket_id, reference)


def _opened(ticket: OpenedTicket | None) -> OpenedTicket:
    if ticket is None:
        raise ValueError("a decision writes about a ticket that it neither opened nor found")
    return ticket
