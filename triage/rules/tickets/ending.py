"""What ends a ticket's clock, and when the letter that does may leave (S1:93).

A complaint is answered by its final answer alone, any other matter by a message too, at the instant when the server
accepted the letter and not before. One that comes back opens the clock again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from triage.model.agents.commands import Concluding, Conclusion
from triage.model.agents.policy import ApprovalPolicy, ApprovalScope
from triage.model.codes import NoticeKind, TicketKind, TicketStatus
from triage.model.message import ParsedMessage

ENDED_BY_AN_ANSWER = frozenset({"E2"})
"""The promises that an answer leaves in time (S1:93)."""

MARGIN = timedelta(minutes=5)
"""So long before midnight of its day a letter leaves, so that the server has time to take it."""

OPEN = frozenset(
    {
        *(TicketStatus.NEW, TicketStatus.IN_CHARGE, TicketStatus.IN_ANALYSIS, TicketStatus.WAITING_CLIENT),
        *(TicketStatus.WAITING_INTERNAL, TicketStatus.WAITING_SUPPLIER, TicketStatus.AWAITING_APPROVAL),
    }
)
"""Where an answer is still to come."""

WITHOUT_LETTER = frozenset({Conclusion.REDIRECTED})
"""Conclusions for which the final answer has no words."""

_ADVANCED = {TicketStatus.NEW: TicketStatus.IN_CHARGE, TicketStatus.IN_CHARGE: TicketStatus.IN_ANALYSIS}


def is_answer(letter: NoticeKind, kind: TicketKind) -> bool:
    """Whether this kind of letter ends the clock of a ticket of that kind."""
    if letter is NoticeKind.MESSAGE:
        return kind is not TicketKind.COMPLAINT
    return letter is NoticeKind.ANSWER


def needs_approval(kind: TicketKind, concluding: Concluding, policy: ApprovalPolicy) -> bool:
    """Whether this final answer waits for an approver; what is no complaint never does."""
    if kind is not TicketKind.COMPLAINT or policy.answers is ApprovalScope.NONE:
        return False
    return policy.answers is ApprovalScope.ALL or concluding.conclusion in policy.conclusions


def until_accepted(status: TicketStatus) -> TicketStatus:
    """Where a ticket stands while the letter that will answer it has not been accepted: work has gone on."""
    return _ADVANCED.get(status, status)


def answered(status: TicketStatus) -> TicketStatus:
    """Where a ticket stands once its answer was accepted; what was ended otherwise stays so."""
    return TicketStatus.ANSWERED if status in OPEN else status


def leave_at(now: datetime, *, hold: timedelta, too_late: Iterable[datetime] = ()) -> datetime:
    """When a letter leaves that can be taken back for `hold`: earlier where midnight of its day would come first.

    `too_late` are the first instants after the days by which it should leave; all are aware.
    """
    last = [each - MARGIN for each in too_late if each > now]
    return max(now, min((now + hold, *last)))


def has_failed(message: ParsedMessage) -> bool:
    """Whether a bounce says that a mail did not arrive; one that only tells of a delay does not.

    One that reports on no recipient must bring the mail back: absence notices have an empty return path too.
    """
    if message.bounces:
        return any(each.action == "failed" for each in message.bounces)
    return bool(message.returned)
