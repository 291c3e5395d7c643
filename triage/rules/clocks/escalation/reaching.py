"""Which steps a ticket has reached since its people were last told, and when to look at it again (MUST 28, 29).

The answer depends on the ticket and on `now` alone, so a tick that was missed is repaired by the next one, whenever
it comes. Nothing is reached twice: what was settled before stands in `WatchedTicket.done`.
"""

from collections.abc import Iterator
from datetime import datetime

from triage.model.codes import TicketStatus
from triage.model.escalation.office import Office
from triage.model.escalation.steps import EscalationPolicy, EscalationStep, ReachedStep, Review, StepEnd, WatchedTicket
from triage.model.standard import Due
from triage.model.ticket import TicketSnapshot
from triage.rules.clocks.due import local_day
from triage.rules.clocks.escalation.moments import find_moments, is_urgent

# What is finished, and what waits for a person's word that it is no spam: the digest shows that one.
UNWATCHED = frozenset(
    {
        TicketStatus.ANSWERED,
        TicketStatus.CLOSED,
        TicketStatus.REDIRECTED,
        TicketStatus.WITHDRAWN,
        TicketStatus.MERGED,
        TicketStatus.QUARANTINED,
        TicketStatus.SPAM,
    }
)


def due_steps(watched: WatchedTicket, *, office: Office, policy: EscalationPolicy, now: datetime) -> Review:
    """The steps whose moment has come, oldest first, and the moment of the first that has not."""
    if watched.ticket.status in UNWATCHED:
        return Review(watched, (), None)
    urgent = is_urgent(watched, policy=policy)
    reached: list[ReachedStep] = []
    coming: list[datetime] = []
    for step, due in _steps_of(watched, policy=policy, office=office):
        for moment in find_moments(step, watched, due, office=office, urgent=urgent, now=now):
            if moment.at > now:
                coming.append(moment.at)
            elif moment.key not in watched.done:
                reached.append(moment)
    return Review(watched, tuple(sorted(reached, key=lambda each: each.at)), min(coming, default=None))


def is_over(until: StepEnd, ticket: TicketSnapshot) -> bool:
    """Whether what a step asks for has been done."""
    if ticket.answered_at is not None:
        return True
    match until:
        case StepEnd.OWNER:
            return ticket.assigned_to is not None or ticket.taken_charge_at is not None
        case StepEnd.TAKEN_CHARGE:
            return ticket.taken_charge_at is not None
        case StepEnd.ANSWER:
            return False


def _steps_of(
    watched: WatchedTicket, *, policy: EscalationPolicy, office: Office
) -> Iterator[tuple[EscalationStep, Due]]:
    received_on = local_day(watched.ticket.received_at, calendar=office.calendar)
    for due in watched.ticket.dues:
        for step in policy.steps:
            holds = step.effective_from <= received_on and (
                step.effective_to is None or received_on <= step.effective_to
            )
            if step.standard == due.standard and holds and not is_over(step.until, watched.ticket):
                yield step, due
