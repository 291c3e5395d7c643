"""Opening hours as an operator writes them: "8:30-16:30"."""

import re
from datetime import time

from triage.model.standard import OpeningHours

_HOURS = re.compile(r"(\d{1,2})[:h](\d{2}) ?[-–] ?(\d{1,2})[:h](\d{2})", re.ASCII)


def read_opening_hours(text: str) -> OpeningHours:
    """The hours that a text says. Raises `ValueError` for what is no clock, and where the end is not the later one."""
    found = _HOURS.fullmatch(text.strip())
    try:
        opens, closes = (time(int(found[n]), int(found[n + 1])) for n in (1, 3)) if found else (time(), time())
    except ValueError:  # 25:00
        opens = closes = time()
    if opens >= closes:
        raise ValueError('is not opening hours; write two times of one day, for instance "8:30-16:30"')
    return OpeningHours(opens, closes)
