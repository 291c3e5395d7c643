"""Opening hours: worked by hand around Christmas 2026 and both clock changes, and the laws of counting in them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from triage.model.escalation.office import Office
from triage.rules.clocks.business_days import is_business_day
from triage.rules.clocks.office_hours import (
    add_hours,
    hours_between,
    is_open,
    last_closing,
    next_opening,
    subtract_hours,
    when_open,
)
from triage.settings.dated import load_calendar

QUEBEC = ZoneInfo("America/Toronto")
CALENDAR = load_calendar(None, zone=QUEBEC)
OFFICE = Office(CALENDAR)
NIGHT_SHIFT = Office(CALENDAR, time(0), time(23, 59))
LAWS = settings(deadline=None, max_examples=60)

offices = st.sampled_from([OFFICE, NIGHT_SHIFT, Office(CALENDAR, time(10), time(15, 45))])
instants = st.datetimes(datetime(2026, 10, 1), datetime(2027, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001 - zone below
spans = st.timedeltas(timedelta(minutes=1), timedelta(hours=100))


def local(text: str) -> datetime:
    """A wall-clock time of Quebec."""
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-23T08:29:59", False),
        ("2026-12-23T08:30:00", True),
        ("2026-12-23T16:29:59", True),
        ("2026-12-23T16:30:00", False),
        ("2026-12-24T10:00:00", False),  # a holiday
        ("2026-12-26T10:00:00", False),  # a Saturday
        ("2026-12-28T10:00:00", False),  # taken for Saturday 26
        ("2026-12-29T10:00:00", True),
        ("2027-01-04T10:00:00", False),  # taken for Saturday 2
        ("2028-12-22T10:00:00", False),
    ],
)
def test_the_office_is_open_on_business_days_within_its_hours(at: str, *, expected: bool) -> None:
    """From half past eight to half past four; the instant of closing is closed."""
    assert expected == is_open(local(at), office=OFFICE)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-12-22T07:00", "2026-12-22T08:30"),
        ("2026-12-22T08:30", "2026-12-23T08:30"),
        ("2026-12-23T16:45", "2026-12-29T08:30"),
        ("2026-12-30T12:00", "2027-01-05T08:30"),
        ("2026-10-31T12:00", "2026-11-02T08:30"),  # the clocks go back in between
        ("2027-03-13T12:00", "2027-03-15T08:30"),  # and forward
    ],
)
def test_the_next_opening_is_that_of_the_next_business_day(after: str, expected: str) -> None:
    """Christmas and New Year are passed over as weekends are."""
    assert local(expected) == next_opening(local(after), office=OFFICE)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-12-29T16:30", "2026-12-29T16:30"),
        ("2026-12-29T16:29", "2026-12-23T16:30"),
        ("2027-01-05T09:00", "2026-12-30T16:30"),
        ("2026-11-02T08:00", "2026-10-30T16:30"),
    ],
)
def test_the_last_closing_lies_before(until: str, expected: str) -> None:
    """The closing itself counts as past."""
    assert local(expected) == last_closing(local(until), office=OFFICE)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-27T15:00", 1, "2026-11-27T16:00"),
        ("2026-11-27T15:30", 1, "2026-11-30T08:30"),  # exactly at closing: nobody is there any more
        ("2026-11-27T16:00", 1, "2026-11-30T09:00"),
        ("2026-11-28T10:00", 1, "2026-11-30T09:30"),  # a Saturday
        ("2026-12-23T16:15", 1, "2026-12-29T09:15"),
        ("2026-12-30T12:30", 8, "2027-01-05T12:30"),
        ("2026-10-31T14:00", 1, "2026-11-02T09:30"),
        ("2027-03-13T20:00", 1, "2027-03-15T09:30"),
        ("2026-12-22T03:00", 0, "2026-12-22T08:30"),
    ],
)
def test_adding_business_hours(start: str, hours: int, expected: str) -> None:
    """« + 1 business hour » counts only while somebody is there."""
    assert local(expected) == add_hours(local(start), timedelta(hours=hours), office=OFFICE)


@pytest.mark.parametrize(
    ("end", "hours", "expected"),
    [
        ("2026-11-24T14:00", 4, "2026-11-24T10:00"),
        ("2026-11-24T12:30", 4, "2026-11-24T08:30"),
        ("2026-11-24T09:00", 4, "2026-11-23T13:00"),
        ("2026-11-23T09:00", 4, "2026-11-20T13:00"),
        ("2026-12-29T09:30", 4, "2026-12-23T13:30"),
        ("2027-03-15T09:00", 4, "2027-03-12T13:00"),
        ("2026-11-28T17:00", 4, "2026-11-27T12:30"),
    ],
)
def test_subtracting_business_hours(end: str, hours: int, expected: str) -> None:
    """« 4 business hours before » may lie on an earlier day."""
    assert local(expected) == subtract_hours(local(end), timedelta(hours=hours), office=OFFICE)


@pytest.mark.parametrize(
    ("friday", "monday"), [("2026-10-30T12:30", "2026-11-02T12:30"), ("2027-03-12T12:30", "2027-03-15T12:30")]
)
def test_a_weekend_in_which_the_clocks_change_is_like_any_other(friday: str, monday: str) -> None:
    """From noon to noon the office was open for eight hours, though 73 or 71 have passed."""
    assert timedelta(hours=8) == hours_between(local(friday), local(monday), office=OFFICE)
    assert timedelta(hours=72) != local(monday).astimezone(UTC) - local(friday).astimezone(UTC)


@LAWS
@given(office=offices, start=instants, span=spans)
def test_counting_undoes_adding_and_subtracting(office: Office, start: datetime, span: timedelta) -> None:
    """What was added is found between, and what was subtracted too."""
    assert span == hours_between(start, add_hours(start, span, office=office), office=office)
    assert span == hours_between(subtract_hours(start, span, office=office), start, office=office)


@LAWS
@given(office=offices, start=instants, first=spans, second=spans)
def test_spans_add_up(office: Office, start: datetime, first: timedelta, second: timedelta) -> None:
    """One span after another is both at once, and a longer one never ends earlier."""
    once = add_hours(start, first, office=office)

    assert add_hours(start, first + second, office=office) == add_hours(once, second, office=office)
    assert once <= add_hours(start, first + second, office=office)


@LAWS
@given(office=offices, start=instants, span=spans)
def test_whatever_is_found_lies_within_opening_hours(office: Office, start: datetime, span: timedelta) -> None:
    """Nobody is written to while the office is closed."""
    found = (
        add_hours(start, span, office=office),
        subtract_hours(start, span, office=office),
        next_opening(start, office=office),
        when_open(start, office=office),
    )

    assert (True,) * 4 == tuple(is_open(each, office=office) for each in found)


@LAWS
@given(office=offices, at=instants)
def test_a_closed_instant_lies_between_a_closing_and_an_opening(office: Office, at: datetime) -> None:
    """And no office hour lies between these two."""
    assume(not is_open(at, office=office))
    closed_at, opens_at = last_closing(at, office=office), next_opening(at, office=office)

    assert closed_at <= at < opens_at
    assert timedelta(0) == hours_between(closed_at, opens_at, office=office)


@LAWS
@given(at=instants)
def test_a_year_that_nobody_listed_has_its_holidays_too(at: datetime) -> None:
    """An office in a far year opens on no 25 December."""
    far = at.replace(year=at.year + 20)
    opening_on = next_opening(far, office=OFFICE).astimezone(QUEBEC).date()

    assert is_business_day(opening_on, calendar=CALENDAR)
    assert date(opening_on.year, 12, 25) != opening_on


def test_what_makes_no_sense_is_refused() -> None:
    """Naive instants, an end before its start, spans below zero."""
    at = local("2026-11-24T10:00")
    with pytest.raises(ValueError, match="time zone"):
        is_open(at.replace(tzinfo=None), office=OFFICE)
    with pytest.raises(ValueError, match="before its start"):
        hours_between(at, at - timedelta(hours=1), office=OFFICE)
    with pytest.raises(ValueError, match="not negative"):
        add_hours(at, timedelta(seconds=-1), office=OFFICE)
    with pytest.raises(ValueError, match="above zero"):
        subtract_hours(at, timedelta(0), office=OFFICE)
