"""An hour of the day as the configuration writes it: "8:00"."""

import re
from datetime import time

_SHAPE = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def read_wall_time(text: str) -> time:
    """The hour. Raises `ValueError`, whose text says what to write."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError('is not an hour of the day; write for instance "8:00"')
    return time(int(match[1]), int(match[2]))
