"""Where time and chance enter: nothing below the daemon reads a clock or draws a number."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the present instant, aware UTC: the machine's, or one that a demo or a test moves by hand."""


def utc_now() -> datetime:
    """The present instant, aware UTC."""
    return datetime.now(UTC)


def chance() -> float:
    """A number from -1 to 1, for waits that must not all end together; nothing secret hangs on it."""
    return random.uniform(-1, 1)  # noqa: S311  jitter, not a secret
