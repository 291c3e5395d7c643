"""Published promises and the calendar they are counted on, as values; `rules.clocks` counts with them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from triage.model.codes import Channel, TicketKind


class ClockUnit(StrEnum):
    """How a standard is counted (S1:72-75, S1:92, S1:93)."""

    ELAPSED_HOURS = "elapsed_hours"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, slots=True)
class ServiceStandard:
    """One published promise, with the reception days between which it holds (R-08).

    `committed_channels` are those it was promised for; on the other `channels` it is tracked but not committed.
    `effective_to` is the last such day, None while it holds. `target_percent` is what the body promises to reach.
    `source` cites the clause, `sentence` is its published French text.
    """

    id: str
    version: str
    unit: ClockUnit
    amount: int
    target_percent: int
    kinds: tuple[TicketKind, ...]
    channels: tuple[Channel, ...]
    committed_channels: tuple[Channel, ...]
    effective_from: date
    effective_to: date | None
    source: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A weekday that does not count: the day taken, the natural date it stands for, and where that was read.

    `confirmed_by` and `confirmed_on` say who at the body vouched for it and when; None while nobody has (R-53).
    """

    on: date
    label: str
    natural_on: date
    provenance: str
    confirmed_by: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The days that do not count, by local date.

    `holidays` maps each listed day; `listed_years` are the years a person put in the file, all other years are
    computed by the rule of `rules.clocks.holidays` and are provisional (R-53).
    """

    zone: ZoneInfo
    holidays: dict[date, Holiday]
    listed_years: frozenset[int]
    version: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When somebody is there, on business days, by the local clock: from `opens`, included, to `closes`, not."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Due:
    """When one standard falls due for one ticket.

    `due_at` (UTC) is the last instant in time for elapsed hours, and the first instant too late for business days.
    `due_on` is the local day to print, for business days only. `provisional` says that an unlisted year was counted.
    """

    standard: str
    version: str
    unit: ClockUnit
    due_at: datetime
    due_on: date | None
    committed: bool
    provisional: bool = False
