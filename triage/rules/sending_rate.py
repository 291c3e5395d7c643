"""Which mail goes first, and how fast they may go (MUST 23; Exchange Online takes 30 a minute and 10,000 a day).

A bucket of tokens that refills evenly lets two bucketfuls through in one span, so this one gives each token back a
full minute after it was taken: no sixty seconds hold more than the limit, wherever they begin.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

# Lower goes first.
PRIORITY = MappingProxyType({"acknowledgement": 0, "escalation": 1, "notice": 2, "digest": 3})

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SendingRate:
    """What was sent lately. A limit of 0 is no limit.

    `taken_at` are the instants (aware UTC) of the last minute, oldest first. `hours` counts by hour since 1970: the
    current one and the twenty-four before it, which is a day and up to an hour more, never less.
    """

    per_minute: int = 20
    per_day: int = 8_000
    taken_at: tuple[datetime, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()


def priority_of(kind: str) -> int:
    """Where a kind of mail stands in the queue; one that the table does not name is a notice."""
    return PRIORITY.get(kind, PRIORITY["notice"])


def take(rate: SendingRate, now: datetime) -> tuple[SendingRate, float]:
    """Take leave to send one mail: the state to keep, and 0, or for how many seconds to wait before asking again.

    A clock that went back does not close the tap: what was taken later than `now` counts as taken now.
    """
    taken = tuple(min(at, now) for at in rate.taken_at if at > now - _MINUTE)
    hour = (now - _EPOCH) // _HOUR
    hours = tuple((min(past, hour), count) for past, count in rate.hours if past >= hour - 24)
    wait = max(
        _wait_for_minute(taken, now=now, limit=rate.per_minute), _wait_for_day(hours, now=now, limit=rate.per_day)
    )
    if wait == 0:
        taken = (*taken, now) if rate.per_minute else ()
        hours = _counted(hours, hour) if rate.per_day else ()
    return replace(rate, taken_at=taken, hours=hours), wait


def _wait_for_minute(taken: tuple[datetime, ...], *, now: datetime, limit: int) -> float:
    if not limit or len(taken) < limit:
        return 0.0
    return (taken[-limit] + _MINUTE - now).total_seconds()


def _wait_for_day(hours: tuple[tuple[int, int], ...], *, now: datetime, limit: int) -> float:
    if not limit or sum(count for _, count in hours) < limit:
        return 0.0
    # The oldest counted hour leaves the sum when the twenty-fifth hour after it begins.
    free_at = _EPOCH + (hours[0][0] + 25) * _HOUR
    return (free_at - now).total_seconds()


def _counted(hours: tuple[tuple[int, int], ...], hour: int) -> tuple[tuple[int, int], ...]:
    if hours and hours[-1][0] == hour:
        return (*hours[:-1], (hour, hours[-1][1] + 1))
    return (*hours, (hour, 1))
