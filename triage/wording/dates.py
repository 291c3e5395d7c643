"""Local days in words, as the Office québécois de la langue française writes them, and in Canadian English (R-70).

Names of days and months are written here and never taken from the machine's locale.
"""

from datetime import date

from triage.model.codes import Language
from triage.wording.spacing import NO_BREAK

_FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_FRENCH_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_date(day: date, *, language: Language, weekday: bool = False, article: bool = False) -> str:
    """A local day in full: « le samedi 21 novembre 2026 », “Saturday, November 21, 2026”.

    `article` puts « le » before it, in French only. A no-break space keeps the number with its month.
    Anything but English is written in French (R-65).
    """
    if language is Language.ENGLISH:
        name = f"{_ENGLISH_DAYS[day.weekday()]}, " if weekday else ""
        return f"{name}{_ENGLISH_MONTHS[day.month - 1]}{NO_BREAK}{day.day}, {day.year}"
    name = f"{_FRENCH_DAYS[day.weekday()]} " if weekday else ""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{'le ' if article else ''}{name}{number}{NO_BREAK}{_FRENCH_MONTHS[day.month - 1]} {day.year}"
