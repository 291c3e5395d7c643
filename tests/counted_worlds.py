"""Tickets and figures of fiction for counting, under the shipped promises and calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.papers.counting import Attainment, CountedClock, CountedTicket, FiscalYear, YearFigures
from triage.rules.clocks.due import compute_dues
from triage.rules.counting.attainment import count_year
from triage.settings.dated import load_calendar, load_standards

ZONE = ZoneInfo("America/Toronto")
CALENDAR = load_calendar(None, zone=ZONE)
STANDARDS = load_standards(None)
YEAR = FiscalYear(2026)
MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
"""Ten in the morning in Quebec."""
LATER = datetime(2027, 5, 3, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make(
    kind: TicketKind = TicketKind.COMPLAINT,
    channel: Channel = Channel.EMAIL,
    *,
    received_at: datetime = MONDAY,
    status: TicketStatus = TicketStatus.NEW,
    is_reachable: bool = True,
    taken: timedelta | None = None,
    answered: timedelta | None = None,
    closed: timedelta | None = None,
) -> CountedTicket:
    """A ticket with the clocks that the shipped promises give it; events are spans after reception."""
    dues = compute_dues(received_at=received_at, kind=kind, channel=channel, standards=STANDARDS, calendar=CALENDAR)
    at = [None if span is None else received_at + span for span in (taken, answered, closed)]
    return CountedTicket(
        kind=kind,
        channel=channel,
        status=status,
        received_at=received_at,
        is_reachable=is_reachable,
        acknowledged_at=received_at + timedelta(seconds=2) if is_reachable else None,
        taken_charge_at=at[0],
        answered_at=at[1],
        closed_at=at[2],
        clocks=tuple(CountedClock(due) for due in dues),
    )


def figures_of(*tickets: CountedTicket, now: datetime = LATER, year: FiscalYear = YEAR) -> YearFigures:
    """The figures of a cohort under the shipped promises and calendar."""
    return count_year(tickets, year=year, standards=STANDARDS, calendar=CALENDAR, now=now)


def of(figures: YearFigures, standard: str) -> Attainment:
    """One of the three promises."""
    return next(each for each in figures.attainments if each.standard == standard)
