"""Which letters of ours a mail names by their ids, and which of them are answers: if it is a bounce, they came back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from triage.model.codes import LETTER_KINDS, EventKind, NoticeKind, OutboxState
from triage.model.decision import ReturnedAnswer
from triage.model.delivery import ReturnedLetter
from triage.store.engine import Transaction
from triage.store.facts.staff import list_acts
from triage.store.tables import OutboxRow, TicketRow

_LETTERS = (NoticeKind.ANSWER, NoticeKind.MESSAGE)


def find_returned(tx: Transaction, ids: Sequence[str]) -> tuple[ReturnedAnswer, ...]:
    """The letters with these ids that ended a clock, and of which nothing was heard since.

    An id of ours holds a signature, and one that the server gave is told to nobody but the recipient.
    """
    if not ids:
        return ()
    query = (
        select(col(OutboxRow.ticket_id), col(OutboxRow.message_id), col(TicketRow.reference))
        .join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id))
        .where(_named(ids), col(OutboxRow.kind).in_(_LETTERS))
        .order_by(col(OutboxRow.id))
    )
    found = (
        _judge(tx, ticket_id, message_id, reference)
        for ticket_id, message_id, reference in tx.execute(query).all()
        if ticket_id is not None
    )
    return tuple(each for each in found if each is not None)


def find_returned_letters(tx: Transaction, ids: Sequence[str]) -> tuple[ReturnedLetter, ...]:
    """The letters to requesters with these ids that a server accepted, and that did not come back before."""
    if not ids:
        return ()
    query = (
        select(col(OutboxRow.id), col(TicketRow.reference), col(OutboxRow.kind), col(OutboxRow.message_id))
        .join(TicketRow, col(TicketRow.id) == col(OutboxRow.ticket_id))
        .where(_named(ids), col(OutboxRow.kind).in_(LETTER_KINDS), col(OutboxRow.state) == OutboxState.SENT)
        .order_by(col(OutboxRow.id))
    )
    return tuple(
        ReturnedLetter(outbox_id, reference, NoticeKind(kind), message_id)
        for outbox_id, reference, kind, message_id in tx.execute(query)
    )


def _named(ids: Sequence[str]) -> ColumnElement[bool]:
    ours = col(OutboxRow.message_id).in_([each.lower() for each in ids])
    return or_(ours, col(OutboxRow.provider_id).in_(ids))


def _judge(tx: Transaction, ticket_id: int, message_id: str, reference: str) -> ReturnedAnswer | None:
    acts = list_acts(tx, ticket_id, kinds=(EventKind.ANSWERED, EventKind.ANSWER_RETURNED))
    last = next((each for each in acts if each.payload["message_id"] == message_id), None)
    if last is None or last.kind is EventKind.ANSWER_RETURNED:
        return None
    return ReturnedAnswer(reference, message_id, is_first=bool(last.payload["first"]))
