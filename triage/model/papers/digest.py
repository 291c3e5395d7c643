"""The daily digest of one supervisor: what the database knows, and which lines follow; instants are aware UTC.

Numbers of tickets, codes and dates; no requester's name, address or text is in any of these values (R-73 to R-77).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from triage.model.codes import OutboxState, TicketKind, TicketStatus
from triage.model.papers.counting import CountedTicket, YearFigures


@dataclass(frozen=True, slots=True)
class StandingTicket:
    """One ticket that is not done with. `concerned` are the folded addresses of people whom it is about (R-75)."""

    reference: str
    assigned_to: str | None
    restricted: bool
    facts: CountedTicket
    concerned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StuckMail:
    """An outgoing mail that waits for a person, or was given up; `reason` is why."""

    outbox_id: int
    kind: str
    state: OutboxState
    reason: str | None
    reference: str | None = None
    restricted: bool = False
    concerned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What all digests of one moment are made from.

    `stuck` is the beginning of a list whose whole length `stuck_count` tells. `waiting` counts mails that leave by
    themselves, the oldest of them since `waiting_since_at`. `looked_at` is the last pass over the mailbox.
    """

    tickets: tuple[StandingTicket, ...] = ()
    cohort: tuple[CountedTicket, ...] = ()
    stuck: tuple[StuckMail, ...] = ()
    stuck_count: int = 0
    waiting: int = 0
    waiting_since_at: datetime | None = None
    for_approval: int = 0
    looked_at: datetime | None = None


class Section(StrEnum):
    """Where a ticket stands in the digest, in the order of the page; each ticket stands in one."""

    NOBODY = "nobody"  # it is about everybody who could handle it: a person outside must be found
    DECIDE = "decide"
    LATE = "late"
    UNASSIGNED = "unassigned"
    APPROVE = "approve"
    QUARANTINED = "quarantined"


class Deed(StrEnum):
    """What a ticket waits for."""

    TAKE_CHARGE = "take_charge"
    ANSWER = "answer"
    APPROVE = "approve"
    JUDGE = "judge"  # is it a matter at all?


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One ticket. `number` is what an answer names it by.

    `due_at` is the clock's instant, `due_on` its local day where it counts days. `day` of `days` business days are
    over. `late_days` counts the business days after the due day, 0 for hours that ran out. Of a restricted file only
    number, reference and due date may be shown.
    """

    number: int
    reference: str
    restricted: bool
    deed: Deed
    kind: TicketKind
    status: TicketStatus
    due_at: datetime | None = None
    due_on: date | None = None
    day: int | None = None
    days: int | None = None
    late_days: int | None = None
    assigned_to: str | None = None


@dataclass(frozen=True, slots=True)
class DigestSection:
    """The lines of one section, and how many more there are than are listed."""

    name: Section
    lines: tuple[DigestLine, ...]
    more: int = 0

    @property
    def count(self) -> int:
        """How many tickets stand in it."""
        return len(self.lines) + self.more


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """A mail that a person must see to; of a restricted file only the number may be shown."""

    kind: str
    state: OutboxState
    reason: str | None
    reference: str | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How the service itself is. `next_year` is the calendar's coming year, and whether all its days are confirmed."""

    looked_at: datetime | None
    is_blind: bool
    waiting: int
    waiting_since_at: datetime | None
    for_approval: int
    next_year: int
    next_year_confirmed: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """One supervisor's paper of one local day. `margins` says for each promise how many may still be late."""

    staff_id: str
    on: date
    sections: tuple[DigestSection, ...]
    acknowledgements: tuple[DigestLetter, ...]
    letters: tuple[DigestLetter, ...]
    more_letters: int
    figures: YearFigures
    service: ServiceState
    margins: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def numbering(self) -> Mapping[int, str]:
        """Which number means which ticket."""
        return {line.number: line.reference for section in self.sections for line in section.lines}
