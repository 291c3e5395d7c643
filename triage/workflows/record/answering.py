"""The server accepted an answer, or a letter came back: clocks end, or are open again, at that very instant."""

from dataclasses import replace
from datetime import datetime

from triage.model.codes import EventKind, NoticeKind, TicketKind, TicketStatus
from triage.model.decision import ReopenClock, Return, ReturnedAnswer
from triage.model.delivery import GiveUpReason, ReturnedLetter
from triage.rules.tickets.ending import ENDED_BY_AN_ANSWER, answered, is_answer
from triage.store import outbox, tickets
from triage.store.engine import Transaction
from triage.store.facts.staff import LoggedAct, list_acts
from triage.store.journal import append_event, unmark_acknowledged
from triage.store.journal.answers import ending_of, put_conclusion, put_ending
from triage.store.ledgers import handling

OVERTAKEN = "overtaken"
"""Why a letter shall not leave that another letter, or another person, has made needless."""


def record_accepted(tx: Transaction, ticket_id: int, letter: NoticeKind, *, message_id: str, now: datetime) -> None:
    """The server accepted a letter about a ticket: if that is its answer, the ticket is answered at that instant."""
    before = ending_of(tx, ticket_id)
    after = replace(before, status=answered(before.status), answered_at=before.answered_at or now)
    if not is_answer(letter, before.kind) or after == before:
        return
    put_ending(tx, ticket_id, after, clocks=ENDED_BY_AN_ANSWER, now=now)
    payload = {
        "kind": letter,
        "message_id": message_id,
        "before": before.status,
        "after": after.status,
        # What is answered again keeps the instant of its first answer: that one is counted.
        "first": before.answered_at is None,
    }
    append_event(tx, ticket_id, EventKind.ANSWERED, at=now, payload=payload)


def record_reopened(tx: Transaction, ticket_id: int, *, now: datetime) -> None:
    """A closed ticket is in work again; when it was answered first stays. The caller leaves the event."""
    before = ending_of(tx, ticket_id)
    after = replace(before, status=TicketStatus.IN_ANALYSIS, closed_at=None)
    put_ending(tx, ticket_id, after, clocks=ENDED_BY_AN_ANSWER, now=now)


def record_withdrawn(tx: Transaction, ticket_id: int, *, now: datetime) -> None:
    """The final answer shall not leave: nobody concludes any more, and what waited for approval is in work again."""
    put_conclusion(tx, ticket_id, None, criteria=())
    before = ending_of(tx, ticket_id)
    if before.status is TicketStatus.AWAITING_APPROVAL:
        after = replace(before, status=TicketStatus.IN_ANALYSIS)
        put_ending(tx, ticket_id, after, clocks=ENDED_BY_AN_ANSWER, now=now)


def record_return(tx: Transaction, action: Return, *, mail_id: int, now: datetime) -> None:
    """What a bounce says of a letter of ours."""
    if isinstance(action, ReopenClock):
        _record_returned(tx, action.answer, mail_id=mail_id, now=now)
    else:
        _record_undelivered(tx, action.letter, mail_id=mail_id, now=now)


def _record_returned(tx: Transaction, answer: ReturnedAnswer, *, mail_id: int, now: datetime) -> None:
    """An answer did not arrive: the ticket is open again, and answered only if another answer of ours stands."""
    ticket_id = tickets.ticket_id(tx, answer.reference)
    if ticket_id is None:
        return
    before = ending_of(tx, ticket_id)
    was_over = before.status in {TicketStatus.ANSWERED, TicketStatus.CLOSED}
    after = replace(
        before,
        status=TicketStatus.IN_ANALYSIS if was_over else before.status,
        answered_at=_standing_since(tx, ticket_id, before.kind, without=answer.message_id),
        closed_at=None if was_over else before.closed_at,
    )
    put_ending(tx, ticket_id, after, clocks=ENDED_BY_AN_ANSWER, now=now)
    handling.cancel_unsent(tx, ticket_id, kind=NoticeKind.CLOSING, reason=OVERTAKEN)
    payload = {
        "message_id": answer.message_id,
        "before": before.status,
        "after": after.status,
        "first": answer.is_first,
    }
    append_event(tx, ticket_id, EventKind.ANSWER_RETURNED, at=now, payload=payload, mail_id=mail_id)


def _standing_since(tx: Transaction, ticket_id: int, kind: TicketKind, *, without: str) -> datetime | None:
    """When the first of the other answers was accepted that has not come back, None where there is none."""
    newest: dict[str, LoggedAct] = {}
    for each in list_acts(tx, ticket_id, kinds=(EventKind.ANSWERED, EventKind.ANSWER_RETURNED)):
        newest.setdefault(each.payload["message_id"], each)
    standing = (each for message_id, each in newest.items() if message_id != without)
    return min(
        (
            each.at
            for each in standing
            if each.kind is EventKind.ANSWERED and is_answer(NoticeKind(each.payload["kind"]), kind)
        ),
        default=None,
    )


def _record_undelivered(tx: Transaction, letter: ReturnedLetter, *, mail_id: int, now: datetime) -> None:
    """A letter that a server had accepted came back: a person sees it among those that were given up.

    Whoever it was to acknowledge knows of nothing, so the ticket is not acknowledged.
    """
    ticket_id = tickets.ticket_id(tx, letter.reference)
    if ticket_id is None:
        return
    outbox.settle_dead(tx, letter.outbox_id, reason=GiveUpReason.RETURNED)
    if letter.kind is NoticeKind.ACKNOWLEDGEMENT:
        unmark_acknowledged(tx, ticket_id)
    payload = {"kind": letter.kind, "message_id": letter.message_id, "reason": GiveUpReason.RETURNED}
    append_event(tx, ticket_id, EventKind.UNDELIVERED, at=now, payload=payload, mail_id=mail_id)
