"""What members of staff are told of files, as facts, and what a sweep leaves behind (R-62, R-77)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from triage.model.agents.staff import StaffMember
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.escalation.steps import ReachedStep


class Situation(StrEnum):
    """How a file stands when its people are told: what the words of a notice depend on."""

    UNOWNED = "unowned"
    TO_TAKE = "to_take"
    TAKE_LATE = "take_late"
    MIDWAY = "midway"
    DAYS_LEFT = "days_left"
    DECIDE = "decide"
    EVE = "eve"
    ANNOUNCED = "announced"  # a notice of delay is out, and the day that it names has not come
    LAST_DAY = "last_day"
    LATE = "late"


class Occasion(StrEnum):
    """Why a notice goes out."""

    STEP = "step"
    BEFORE_CLOSED = "before_closed"
    AT_CLOSING = "at_closing"
    AFTER_CLOSED = "after_closed"
    STALE = "stale"  # the sweep came late
    MANY = "many"  # too many at once


@dataclass(frozen=True, slots=True)
class FileStanding:
    """What a notice may say of one file: no name, no address, nothing that was written (R-77).

    `owner` is a function or initials, None while nobody has it. `due_at` stands in the body's zone. `told_on` is today:
    business day `day` of `of_days` of the promise, with `days_left` after it, or `days_late` over; all 0 for a promise
    in hours. Of a restricted file only number and due time may be said.
    """

    reference: str
    ticket_id: int
    situation: Situation
    restricted: bool
    status: TicketStatus
    owner: str | None
    told_on: date
    received_on: date
    last_action_on: date
    due_at: datetime
    due_on: date | None
    day: int = 0
    of_days: int = 0
    days_left: int = 0
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """What one member of staff is to be told of one or several files. `key` is the outbox key.

    `unlisted` is how many more files there are than `files` lists.
    """

    kind: NoticeKind
    key: str
    recipient: StaffMember
    occasion: Occasion
    files: tuple[FileStanding, ...]
    unlisted: int = 0


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step that is settled: whom it was told to (ids), and by what kind of notice."""

    reached: ReachedStep
    by: NoticeKind
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettledReview:
    """What is to be written down of one ticket."""

    ticket_id: int
    told: tuple[ToldStep, ...]
    next_review_at: datetime | None


@dataclass(frozen=True, slots=True)
class SweepDecision:
    """What follows from one sweep: notices, and how each ticket is left."""

    notices: tuple[StaffNotice, ...] = ()
    settled: tuple[SettledReview, ...] = ()
