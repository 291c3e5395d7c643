"""The days that a letter must announce, worked out once more: dates, loops and a table of Easters only.

It shares nothing with the product, knows only whole years from 2026 to 2034, and refuses the others.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
_DAY = timedelta(days=1)
_EASTERS = """
2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09
"""
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
# Natural day -> how many days to move it, by the weekday on which it falls (5 is a Saturday).
_MOVED = {
    (6, 24): {5: -1, 6: 1},
    (7, 1): {5: -1, 6: 1},
    (12, 24): {5: -1, 6: -2},
    (12, 31): {5: -1, 6: -2},
    (1, 1): {5: 2, 6: 1},
    (12, 25): {5: 2, 6: 1},
    (1, 2): {5: 2, 6: 2, 0: 1},
    (12, 26): {5: 2, 6: 2, 0: 1},
}


def last_day(received_at: datetime, *, business_days: int) -> date:
    """The last of so many business days after the local day of an aware instant."""
    day = received_at.astimezone(ZONE).date()
    while business_days:
        day += _DAY
        business_days -= day.weekday() < 5 and day not in _days_off(day.year)
    return day


def in_french(day: date) -> str:
    """« samedi 21 novembre 2026 », with ordinary spaces."""
    number = "1er" if day.day == 1 else day.day
    return f"{_DAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def _days_off(year: int) -> set[date]:
    (easter,) = (day for day in map(date.fromisoformat, _EASTERS.split()) if day.year == year)
    moved = {_moved(date(year, month, day)) for month, day in _MOVED}
    return moved | {easter - 2 * _DAY, easter + _DAY, _monday(year, 5, 18), _monday(year, 9, 1), _monday(year, 10, 8)}


def _moved(natural: date) -> date:
    return natural + _MOVED[natural.month, natural.day].get(natural.weekday(), 0) * _DAY


def _monday(year: int, month: int, first: int) -> date:
    """The Monday among the seven days that begin there."""
    return next(day for day in (date(year, month, first + n) for n in range(7)) if day.weekday() == 0)
