"""The steps of `escalation.toml`, and a ticket under watch; `rules.clocks.escalation` judges with them.

Instants are aware UTC; `_on` is a local day of the body.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from triage.model.codes import NoticeKind
from triage.model.ticket import TicketSnapshot


class StepMoment(StrEnum):
    """When a step is reached."""

    AFTER_RECEPTION = "after_reception"  # so many business hours after it
    BEFORE_DUE = "before_due"  # so many business hours before; first thing at the opening after a due time at night
    DAY = "day"  # on that business day after reception, at a time of day
    EACH_DAY_LATE = "each_day_late"  # on each business day after the due day, at a time of day
    BEFORE_CLOSED = "before_closed"  # due while the office is closed: the business day before, at a time of day
    AFTER_CLOSED = "after_closed"  # due while the office is closed: at the opening after


class OfficeEdge(StrEnum):
    """A time of day that follows the opening hours."""

    OPENING = "opening"
    CLOSING = "closing"


class StepEnd(StrEnum):
    """What makes a step needless."""

    OWNER = "owner"  # somebody has it, or took it in charge
    TAKEN_CHARGE = "taken_charge"
    ANSWER = "answer"


class Audience(StrEnum):
    """Whom a step tells; of a restricted file only its handlers, whatever stands here."""

    TEAM = "team"  # the intake team
    ASSIGNED = "assigned"  # who has the ticket; the team while nobody has
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"


class EscalationLevel(StrEnum):
    """How high a step reaches."""

    LIST = "L"
    FIRST = "N1"
    SECOND = "N2"
    THIRD = "N3"
    FOURTH = "N4"
    LAST_DAY = "D"
    LATE = "R"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One step, with the reception days between which it holds (R-63). `amount` is hours or a day number."""

    id: str
    standard: str
    level: EscalationLevel
    notice: NoticeKind
    moment: StepMoment
    until: StepEnd
    recipients: tuple[Audience, ...]
    effective_from: date
    effective_to: date | None = None
    amount: int = 0
    at: time | OfficeEdge = OfficeEdge.OPENING


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The steps, and how people are spared.

    A person who would get more than `most_at_once` escalations in one sweep gets one summary instead, and so do the
    supervisors of a file whose step is found more than `stale_after` opening hours late. Reminders of one level go to
    one person once in `gather_every`. Flags and scopes that are urgent are told at any hour (R-64).
    """

    steps: tuple[EscalationStep, ...]
    most_at_once: int = 10
    stale_after: timedelta = timedelta(hours=8)
    gather_every: timedelta = timedelta(hours=1)
    urgent_flags: frozenset[str] = frozenset()
    urgent_scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WatchedTicket:
    """A ticket whose next review has come. `done` holds the keys of its steps that were settled before.

    `last_action_at` is the last thing that anybody did. `concerned` are the folded addresses of people whom the file is
    about: they never hear of it (R-75). `acknowledged` are the steps that somebody answered: person and step, by ids.
    """

    id: int
    ticket: TicketSnapshot
    last_action_at: datetime
    scope: str = "IN"
    service: str | None = None
    done: frozenset[str] = frozenset()
    concerned: frozenset[str] = frozenset()
    acknowledged: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class ReachedStep:
    """A step whose moment has come and that nobody was told of. `key` is unique for ever (R-62)."""

    step: EscalationStep
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """One look at one ticket: what is reached, oldest first, and when to look again (None: no more)."""

    watched: WatchedTicket
    reached: tuple[ReachedStep, ...]
    next_review_at: datetime | None
