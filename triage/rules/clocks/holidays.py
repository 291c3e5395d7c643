"""The thirteen days of Quebec's public service in any year, with the days taken instead when they fall on a weekend.

It proposes, and people confirm (R-53): what the operator's file lists always comes before it. The list is that of
the public-service agreements (R-51), the rule of substitution is inferred from the days that were published.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from triage.model.standard import Holiday

PROPOSED_BY_RULE = "Proposé par la règle de substitution; aucune personne n’a confirmé cette date"

_DAY = timedelta(days=1)
_MONDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 4, 5, 6


class _Move(Enum):
    """Where a day goes when nobody would lose work on it."""

    NONE = "never on a weekend"
    BACK = "back to the Friday"
    NEAREST = "Saturday back to the Friday, Sunday forward to the Monday"
    FORWARD = "forward to the next weekday that is still free"


@dataclass(frozen=True, slots=True)
class _NaturalDay:
    """One of the thirteen, before any move."""

    on: date
    label: str
    move: _Move


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar (1583 on), by the anonymous algorithm that Nature printed in 1876."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    skipped_leap_days, leap_century = divmod(century, 4)
    lunar_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped_leap_days - lunar_correction + 15) % 30
    leap_cycles, leap_rest = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * leap_century + 2 * leap_cycles - epact - leap_rest) % 7
    late_moon = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)


def propose_holidays(year: int) -> tuple[Holiday, ...]:
    """The thirteen days of one year as they are taken, in order: always thirteen different weekdays.

    Example: in 2026, 26 December is a Saturday, and Monday 28 is taken. Raises `ValueError` before 1583.
    """
    if year < 1583:
        raise ValueError(f"the Gregorian calendar has no year {year}; the rule starts in 1583")
    taken: dict[date, Holiday] = {}
    for day in _natural_days(year):
        on = _day_taken(day, taken=taken)
        taken[on] = Holiday(on=on, label=day.label, natural_on=day.on, provenance=PROPOSED_BY_RULE)
    return tuple(taken[on] for on in sorted(taken))


def _natural_days(year: int) -> tuple[_NaturalDay, ...]:
    """The list, in date order: the days that move forward must be placed one after the other."""
    easter = easter_sunday(year)
    return (
        _NaturalDay(date(year, 1, 1), "Jour de l’An", _Move.FORWARD),
        _NaturalDay(date(year, 1, 2), "Lendemain du jour de l’An", _Move.FORWARD),
        _NaturalDay(easter - 2 * _DAY, "Vendredi saint", _Move.NONE),
        _NaturalDay(easter + _DAY, "Lundi de Pâques", _Move.NONE),
        _NaturalDay(_monday_on_or_after(date(year, 5, 18)), "Journée nationale des patriotes", _Move.NONE),
        _NaturalDay(date(year, 6, 24), "Fête nationale du Québec", _Move.NEAREST),
        _NaturalDay(date(year, 7, 1), "Fête du Canada", _Move.NEAREST),
        _NaturalDay(_monday_on_or_after(date(year, 9, 1)), "Fête du Travail", _Move.NONE),
        _NaturalDay(_monday_on_or_after(date(year, 10, 8)), "Action de grâces", _Move.NONE),
        _NaturalDay(date(year, 12, 24), "Veille de Noël", _Move.BACK),
        _NaturalDay(date(year, 12, 25), "Noël", _Move.FORWARD),
        _NaturalDay(date(year, 12, 26), "Lendemain de Noël", _Move.FORWARD),
        _NaturalDay(date(year, 12, 31), "Veille du jour de l’An", _Move.BACK),
    )


def _monday_on_or_after(day: date) -> date:
    return day + (_MONDAY - day.weekday()) % 7 * _DAY


def _day_taken(day: _NaturalDay, *, taken: dict[date, Holiday]) -> date:
    """The weekday on which the office is closed for this day."""
    weekday = day.on.weekday()
    if day.move is _Move.FORWARD:
        return _next_free_weekday(day.on, taken=taken)
    if weekday <= _FRIDAY:
        return day.on
    if day.move is _Move.NEAREST and weekday == _SUNDAY:
        return day.on + _DAY
    return day.on - (weekday - _FRIDAY) * _DAY


def _next_free_weekday(day: date, *, taken: dict[date, Holiday]) -> date:
    while day.weekday() >= _SATURDAY or day in taken:
        day += _DAY
    return day
