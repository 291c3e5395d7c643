"""When a person is told of what went wrong: at once, and then at most once an hour and kind (MUST 21, R-88).

What happens within the hour is counted and told at its end, so nothing is swallowed and nobody is called all night
for one flood. What lasts (a mailbox that cannot be read) is told again each hour, since the first call may be missed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from triage.model.health import Alert, AlertKind
from triage.model.standard import BusinessCalendar, OpeningHours
from triage.rules.clocks.business_days import is_business_day

QUIET_FOR = timedelta(hours=1)
TOLD_FROM: Mapping[AlertKind, int] = MappingProxyType({AlertKind.TOKENS_REFUSED: 5})
"""What a person hears of only once it came so often within the hour: one old letter that is answered is no attack."""

SILENCE_OPEN = timedelta(minutes=15)
SILENCE_CLOSED = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Noted:
    """Of one kind: when it was last told, and what has come since then."""

    told_at: datetime | None = None
    count: int = 0
    since_at: datetime | None = None


AlertBook = Mapping[AlertKind, Noted]


def note(book: AlertBook, kind: AlertKind, *, count: int, at: datetime) -> AlertBook:
    """The book with so many more occurrences."""
    noted = _unless_past(book.get(kind, Noted()), kind, at)
    since_at = at if noted.since_at is None else min(at, noted.since_at)
    return {**book, kind: replace(noted, count=noted.count + count, since_at=since_at)}


def note_lasting(book: AlertBook, kind: AlertKind, *, since_at: datetime, now: datetime) -> AlertBook:
    """The book with something that began at `since_at` and goes on: one occurrence for each time that it is told."""
    noted = book.get(kind, Noted())
    return book if noted.count or _is_quiet(noted, now) else note(book, kind, count=1, at=since_at)


def take_due(book: AlertBook, now: datetime) -> tuple[AlertBook, tuple[Alert, ...]]:
    """What is to be told now, in the order of the closed list, and the book after it was."""
    due = [kind for kind in AlertKind if kind in book and _is_due(kind, book[kind], now)]
    alerts = tuple(Alert(kind, book[kind].count, book[kind].since_at or now) for kind in due)
    return {**book, **{kind: Noted(told_at=now) for kind in due}}, alerts


def is_silent_too_long(last_at: datetime, now: datetime, *, hours: OpeningHours, calendar: BusinessCalendar) -> bool:
    """Whether the mailbox was last read at `last_at` too long ago: over 15 minutes while somebody is there, else 60.

    What counts is whether somebody is there now: a silence of the night is told when the office opens.
    """
    return now - last_at > (SILENCE_OPEN if is_open(now, hours=hours, calendar=calendar) else SILENCE_CLOSED)


def is_open(now: datetime, *, hours: OpeningHours, calendar: BusinessCalendar) -> bool:
    """Whether an instant lies in opening hours, by the local clock of a business day."""
    local = now.astimezone(calendar.zone)
    return hours.opens <= local.time() < hours.closes and is_business_day(local.date(), calendar=calendar)


def _is_due(kind: AlertKind, noted: Noted, now: datetime) -> bool:
    return noted.count >= TOLD_FROM.get(kind, 1) and not _is_quiet(noted, now)


def _unless_past(noted: Noted, kind: AlertKind, at: datetime) -> Noted:
    """What is told from a number on begins anew where the hour went by without reaching it."""
    few = 0 < noted.count < TOLD_FROM.get(kind, 1)
    is_past = noted.since_at is not None and at - noted.since_at >= QUIET_FOR
    return replace(noted, count=0, since_at=None) if few and is_past else noted


def _is_quiet(noted: Noted, now: datetime) -> bool:
    return noted.told_at is not None and now - noted.told_at < QUIET_FOR
