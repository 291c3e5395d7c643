"""Whether a requester's reply opens a closed ticket again, as its closing letter says (R-33); later it is a new matter.

A thanks opens nothing, nor does the figure by which the letter's one question is answered.
"""

from datetime import datetime

from triage.model.codes import EventKind, TicketStatus
from triage.model.decision import AddEvent, Reason
from triage.model.message import ParsedMessage
from triage.model.standard import BusinessCalendar
from triage.model.ticket import TicketSnapshot
from triage.rules.clocks.due import local_day
from triage.rules.intake.following import is_thanks
from triage.rules.tickets.closing import reopens_until

_RATINGS = frozenset("12345")


def is_over(ticket: TicketSnapshot, *, received_at: datetime, calendar: BusinessCalendar) -> bool:
    """Whether the ticket was closed too long ago for a message of that instant to belong to it."""
    if ticket.status is not TicketStatus.CLOSED or ticket.closed_at is None:
        return False
    until_on = reopens_until(ticket.closed_at, answered_at=ticket.answered_at, calendar=calendar)
    return local_day(received_at, calendar=calendar) > until_on


def find_reopened(message: ParsedMessage, ticket: TicketSnapshot) -> tuple[AddEvent, ...]:
    """The event that opens the ticket again, none where it is open or the message asks for nothing."""
    if ticket.status is not TicketStatus.CLOSED or is_thanks(message) or _is_rating(message):
        return ()
    return (AddEvent(ticket.reference, EventKind.REOPENED, Reason.FOLLOW_UP),)


def _is_rating(message: ParsedMessage) -> bool:
    lines = [line.strip(" .") for line in message.new_text.splitlines() if line.strip()]
    return lines[:1] != [] and lines[0] in _RATINGS
