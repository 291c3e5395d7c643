"""When each published promise falls due for one matter, and whether an event met it (S1:72-75, S1:92, S1:93).

The standards in force on the local day of reception decide, for ever (R-08). Hours are elapsed time, nights and
holidays included; business days start after the local day of reception, whatever the hour (R-59), and end at its
midnight. No clock pauses. It reads no clock: the instant of reception (R-57) comes from the caller.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never

from triage.model.codes import Channel, TicketKind
from triage.model.standard import BusinessCalendar, ClockUnit, Due, ServiceStandard
from triage.rules.clocks.business_days import add_business_days, touches_unlisted_year

_DAY = timedelta(days=1)


def local_day(instant_at: datetime, *, calendar: BusinessCalendar) -> date:
    """The date on the wall of the body's office at that instant. Raises `ValueError` for a naive datetime."""
    _refuse_naive(instant_at)
    return instant_at.astimezone(calendar.zone).date()


def end_of_day(day: date, *, calendar: BusinessCalendar) -> datetime:
    """The first instant (UTC) that belongs to the next local day: 0 h there, or what the clock shows instead."""
    return datetime.combine(day + _DAY, time(), tzinfo=calendar.zone).astimezone(UTC)


def standards_in_force(
    *, received_on: date, kind: TicketKind, channel: Channel, standards: tuple[ServiceStandard, ...]
) -> tuple[ServiceStandard, ...]:
    """The promises that hold for a matter received on that local day, in the order of their ids."""
    chosen = [
        standard
        for standard in standards
        if kind in standard.kinds
        and channel in standard.channels
        and standard.effective_from <= received_on
        and (standard.effective_to is None or received_on <= standard.effective_to)
    ]
    return tuple(sorted(chosen, key=lambda standard: standard.id))


def compute_dues(
    *,
    received_at: datetime,
    kind: TicketKind,
    channel: Channel,
    standards: tuple[ServiceStandard, ...],
    calendar: BusinessCalendar,
) -> tuple[Due, ...]:
    """Every due time of one matter, in the order of the standards' ids; empty where nothing was promised.

    `received_at` is aware, in any zone; a naive one raises `ValueError`. Example: a complaint of Friday
    27 November 2026, 16:45 in Quebec, is to be taken in charge by Saturday 16:45 and treated on Friday 18 December.
    """
    received_on = local_day(received_at, calendar=calendar)
    chosen = standards_in_force(received_on=received_on, kind=kind, channel=channel, standards=standards)
    return tuple(
        _due(standard, received_at=received_at, received_on=received_on, channel=channel, calendar=calendar)
        for standard in chosen
    )


def is_met(due: Due, event_at: datetime) -> bool:
    """Whether an event at that instant (aware) keeps the promise.

    The last second of 24 hours is still in time; the midnight that closes the last business day is too late.
    """
    _refuse_naive(event_at)
    match due.unit:
        case ClockUnit.ELAPSED_HOURS:
            return event_at <= due.due_at
        case ClockUnit.BUSINESS_DAYS:
            return event_at < due.due_at
        case _:  # pragma: no cover
            assert_never(due.unit)


def _due(
    standard: ServiceStandard,
    *,
    received_at: datetime,
    received_on: date,
    channel: Channel,
    calendar: BusinessCalendar,
) -> Due:
    committed = channel in standard.committed_channels
    match standard.unit:
        case ClockUnit.ELAPSED_HOURS:
            # In UTC, since adding hours to a local time counts what the wall shows, not what has passed.
            due_at = received_at.astimezone(UTC) + timedelta(hours=standard.amount)
            return Due(standard.id, standard.version, standard.unit, due_at, None, committed)
        case ClockUnit.BUSINESS_DAYS:
            due_on = add_business_days(received_on, standard.amount, calendar=calendar)
            due_at = end_of_day(due_on, calendar=calendar)
            provisional = touches_unlisted_year(received_on, due_on, calendar=calendar)
            return Due(standard.id, standard.version, standard.unit, due_at, due_on, committed, provisional)
        case _:  # pragma: no cover
            assert_never(standard.unit)


def _refuse_naive(instant_at: datetime) -> None:
    if instant_at.tzinfo is None:
        raise ValueError("an instant needs a time zone; a wall-clock time alone may not exist, or exist twice")
