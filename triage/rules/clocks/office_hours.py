"""Hours of the office: open or closed, the next opening, and counting in opening hours (R-64, `[body] opening_hours`).

Only internal notices are timed by these; no published promise is (R-59). What is counted is real time in UTC between
the opening and the closing of each business day, so a clock change, or an office open at night, needs no rule of its
own. Everything lands within [opening, closing): at the very closing one is told to come back at the next opening.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from triage.model.escalation.office import Office
from triage.rules.clocks.business_days import days_from, is_business_day
from triage.rules.clocks.due import local_day

_DAY = timedelta(days=1)
_NO_TIME = timedelta(0)


def is_open(at: datetime, *, office: Office) -> bool:
    """Whether somebody is there at that instant (aware). Raises `ValueError` for a naive one, as all here do."""
    day = local_day(at, calendar=office.calendar)
    return is_business_day(day, calendar=office.calendar) and _opening(day, office) <= at < _closing(day, office)


def when_open(at: datetime, *, office: Office) -> datetime:
    """The instant itself while the office is open, else the next opening (UTC)."""
    return at.astimezone(UTC) if is_open(at, office=office) else next_opening(at, office=office)


def next_opening(after: datetime, *, office: Office) -> datetime:
    """The first opening later than that instant (UTC)."""
    return next(opens_at for opens_at, _ in _stays(after, office) if opens_at > after)


def last_closing(until: datetime, *, office: Office) -> datetime:
    """The latest closing up to and with that instant (UTC)."""
    return next(closes_at for _, closes_at in _stays_back(until, office) if closes_at <= until)


def hours_between(start: datetime, end: datetime, *, office: Office) -> timedelta:
    """How long the office was open between two instants. Raises `ValueError` where `end` is the earlier one."""
    if end < start:
        raise ValueError("the end of a count lies before its start")
    spent = _NO_TIME
    for opens_at, closes_at in _stays(start, office):
        if opens_at >= end:
            return spent
        spent += max(_NO_TIME, min(closes_at, end) - max(opens_at, start))
    raise AssertionError("days have no end")  # pragma: no cover


def add_hours(start: datetime, span: timedelta, *, office: Office) -> datetime:
    """When the office has been open for `span` since that instant: one hour after Friday 16:00 is Monday 9:00.

    Raises `ValueError` for a negative span, for which `subtract_hours` is.
    """
    _refuse_negative(span)
    left = span
    for opens_at, closes_at in _stays(start, office):
        begins_at = max(opens_at, start.astimezone(UTC))
        if begins_at + left < closes_at:
            return begins_at + left
        left -= max(_NO_TIME, closes_at - begins_at)
    raise AssertionError("days have no end")  # pragma: no cover


def subtract_hours(end: datetime, span: timedelta, *, office: Office) -> datetime:
    """The latest instant since which the office has been open for `span`: 4 hours before Monday 9:00 is Friday 13:00.

    Raises `ValueError` for a span that is not above zero.
    """
    if span <= _NO_TIME:
        raise ValueError("hours are subtracted above zero only")
    left = span
    for opens_at, closes_at in _stays_back(end, office):
        ends_at = min(closes_at, end.astimezone(UTC))
        if ends_at - left >= opens_at:
            return ends_at - left
        left -= max(_NO_TIME, ends_at - opens_at)
    raise AssertionError("days have no end")  # pragma: no cover


def wall_time(day: date, at: time, *, office: Office) -> datetime:
    """The instant (UTC) at which the wall clock shows `at` on that day; the first one where it does so twice."""
    return datetime.combine(day, at, tzinfo=office.calendar.zone).astimezone(UTC)


def _refuse_negative(span: timedelta) -> None:
    if span < _NO_TIME:
        raise ValueError("a span of opening hours is not negative")


def _opening(day: date, office: Office) -> datetime:
    return wall_time(day, office.opens, office=office)


def _closing(day: date, office: Office) -> datetime:
    return wall_time(day, office.closes, office=office)


def _stays(start: datetime, office: Office) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing of each business day from that instant's day on; the first may lie before it."""
    first_on = local_day(start, calendar=office.calendar)
    for judged in days_from(first_on, calendar=office.calendar):
        if judged.counts:
            yield _opening(judged.on, office), _closing(judged.on, office)


def _stays_back(end: datetime, office: Office) -> Iterator[tuple[datetime, datetime]]:
    """The same, backwards from that instant's day."""
    day = local_day(end, calendar=office.calendar)
    while True:
        if is_business_day(day, calendar=office.calendar):
            yield _opening(day, office), _closing(day, office)
        day -= _DAY
