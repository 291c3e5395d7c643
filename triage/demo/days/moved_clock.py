"""The clock of the story: it stands still until it is moved, and never goes back."""

from datetime import UTC, datetime


class MovedClock:
    """Called, it tells the instant to which it was last moved, aware UTC."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        """It is `at` now, or stays later than that: a scene may come while the last one is still under way."""
        self._at = max(self._at, at.astimezone(UTC))
