"""Which days count, and counting them: Monday to Friday, less the days of the calendar (R-51, R-59).

Day 0 is never counted, the last day is. It works on local dates only and refuses instants and hours. A year that
the calendar does not list is computed by the rule of `holidays` and whatever touches it is provisional (R-53).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from triage.model.standard import BusinessCalendar, Holiday
from triage.rules.clocks.holidays import propose_holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayStanding(StrEnum):
    """Whether a day counts, and why not."""

    BUSINESS_DAY = "business_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """One local date as the calendar sees it; `provisional` says that its year is not listed."""

    on: date
    standing: DayStanding
    holiday: Holiday | None
    provisional: bool

    @property
    def counts(self) -> bool:
        return self.standing is DayStanding.BUSINESS_DAY


def days_from(first_on: date, *, calendar: BusinessCalendar) -> Iterator[JudgedDay]:
    """Every day from `first_on` on, judged; without end. All counting walks along it, and so does every explanation."""
    proposals: dict[int, dict[date, Holiday]] = {}
    day = first_on
    while True:
        listed = day.year in calendar.listed_years
        if not listed and day.year not in proposals:
            proposals[day.year] = {holiday.on: holiday for holiday in propose_holidays(day.year)}
        holidays = calendar.holidays if listed else proposals[day.year]
        yield _judge(day, holiday=holidays.get(day), provisional=not listed)
        day += _DAY


def is_business_day(day: date, *, calendar: BusinessCalendar) -> bool:
    """Whether this local date counts."""
    return next(days_from(day, calendar=calendar)).counts


def add_business_days(day: date, count: int, *, calendar: BusinessCalendar) -> date:
    """The business day on which the `count`-th one after `day` falls; `day` is day 0, whatever day it is.

    Example: two business days after Thursday 25 March 2027 is Wednesday 31, Good Friday and Easter Monday being
    holidays. Raises `ValueError` for a count below 1, which would need a rule that nobody published.
    """
    if count < 1:
        raise ValueError(f"business days are added one at least, not {count}")
    counted = (judged.on for judged in days_from(day + _DAY, calendar=calendar) if judged.counts)
    return next(islice(counted, count - 1, None))


def count_business_days(after: date, until: date, *, calendar: BusinessCalendar) -> int:
    """How many business days lie after `after`, up to and with `until`: 0 on the day of reception itself.

    Raises `ValueError` where `until` is the earlier one.
    """
    return sum(judged.counts for judged in days_between(after, until, calendar=calendar))


def touches_unlisted_year(after: date, until: date, *, calendar: BusinessCalendar) -> bool:
    """Whether counting from `after` (not counted) to `until` (counted) met a year that nobody listed."""
    if until < after:
        raise ValueError("the end of a count lies before its start")
    first_year = (after + _DAY).year
    return any(year not in calendar.listed_years for year in range(first_year, until.year + 1))


def days_between(after: date, until: date, *, calendar: BusinessCalendar) -> Iterator[JudgedDay]:
    """The days after `after`, up to and with `until`, judged. Raises `ValueError` where `until` is the earlier one."""
    length = (until - after).days
    if length < 0:
        raise ValueError("the end of a count lies before its start")
    return islice(days_from(after + _DAY, calendar=calendar), length)


def _judge(day: date, *, holiday: Holiday | None, provisional: bool) -> JudgedDay:
    if day.weekday() >= _SATURDAY:
        return JudgedDay(day, DayStanding.WEEKEND, None, provisional)
    standing = DayStanding.BUSINESS_DAY if holiday is None else DayStanding.HOLIDAY
    return JudgedDay(day, standing, holiday, provisional)
