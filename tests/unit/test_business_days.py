"""Counting business days: the laws that hold for any calendar, and the refusals."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.model.codes import Channel, TicketKind
from triage.model.standard import BusinessCalendar, Holiday
from triage.rules.clocks.business_days import (
    DayStanding,
    add_business_days,
    count_business_days,
    days_between,
    days_from,
    is_business_day,
    touches_unlisted_year,
)
from triage.rules.clocks.due import compute_dues
from triage.settings.dated import load_standards

QUEBEC = ZoneInfo("America/Toronto")
STANDARDS = load_standards(None)
LAWS = settings(deadline=None, max_examples=100)  # the machine may be busy; the laws are about days, not speed

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
weekdays = days.filter(lambda day: day.weekday() < 5)
counts = st.integers(1, 40)


def calendar_of(holidays: frozenset[date], listed_years: frozenset[int] = frozenset({2026, 2027})) -> BusinessCalendar:
    return BusinessCalendar(QUEBEC, {on: Holiday(on, "Fermé", on, "essai") for on in holidays}, listed_years, "essai")


calendars = st.builds(
    calendar_of,
    st.frozensets(weekdays, max_size=40),
    st.frozensets(st.sampled_from([2026, 2027, 2028])),
)


@LAWS
@given(day=days, count=counts, calendar=calendars)
def test_adding_and_counting_undo_each_other(day: date, count: int, calendar: BusinessCalendar) -> None:
    """From any day, the N-th business day after it is N business days away."""
    assert count == count_business_days(day, add_business_days(day, count, calendar=calendar), calendar=calendar)


@LAWS
@given(day=days, count=counts, calendar=calendars)
def test_a_count_ends_on_a_business_day(day: date, count: int, calendar: BusinessCalendar) -> None:
    """Never on a weekend, never on a holiday, always later than day 0; so no extension is ever needed."""
    last = add_business_days(day, count, calendar=calendar)

    assert last > day
    assert last.weekday() < 5
    assert last.year not in calendar.listed_years or last not in calendar.holidays
    assert is_business_day(last, calendar=calendar)


@LAWS
@given(day=days, count=counts, holidays=st.frozensets(weekdays, max_size=30), more=weekdays)
def test_one_more_holiday_makes_nothing_earlier(day: date, count: int, holidays: frozenset[date], more: date) -> None:
    """A closure that is added moves the last day back or leaves it."""
    before = add_business_days(day, count, calendar=calendar_of(holidays))
    after = add_business_days(day, count, calendar=calendar_of(holidays | {more}))

    assert before <= after


@LAWS
@given(
    first=st.datetimes(datetime(2023, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive by contract
    later=st.timedeltas(timedelta(), timedelta(days=20)),
    kind=st.sampled_from([TicketKind.COMPLAINT, TicketKind.INFORMATION]),
    calendar=calendars,
)
def test_who_writes_later_is_never_due_earlier(
    first: datetime, later: timedelta, kind: TicketKind, calendar: BusinessCalendar
) -> None:
    """Due times are monotone in the instant of reception."""
    dues = [
        compute_dues(received_at=at, kind=kind, channel=Channel.EMAIL, standards=STANDARDS, calendar=calendar)
        for at in (first, first + later)
    ]

    assert len(dues[0]) == len(dues[1]) > 0
    assert all(earlier.due_at <= after.due_at for earlier, after in zip(*dues, strict=True))


@LAWS
@given(
    received_at=st.one_of(
        st.datetimes(timezones=st.just(QUEBEC), min_value=datetime(2023, 1, 1), max_value=datetime(2035, 1, 1)),  # noqa: DTZ001 - bounds are naive by contract
        st.timedeltas(timedelta(hours=-30), timedelta(hours=30)).map(
            lambda span: datetime(2026, 11, 1, 6, tzinfo=UTC) + span
        ),
        st.timedeltas(timedelta(hours=-30), timedelta(hours=30)).map(
            lambda span: datetime(2027, 3, 14, 7, tzinfo=UTC) + span
        ),
    )
)
def test_24_hours_are_86_400_seconds(received_at: datetime) -> None:
    """Whatever the clocks on the wall do that night."""
    due, _ = compute_dues(
        received_at=received_at,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        standards=STANDARDS,
        calendar=calendar_of(frozenset()),
    )

    assert timedelta(seconds=86_400) == due.due_at - received_at.astimezone(UTC)


def test_each_day_has_its_standing() -> None:
    """A weekend is a weekend even where a row says holiday; the holiday is named where it is one."""
    calendar = calendar_of(frozenset({date(2026, 12, 24)}))
    judged = list(days_between(date(2026, 12, 22), date(2026, 12, 26), calendar=calendar))

    assert [
        (date(2026, 12, 23), DayStanding.BUSINESS_DAY, None),
        (date(2026, 12, 24), DayStanding.HOLIDAY, "Fermé"),
        (date(2026, 12, 25), DayStanding.BUSINESS_DAY, None),
        (date(2026, 12, 26), DayStanding.WEEKEND, None),
    ] == [(day.on, day.standing, day.holiday.label if day.holiday else None) for day in judged]


def test_a_year_nobody_listed_follows_the_rule() -> None:
    """Rows of an unlisted year are not looked at; the rule's are, and every day of it is provisional."""
    calendar = calendar_of(frozenset(), frozenset({2027}))
    days_of_christmas = days_from(date(2026, 12, 28), calendar=calendar)
    taken_instead, next_day = next(days_of_christmas), next(days_of_christmas)

    assert (DayStanding.HOLIDAY, True) == (taken_instead.standing, taken_instead.provisional)
    assert (DayStanding.BUSINESS_DAY, True) == (next_day.standing, next_day.provisional)
    assert is_business_day(date(2027, 12, 24), calendar=calendar)


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), False),
        (date(2026, 12, 1), date(2027, 1, 1), True),
        (date(2025, 12, 31), date(2026, 1, 2), False),  # day 0 is not counted
        (date(2025, 12, 30), date(2026, 1, 2), True),
        (date(2026, 6, 1), date(2026, 6, 1), False),
        (date(2026, 12, 31), date(2026, 12, 31), False),
    ],
)
def test_a_count_knows_whether_it_met_an_unlisted_year(after: date, until: date, *, expected: bool) -> None:
    """Only 2026 is listed here; the first day is not counted, the last is."""
    calendar = calendar_of(frozenset(), frozenset({2026}))

    assert expected is touches_unlisted_year(after, until, calendar=calendar)


def test_counting_on_the_day_of_reception_gives_nothing() -> None:
    """An answer on day 0 took no business day."""
    assert 0 == count_business_days(date(2026, 6, 1), date(2026, 6, 1), calendar=calendar_of(frozenset()))


def test_counts_that_make_no_sense_are_refused() -> None:
    """Nothing counts backwards, and no promise has zero days."""
    calendar = calendar_of(frozenset())

    with pytest.raises(ValueError, match="one at least"):
        add_business_days(date(2026, 6, 1), 0, calendar=calendar)
    with pytest.raises(ValueError, match="before its start"):
        count_business_days(date(2026, 6, 2), date(2026, 6, 1), calendar=calendar)
    with pytest.raises(ValueError, match="before its start"):
        touches_unlisted_year(date(2026, 6, 2), date(2026, 6, 1), calendar=calendar)
