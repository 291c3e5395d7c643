"""The rule of the thirteen days against the dates that were published, and against a second Easter."""

from datetime import date, timedelta

import pytest

from triage.rules.clocks.holidays import PROPOSED_BY_RULE, easter_sunday, propose_holidays

OBSERVED = {
    2011: ["12-23", "12-26", "12-27", "12-30"],
    2012: ["01-02", "01-03"],
    2022: [
        *("01-03", "01-04", "04-15", "04-18", "05-23", "06-24", "07-01"),
        *("09-05", "10-10", "12-23", "12-26", "12-27", "12-30"),
    ],
    2023: ["06-30", "12-22", "12-29"],
    2026: [
        *("01-01", "01-02", "04-03", "04-06", "05-18", "06-24", "07-01"),
        *("09-07", "10-12", "12-24", "12-25", "12-28", "12-31"),
    ],
    2027: [
        *("01-01", "01-04", "03-26", "03-29", "05-24", "06-24", "07-01"),
        *("09-06", "10-11", "12-24", "12-27", "12-28", "12-31"),
    ],
    2028: [
        *("01-03", "01-04", "04-14", "04-17", "05-22", "06-23", "06-30"),
        *("09-04", "10-09", "12-22", "12-25", "12-26", "12-29"),
    ],
}


@pytest.mark.parametrize("year", OBSERVED)
def test_the_rule_gives_the_days_that_were_published(year: int) -> None:
    """Every date that is known for a year is among the thirteen; where all thirteen are known, they are equal."""
    proposed = [f"{holiday.on:%m-%d}" for holiday in propose_holidays(year)]
    known = OBSERVED[year]

    assert known == [day for day in proposed if day in known]
    assert len(known) != 13 or known == proposed


@pytest.mark.parametrize("year", range(2011, 2031))
def test_each_year_has_thirteen_weekdays(year: int) -> None:
    """Thirteen different days of that year, Monday to Friday, in order, each at most two days from its natural date."""
    holidays = propose_holidays(year)
    days = [holiday.on for holiday in holidays]

    assert 13 == len(set(days))
    assert sorted(days) == days
    assert {year} == {day.year for day in days}
    assert all(day.weekday() < 5 for day in days)
    assert all(abs((holiday.on - holiday.natural_on).days) <= 2 for holiday in holidays)
    assert {PROPOSED_BY_RULE} == {holiday.provenance for holiday in holidays}
    assert {None} == {holiday.confirmed_by for holiday in holidays}


@pytest.mark.parametrize(
    ("natural_on", "taken_on"),
    [
        (date(2022, 12, 24), date(2022, 12, 23)),  # an eve on a Saturday: back to the Friday
        (date(2023, 12, 31), date(2023, 12, 29)),  # an eve on a Sunday: back to the Friday
        (date(2022, 12, 26), date(2022, 12, 27)),  # its Monday is taken for Sunday 25
        (date(2027, 12, 26), date(2027, 12, 28)),  # its Monday is taken for Saturday 25
        (date(2029, 6, 24), date(2029, 6, 25)),  # a Sunday in summer: forward to the Monday
        (date(2029, 7, 1), date(2029, 7, 2)),
        (date(2028, 7, 1), date(2028, 6, 30)),  # a Saturday in summer: back to the Friday
    ],
)
def test_a_day_on_a_weekend_is_taken_on_a_weekday(natural_on: date, taken_on: date) -> None:
    """Each way of moving has its case."""
    taken = {holiday.natural_on: holiday.on for holiday in propose_holidays(natural_on.year)}

    assert taken_on == taken[natural_on]


@pytest.mark.parametrize(
    "easter",
    [
        *(date(2011, 4, 24), date(2016, 3, 27), date(2018, 4, 1), date(2024, 3, 31), date(2025, 4, 20)),
        *(date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16), date(2030, 4, 21), date(2038, 4, 25)),
    ],
)
def test_easter_is_on_the_known_day(easter: date) -> None:
    """Days as calendars print them."""
    assert easter == easter_sunday(easter.year)


def second_easter(year: int) -> date:
    """Gauss's formula with his exceptions, written independently of the one in use."""
    century = year // 100
    m = (15 + century - century // 4 - (13 + 8 * century) // 25) % 30
    n = (4 + century - century // 4) % 7
    d = (19 * (year % 19) + m) % 30
    e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + n) % 7
    day = 22 + d + e
    if (d, e) == (29, 6) or (d == 28 and e == 6 and (11 * m + 11) % 30 < 19):
        day -= 7
    return date(year, 3, 1) + timedelta(days=day - 1)


def test_two_formulas_agree_on_easter() -> None:
    """In every year from 1583 to 2999."""
    years = range(1583, 3000)

    assert [second_easter(year) for year in years] == [easter_sunday(year) for year in years]


def test_a_year_before_the_gregorian_calendar_is_refused() -> None:
    """The rule says so instead of giving a wrong Easter."""
    with pytest.raises(ValueError, match="1583"):
        propose_holidays(1582)
