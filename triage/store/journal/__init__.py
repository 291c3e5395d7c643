"""The only writer of tickets and their events: every change leaves one event, chained (R-24, R-87)."""

from triage.store.journal.events import append_event
from triage.store.journal.tickets import (
    NewTicket,
    OpenedTicket,
    mark_acknowledged,
    mend_ticket,
    open_ticket,
    restrict_ticket,
    schedule_review,
    unmark_acknowledged,
)

__all__ = [
    "NewTicket",
    "OpenedTicket",
    "append_event",
    "mark_acknowledged",
    "mend_ticket",
    "open_ticket",
    "restrict_ticket",
    "schedule_review",
    "unmark_acknowledged",
]
