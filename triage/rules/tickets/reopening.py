"""Whether a requester's reply opens a closed ticket again, as its closing letter says (R-33); later it is a new matter.

A thanks opens nothing, nor does the figure by which the letter's one question is answered, unless its comment says that
the matter is not settled: then it counts and opens.
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
from triage.wording.folding import fold

_RATINGS = frozenset("12345")
_UNSETTLED = (
    *("pas regle", "non regle", "pas resolu", "non resolu", "toujours pas", "toujours rien", "pas fini"),
    *("not resolved", "not settled", "unresolved", "still not", "still waiting"),
)
"""What a comment says of a matter that goes on, folded."""
_OUR_OWN_WORDS = fold("Si la situation n’est pas réglée")
"""How the closing letter says it, which a program may quote without any mark."""


def is_over(ticket: TicketSnapshot, *, received_at: datetime, calendar: BusinessCalendar) -> bool:
    """Whether the ticket was closed too long ago for a message of that instant to belong to it."""
    if ticket.status is not TicketStatus.CLOSED or ticket.closed_at is None:
        return False
    until_on = reopens_until(ticket.closed_at, answered_at=ticket.answered_at, calendar=calendar)
    return local_day(received_at, calendar=calendar) > until_on


def find_reopened(message: ParsedMessage, ticket: TicketSnapshot) -> tuple[AddEvent, ...]:
    """The event that opens the ticket again, none where it is open or the message asks for nothing."""
    if ticket.status is not TicketStatus.CLOSED or is_thanks(message):
        return ()
    if _is_rating(message) and not _says_unsettled(message):
        return ()
    return (AddEvent(ticket.reference, EventKind.REOPENED, Reason.FOLLOW_UP),)


def _is_rating(message: ParsedMessage) -> bool:
    lines = [line.strip(" .") for line in message.new_text.splitlines() if line.strip()]
    return lines[:1] != [] and lines[0] in _RATINGS


def _says_unsettled(message: ParsedMessage) -> bool:
    lines = (line for line in message.new_text.splitlines() if not line.startswith(">"))
    words = " ".join(fold(" ".join(lines)).split()).replace(_OUR_OWN_WORDS, "")
    return any(each in words for each in _UNSETTLED)
