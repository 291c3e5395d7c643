"""The fiscal year, 1 April to 31 March, by the local date of reception, and from when its figures are final (R-40)."""

from datetime import UTC, date, datetime, time, timedelta

from triage.model.papers.counting import FiscalYear
from triage.model.standard import BusinessCalendar, ServiceStandard
from triage.rules.clocks.due import compute_dues, end_of_day, local_day

_APRIL = 4


def fiscal_year_of(day: date) -> FiscalYear:
    """The fiscal year in which a local day lies.

    >>> fiscal_year_of(date(2027, 3, 31)).label
    '2026-2027'
    """
    return FiscalYear(day.year if day.month >= _APRIL else day.year - 1)


def span_of(year: FiscalYear, *, calendar: BusinessCalendar) -> tuple[datetime, datetime]:
    """The first instant (UTC) of the year in the body's zone, and the first that is no more in it."""
    first_at = datetime.combine(year.first_on, time(), tzinfo=calendar.zone).astimezone(UTC)
    return first_at, end_of_day(year.last_on, calendar=calendar)


def is_provisional(
    year: FiscalYear, *, now: datetime, standards: tuple[ServiceStandard, ...], calendar: BusinessCalendar
) -> bool:
    """Whether a matter received on the last day may still be in time at `now` (aware)."""
    _, ends_at = span_of(year, calendar=calendar)
    last_at = ends_at - timedelta(seconds=1)
    dues = (
        due
        for standard in standards
        for kind in standard.kinds
        for channel in standard.channels
        for due in compute_dues(
            received_at=last_at, kind=kind, channel=channel, standards=(standard,), calendar=calendar
        )
    )
    return now < max((due.due_at for due in dues), default=ends_at)


def is_received_in(received_at: datetime, year: FiscalYear, *, calendar: BusinessCalendar) -> bool:
    """Whether a matter belongs to the year: its local day of reception decides, not the day in UTC."""
    return year.first_on <= local_day(received_at, calendar=calendar) <= year.last_on
