"""What is counted of a ticket, and what counting gives: exact numbers, never rounded (R-40 to R-44)."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.standard import ClockUnit, Due


@dataclass(frozen=True, slots=True)
class CountedClock:
    """One clock that was not superseded. `met_at` (aware UTC) is when it was ended by hand, None where nobody did."""

    due: Due
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """One ticket as counting sees it: codes and instants (aware UTC), nothing of any person.

    `is_reachable` says that somebody left an address or a telephone number. `answered_at` is the first final answer,
    `closed_at` when the file was put away.
    """

    kind: TicketKind
    channel: Channel
    status: TicketStatus
    received_at: datetime
    is_reachable: bool
    acknowledged_at: datetime | None
    taken_charge_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    clocks: tuple[CountedClock, ...] = ()


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The year from 1 April to 31 March, named by the calendar year in which it begins."""

    begins: int

    @property
    def first_on(self) -> date:
        """Its first local day."""
        return date(self.begins, 4, 1)

    @property
    def last_on(self) -> date:
        """Its last local day."""
        return date(self.begins + 1, 3, 31)

    @property
    def label(self) -> str:
        """As reports name it: « 2026-2027 »."""
        return f"{self.begins}-{self.begins + 1}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Matters judged and not yet judged. `overdue` are those of `missed` that are still open."""

    met: int = 0
    missed: int = 0
    overdue: int = 0
    pending: int = 0

    @property
    def counted(self) -> int:
        """The denominator: what is decided one way or the other."""
        return self.met + self.missed

    @property
    def share(self) -> Fraction | None:
        """What was met of what is counted; None (« s. o. ») where nothing is."""
        return Fraction(self.met, self.counted) if self.counted else None


@dataclass(frozen=True, slots=True)
class Attainment:
    """One promise over one cohort: `amount` of `unit` for these kinds, kept by an answer or by taking charge.

    `tracked` is what came by a channel for which nothing was promised. `unreachable` are complaints left out because
    nobody left an address (R-41).
    """

    standard: str
    kinds: tuple[TicketKind, ...]
    amount: int
    unit: ClockUnit
    is_answer: bool
    target_percent: int
    promised: Tally
    tracked: Tally
    unreachable: int = 0

    @property
    def is_reached(self) -> bool | None:
        """Whether the exact fraction reaches the target (R-44); None where nothing is counted."""
        share = self.promised.share
        return None if share is None else share * 100 >= self.target_percent


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The figures of one fiscal year so far. `is_provisional` until the last day of its last answer is over (R-40).

    `acknowledged` of `acknowledgeable` complaints had the machine's acknowledgement (R-41).
    """

    year: FiscalYear
    attainments: tuple[Attainment, ...]
    acknowledged: int
    acknowledgeable: int
    is_provisional: bool
