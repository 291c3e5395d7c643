"""How far each promise was kept over one cohort, as exact fractions (R-41 to R-44; S1:72-75, S1:92, S1:93).

Nothing is left out because it is unfinished: what is open and late has failed, what is open and in time stands apart.
A rounded number is never compared with anything.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum

from triage.model.codes import TicketKind, TicketStatus
from triage.model.papers.counting import Attainment, CountedClock, CountedTicket, FiscalYear, Tally, YearFigures
from triage.model.standard import BusinessCalendar, ServiceStandard
from triage.rules.clocks.due import is_met, local_day
from triage.rules.counting.years import is_provisional, is_received_in

TREATED = "E2"
"""The promise that a treated matter keeps; the others are kept by taking charge."""
TAKEN_IN_24_HOURS = "E1"
"""The promise from which complaints of people who left no address are left out (R-41)."""

_NEVER_COUNTED_KINDS = frozenset({TicketKind.AUTOMATED, TicketKind.UNDESIRABLE, TicketKind.DUPLICATE})
# Merged into another file, or confirmed as undesirable: each matter is counted once, and spam is none.
_NEVER_COUNTED_STATUSES = frozenset({TicketStatus.MERGED, TicketStatus.SPAM})
_ENDED_OTHERWISE = frozenset({TicketStatus.REDIRECTED, TicketStatus.WITHDRAWN})


class Standing(Enum):
    """How one matter stands to one promise."""

    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"  # open, and the due time is over: a failure like the late ones
    PENDING = "pending"


def count_year(
    tickets: Iterable[CountedTicket],
    *,
    year: FiscalYear,
    standards: tuple[ServiceStandard, ...],
    calendar: BusinessCalendar,
    now: datetime,
) -> YearFigures:
    """The figures of the matters received in one fiscal year, as they stand at `now` (aware UTC)."""
    cohort = [each for each in tickets if is_received_in(each.received_at, year, calendar=calendar)]
    as_of_on = min(local_day(now, calendar=calendar), year.last_on)
    in_force = {each.id: each for each in sorted(standards, key=lambda each: _newness(each, as_of_on=as_of_on))}
    attainments = tuple(count_attainment(cohort, in_force[name], now=now) for name in sorted(in_force))
    complaints = [each for each in cohort if _is_countable(each) and each.kind is TicketKind.COMPLAINT]
    owed = [each for each in complaints if each.is_reachable]
    return YearFigures(
        year=year,
        attainments=attainments,
        acknowledged=sum(each.acknowledged_at is not None for each in owed),
        acknowledgeable=len(owed),
        is_provisional=is_provisional(year, now=now, standards=standards, calendar=calendar),
    )


def count_attainment(cohort: Sequence[CountedTicket], standard: ServiceStandard, *, now: datetime) -> Attainment:
    """One promise over one cohort; `standard` gives its id, its kinds and the target, the clocks give the rest."""
    sides: dict[bool, dict[Standing, int]] = {side: dict.fromkeys(Standing, 0) for side in (True, False)}
    unreachable = 0
    for ticket in cohort:
        clock = _clock_of(ticket, standard)
        if clock is None:
            continue
        if standard.id == TAKEN_IN_24_HOURS and not ticket.is_reachable:
            unreachable += 1
            continue
        sides[clock.due.committed][stand(ticket, clock, now=now)] += 1
    return Attainment(
        standard=standard.id,
        kinds=standard.kinds,
        amount=standard.amount,
        unit=standard.unit,
        is_answer=standard.id == TREATED,
        target_percent=standard.target_percent,
        promised=_tally(sides[True]),
        tracked=_tally(sides[False]),
        unreachable=unreachable,
    )


def stand(ticket: CountedTicket, clock: CountedClock, *, now: datetime) -> Standing:
    """Whether the promise was kept, missed, or may still be kept at `now` (aware)."""
    ended_at = ending_of(ticket, clock)
    if ended_at is not None and ended_at <= now:
        return Standing.MET if is_met(clock.due, ended_at) else Standing.LATE
    return Standing.PENDING if is_met(clock.due, now) else Standing.OVERDUE


def ending_of(ticket: CountedTicket, clock: CountedClock) -> datetime | None:
    """What ended the clock: taking charge, or for the answer its first, a redirection or a confirmed withdrawal."""
    if clock.met_at is not None:
        return clock.met_at
    if clock.due.standard != TREATED:
        return ticket.taken_charge_at
    if ticket.answered_at is None and ticket.status in _ENDED_OTHERWISE:
        return ticket.closed_at
    return ticket.answered_at


def margin(tally: Tally, target_percent: int) -> int | None:
    """How many more may be missed before the share falls under the target; exact, in whole numbers.

    Negative: so many must be met in a row to reach the target again. None: it can no longer be reached.

    >>> margin(Tally(met=9, missed=2), 75)
    1
    >>> margin(Tally(met=2, missed=1), 75)
    -1
    """
    if tally.met * 100 >= tally.counted * target_percent:
        return tally.met * 100 // target_percent - tally.counted
    if target_percent == 100:
        return None
    lacking = tally.counted * target_percent - tally.met * 100
    needed = -(-lacking // (100 - target_percent))  # rounded up
    return -needed


def _is_countable(ticket: CountedTicket) -> bool:
    return ticket.kind not in _NEVER_COUNTED_KINDS and ticket.status not in _NEVER_COUNTED_STATUSES


def _clock_of(ticket: CountedTicket, standard: ServiceStandard) -> CountedClock | None:
    if not _is_countable(ticket) or ticket.kind not in standard.kinds:
        return None
    return next((clock for clock in ticket.clocks if clock.due.standard == standard.id), None)


def _newness(standard: ServiceStandard, *, as_of_on: date) -> tuple[bool, date]:
    """Sorts last the version in force that day, else the newest: its target is the one that is printed."""
    ended = standard.effective_to is not None and standard.effective_to < as_of_on
    return standard.effective_from <= as_of_on and not ended, standard.effective_from


def _tally(standings: dict[Standing, int]) -> Tally:
    overdue = standings[Standing.OVERDUE]
    return Tally(
        met=standings[Standing.MET],
        missed=standings[Standing.LATE] + overdue,
        overdue=overdue,
        pending=standings[Standing.PENDING],
    )
