"""Where time and chance enter: nothing below the daemon reads a clock or draws a number."""

import random
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, aware UTC."""
    return datetime.now(UTC)


def chance() -> float:
    """A number from -1 to 1, for waits that must not all end together; nothing secret hangs on it."""
    return random.uniform(-1, 1)  # noqa: S311  jitter, not a secret
