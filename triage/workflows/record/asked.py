"""What a requester asked in a word, carried out: one event, a letter at most, and the end of a withdrawn complaint."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from triage.model.codes import EventKind, NoticeKind, TicketStatus
from triage.model.decision import Thread
from triage.model.judgement import AskedInAWord, RequesterWord
from triage.model.letters.requester import LetterFacts, Matter, StatusFacts, WithdrawalFacts
from triage.model.ticket import TicketSnapshot
from triage.rules.tickets.asking import STANDINGS
from triage.store import tickets
from triage.store.engine import Transaction
from triage.store.facts.staff import list_acts
from triage.store.journal import OpenedTicket, append_event
from triage.store.journal.answers import ending_of, put_ending
from triage.workflows.record.letters import Addressed, put_letter
from triage.workflows.record.stationery import Stationery

_EVENTS = MappingProxyType(
    {
        RequesterWord.STATUS: EventKind.STATUS_ASKED,
        RequesterWord.WITHDRAW: EventKind.WITHDRAWAL_ASKED,
        RequesterWord.CONFIRM: EventKind.WITHDRAWN,
        RequesterWord.SCORE: EventKind.SURVEYED,
    }
)
_LETTERS = MappingProxyType(
    {
        RequesterWord.STATUS: NoticeKind.STATUS,
        RequesterWord.WITHDRAW: NoticeKind.WITHDRAWAL,
        RequesterWord.CONFIRM: NoticeKind.WITHDRAWN,
    }
)


def record_asked(
    tx: Transaction,
    action: AskedInAWord,
    *,
    mail_id: int,
    received_at: datetime,
    stationery: Stationery,
    now: datetime,
) -> OpenedTicket | None:
    """Write it down; the ticket, None where there is none. `received_at` (aware UTC) is when the word came.

    Each letter leaves once a day at most; of several answers to the survey the first is kept.
    """
    ticket_id, ticket = tickets.ticket_id(tx, action.reference), tickets.find_ticket(tx, action.reference)
    if ticket_id is None or ticket is None:
        return None
    kind = _EVENTS[action.word]
    opened = OpenedTicket(ticket_id, action.reference)
    if action.word is RequesterWord.SCORE and list_acts(tx, ticket_id, kinds=(EventKind.SURVEYED,)):
        return opened
    payload: dict[str, object] = {"received_at": received_at.isoformat()}
    if action.score is not None:
        payload["score"] = action.score
    if action.word is RequesterWord.CONFIRM:
        before = ending_of(tx, ticket_id)
        # Counted from the closing, since nobody answered: see `rules.counting.attainment`.
        put_ending(
            tx, ticket_id, replace(before, status=TicketStatus.WITHDRAWN, closed_at=received_at), clocks=(), now=now
        )
        payload |= {"before": before.status, "after": TicketStatus.WITHDRAWN}
    append_event(tx, ticket_id, kind, at=now, payload=payload, mail_id=mail_id)
    if action.word in _LETTERS:
        _put_letter(tx, action, opened, ticket, mail_id=mail_id, stationery=stationery, now=now)
    return opened


def _put_letter(
    tx: Transaction,
    action: AskedInAWord,
    opened: OpenedTicket,
    ticket: TicketSnapshot,
    *,
    mail_id: int,
    stationery: Stationery,
    now: datetime,
) -> None:
    letter = _LETTERS[action.word]
    day = now.astimezone(stationery.zone).date().isoformat()
    addressed = Addressed(
        ticket_id=opened.id,
        reference=opened.reference,
        received_at=ticket.received_at,
        recipient=action.recipient,
        thread=Thread(in_reply_to=action.in_reply_to, references=()),
        key=f"{letter}:{opened.id}:{day}",
        mail_id=mail_id,
    )

    def facts(matter: Matter) -> LetterFacts:
        if action.word is RequesterWord.STATUS:
            return StatusFacts(matter, STANDINGS[ticket.status], action.plan)
        return WithdrawalFacts(matter)

    put_letter(tx, letter, addressed, facts, stationery=stationery, now=now)
