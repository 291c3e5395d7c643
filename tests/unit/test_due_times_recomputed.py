"""Ten years of due times against a second, deliberately naive computation that shares no code with the first.

It knows no time zone database (the clock changes are computed from the law), no calendar file (the days are
worked out one by one) and no class of the product: integers, dates and loops only.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from triage.model.codes import Channel, TicketKind
from triage.rules.clocks.due import compute_dues
from triage.rules.clocks.holidays import propose_holidays
from triage.settings.dated import load_calendar, load_standards

CALENDAR = load_calendar(None, zone=ZoneInfo("America/Toronto"))
STANDARDS = load_standards(None)
FIRST_YEAR, LAST_YEAR = 2025, 2034
DAY = timedelta(days=1)

# As printed in calendars.
EASTER_SUNDAYS = """
2011-04-24 2012-04-08 2013-03-31 2014-04-20 2015-04-05 2016-03-27 2017-04-16 2018-04-01 2019-04-21
2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16
2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09 2035-03-25
"""


@cache
def easter_of(year: int) -> date:
    return next(day for day in map(date.fromisoformat, EASTER_SUNDAYS.split()) if day.year == year)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    found = [date(year, month, day) for day in range(1, 29) if date(year, month, day).weekday() == weekday]
    return found[n - 1]


@cache
def days_off(year: int) -> frozenset[date]:
    """The thirteen days, each case of the substitution spelled out by the weekday of the natural date."""
    easter = easter_of(year)
    off = {easter - 2 * DAY, easter + DAY}
    off.add(max(date(year, 5, day) for day in range(18, 25) if date(year, 5, day).weekday() == 0))
    off.add(nth_weekday(year, 9, 0, 1))
    off.add(nth_weekday(year, 10, 0, 2))
    for month, day in ((6, 24), (7, 1)):
        natural = date(year, month, day)
        off.add(natural + {5: -DAY, 6: DAY}.get(natural.weekday(), 0 * DAY))
    for month, day in ((12, 24), (12, 31)):
        natural = date(year, month, day)
        off.add(natural + {5: -DAY, 6: -2 * DAY}.get(natural.weekday(), 0 * DAY))
    for month, first in ((1, 1), (12, 25)):
        off |= pair_off(date(year, month, first))
    return frozenset(off)


def pair_off(first: date) -> set[date]:
    """Two days in a row, by the weekday of the first: Friday and Monday, Monday and Tuesday, or as they fall."""
    if first.weekday() == 4:  # the second is a Saturday
        return {first, first + 3 * DAY}
    if first.weekday() == 5:
        return {first + 2 * DAY, first + 3 * DAY}
    if first.weekday() == 6:
        return {first + DAY, first + 2 * DAY}
    return {first, first + DAY}


@cache
def summer(year: int) -> tuple[datetime, datetime]:
    """Daylight time in UTC: second Sunday of March, 2 h HNE, to first Sunday of November, 2 h HAE."""
    start, end = nth_weekday(year, 3, 6, 2), nth_weekday(year, 11, 6, 1)
    return (
        datetime(year, 3, start.day, 7, tzinfo=UTC),
        datetime(year, 11, end.day, 6, tzinfo=UTC),
    )


def offset_hours(moment: datetime) -> int:
    start, end = summer(moment.year)
    return -4 if start <= moment < end else -5


def midnight(day: date) -> datetime:
    """0 h of that day in Québec, as an instant; the clocks never change between midnight and one."""
    guess = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    return guess if offset_hours(guess) == -5 else guess - timedelta(hours=1)


@cache
def naive_last_day(received_on: date, business_days: int) -> date:
    day, counted = received_on, 0
    while counted < business_days:
        day += DAY
        if day.weekday() in {0, 1, 2, 3, 4} and day not in days_off(day.year):
            counted += 1
    return day


def naive_dues(received_at: datetime) -> tuple[datetime, date, datetime, date, datetime]:
    """E1, then day and end of E2, then of E3."""
    received_on = (received_at + timedelta(hours=offset_hours(received_at))).date()
    fifteenth, second = naive_last_day(received_on, 15), naive_last_day(received_on, 2)
    hours = datetime.fromtimestamp(received_at.timestamp() + 86_400, tz=UTC)
    return hours, fifteenth, midnight(fifteenth + DAY), second, midnight(second + DAY)


def product_dues(received_at: datetime) -> tuple[datetime, date | None, datetime, date | None, datetime]:
    hours, fifteen = compute_dues(
        received_at=received_at,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        standards=STANDARDS,
        calendar=CALENDAR,
    )
    (two,) = compute_dues(
        received_at=received_at,
        kind=TicketKind.INFORMATION,
        channel=Channel.EMAIL,
        standards=STANDARDS,
        calendar=CALENDAR,
    )
    return hours.due_at, fifteen.due_on, fifteen.due_at, two.due_on, two.due_at


def moments(year: int) -> Iterator[datetime]:
    """The last second before and the first second of every local day, an hour that walks through the days, and a
    few minutes around the two clock changes.

    Business days depend on the local day only, so both ends of a day stand for all its instants.
    """
    day = date(year, 1, 1)
    while day.year == year:
        start = midnight(day)
        yield from (start - timedelta(seconds=1), start, start + timedelta(hours=day.toordinal() * 7 % 23, minutes=31))
        day += DAY
    for change in summer(year):
        yield from (change + timedelta(minutes=minute) for minute in range(-65, 66, 13))


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_due_times_equal_an_independent_computation(year: int) -> None:
    """Every local day of ten years, at both its ends and in between, listed years and computed ones."""
    differing = [moment for moment in moments(year) if naive_dues(moment) != product_dues(moment)]

    assert [] == differing


@pytest.mark.parametrize("year", range(2011, 2031))
def test_the_thirteen_days_equal_an_independent_table(year: int) -> None:
    """The rule and the cases spelled out above give the same thirteen weekdays."""
    expected = sorted(days_off(year))

    assert 13 == len(expected)
    assert all(day.weekday() < 5 for day in expected)
    assert expected == [holiday.on for holiday in propose_holidays(year)]
