"""What a ticket must have before it is closed, and when the closing letter leaves (R-31; S1:93).

What no command can code yet is not asked for.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from triage.model.agents.commands import Conclusion
from triage.model.codes import TicketKind
from triage.model.standard import BusinessCalendar
from triage.rules.clocks.business_days import add_business_days
from triage.rules.clocks.due import local_day

DAYS_AFTER = 3
"""Business days between the final answer and the closing letter."""

REOPENS_FOR = timedelta(days=30)
"""So long after the closing letter an answer opens the ticket again."""

_LONGEST_HOLD = timedelta(hours=4)  # of what `[agents]` allows
_LEAVES_AT = time(9)  # on the body's wall clock
_FOUNDED = frozenset({Conclusion.FOUNDED, Conclusion.PARTLY_FOUNDED})


def find_lacking(kind: TicketKind, *, conclusion: str | None, criteria: Collection[str]) -> tuple[str, ...]:
    """What is missing before an answered ticket may be closed, in French."""
    if kind is not TicketKind.COMPLAINT:
        return ()
    if conclusion is None:
        return ("Il manque la conclusion. Écrivez d’abord #rouvrir, puis la réponse finale avec #conclure.",)
    if conclusion in _FOUNDED and not criteria:
        return ("Il manque le critère. Ajoutez-le sur la ligne de #fermer, par exemple #fermer norme.",)
    return ()


def reopens_until(closed_at: datetime, *, answered_at: datetime | None, calendar: BusinessCalendar) -> date:
    """The last local day on which a reply opens a closed ticket again: never before the one that the letter names."""
    if answered_at is None:
        return local_day(closed_at, calendar=calendar) + REOPENS_FOR
    left = closing_leaves_at(closed_at, hold=_LONGEST_HOLD, answered_at=answered_at, calendar=calendar)
    return local_day(left, calendar=calendar) + REOPENS_FOR


def closing_leaves_at(now: datetime, *, hold: timedelta, answered_at: datetime, calendar: BusinessCalendar) -> datetime:
    """When F7 leaves: on the third business day after the answer, or after the closing if that comes later."""
    day = add_business_days(local_day(answered_at, calendar=calendar), DAYS_AFTER, calendar=calendar)
    morning = datetime.combine(day, _LEAVES_AT, tzinfo=calendar.zone)
    return max(now + hold, morning)
