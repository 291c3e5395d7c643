"""What was observed in one week, and what triage would have done: codes, counts, dates and numbers of tickets only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ObservedMail:
    """One mail that was taken in. Instants are aware UTC.

    `prepared_at` is when its acknowledgement was composed, None where none was; `hold` why it would have waited for
    a person, None where it would have left at once. `answer_due_on` is the local day that the letter announces.
    """

    received_at: datetime
    reason: str
    nature: str
    ticket: str | None
    prepared_at: datetime | None = None
    hold: str | None = None
    answer_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One local day: mails received, and what became of them. A letter is either sent or held."""

    on: date
    received: int
    tickets: int
    follow_ups: int
    unticketed: int
    sent: int
    held: int


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """One ticket that triage would have opened. `hold` is why its acknowledgement would have waited for a person."""

    reference: str
    received_at: datetime
    hold: str | None
    answer_due_on: date | None


@dataclass(frozen=True, slots=True)
class ObservationFigures:
    """A week from Monday to Sunday (local days). `seconds` are the median and the longest way to a letter, if any left.

    `held` counts letters by why they would have waited, `unticketed` mails by why they would have had no ticket.
    """

    first_on: date
    last_on: date
    days: tuple[DayFigures, ...]
    total: DayFigures
    held: Mapping[str, int]
    unticketed: Mapping[str, int]
    tickets: tuple[TicketFigures, ...]
    median_seconds: int | None
    longest_seconds: int | None
