"""F2: the requester of a matter that somebody took is told who has it, unless a letter leaves within the hour.

It is a row of the outbox whose first attempt lies ahead; whatever makes it needless cancels it.
"""

from triage.model.codes import NoticeKind, TicketKind
from triage.model.letters.requester import TakenChargeFacts
from triage.rules.clocks.due import local_day
from triage.rules.tickets.announcing import plan_answer
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, find_requester, has_letter
from triage.store.ledgers import handling
from triage.workflows.record.answering import OVERTAKEN
from triage.workflows.record.letters import put_letter
from triage.workflows.record.staff.desk import Asked
from triage.workflows.record.staff.letters.leaving import addressed_to, signatory_of

_CONFIRMED = frozenset({TicketKind.COMPLAINT, TicketKind.INFORMATION})


def put_taken_charge(tx: Transaction, asked: Asked, worked: WorkedTicket) -> bool:
    """F2 in the outbox, to leave when the hour is over; False where none is owed, or one was put there before."""
    ticket = worked.ticket
    drop_taken_charge(tx, worked.id)
    requester = find_requester(tx, worked.id)
    if requester is None or ticket.kind not in _CONFIRMED or ticket.answered_at is not None:
        return False
    if has_letter(tx, worked.id, kinds=(NoticeKind.TAKEN_CHARGE, NoticeKind.MESSAGE, NoticeKind.ANSWER)):
        return False
    leave_at = asked.mail.now + asked.agents.confirm_after
    today = local_day(leave_at, calendar=asked.policy.calendar)
    plan = plan_answer(ticket.dues, kind=ticket.kind, today=today, extended_to_on=ticket.extended_to_on)
    handler = signatory_of(asked)
    addressed = addressed_to(asked, NoticeKind.TAKEN_CHARGE, worked, requester)
    added = put_letter(
        tx,
        NoticeKind.TAKEN_CHARGE,
        addressed,
        lambda matter: TakenChargeFacts(matter, ticket.kind, handler, plan),
        stationery=asked.stationery,
        now=asked.mail.now,
    )
    outbox_id = handling.find_by_key(tx, addressed.key)
    if outbox_id is not None:
        handling.hold_back(tx, outbox_id, until_at=leave_at)
    return added


def drop_taken_charge(tx: Transaction, ticket_id: int) -> None:
    """A confirmation that has not left shall not leave any more."""
    handling.cancel_unsent(tx, ticket_id, kind=NoticeKind.TAKEN_CHARGE, reason=OVERTAKEN)
