"""Which answers of ours a mail names by their ids: if it is a bounce, they did not arrive."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import col

from triage.model.codes import EventKind, NoticeKind
from triage.model.decision import ReturnedAnswer
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
        .where(
            or_(
                col(OutboxRow.message_id).in_([each.lower() for each in ids]),
                col(OutboxRow.provider_id).in_(ids),
            ),
            col(OutboxRow.kind).in_(_LETTERS),
        )
        .order_by(col(OutboxRow.id))
    )
    found = (
        _judge(tx, ticket_id, message_id, reference)
        for ticket_id, message_id, reference in tx.execute(query).all()
        if ticket_id is not None
    )
    return tuple(each for each in found if each is not None)


def _judge(tx: Transaction, ticket_id: int, message_id: str, reference: str) -> ReturnedAnswer | None:
    acts = list_acts(tx, ticket_id, kinds=(EventKind.ANSWERED, EventKind.ANSWER_RETURNED))
    last = next((each for each in acts if each.payload["message_id"] == message_id), None)
    if last is None or last.kind is EventKind.ANSWER_RETURNED:
        return None
    return ReturnedAnswer(reference, message_id, is_first=bool(last.payload["first"]))
