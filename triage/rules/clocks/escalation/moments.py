"""When each step of a ticket is reached, as instants: from reception, from the due time, or on numbered business days.

Everything falls within opening hours, except for lists « at closing », and for an urgent ticket, whose hours count
around the clock (R-64). Nothing is reached before the matter was received, and no clock pauses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from triage.model.escalation.office import Office
from triage.model.escalation.steps import (
    EscalationPolicy,
    EscalationStep,
    OfficeEdge,
    ReachedStep,
    StepMoment,
    WatchedTicket,
)
from triage.model.standard import Due
from triage.rules.clocks.business_days import add_business_days, is_business_day
from triage.rules.clocks.due import local_day
from triage.rules.clocks.office_hours import (
    add_hours,
    is_open,
    last_closing,
    next_opening,
    subtract_hours,
    wall_time,
    when_open,
)

_PREFIX = "escalation"
_DAY = timedelta(days=1)

Moments = Iterator[tuple[date | None, datetime]]


@dataclass(frozen=True, slots=True)
class _Case:
    """What the moment of one step depends on."""

    step: EscalationStep
    received_at: datetime
    due: Due
    office: Office
    urgent: bool
    now: datetime


def is_urgent(watched: WatchedTicket, *, policy: EscalationPolicy) -> bool:
    """Whether its people are told at any hour: safety, security, and complaints with a shorter legal fuse (R-64)."""
    return watched.scope in policy.urgent_scopes or bool(policy.urgent_flags & set(watched.ticket.flags))


def find_moments(
    step: EscalationStep, watched: WatchedTicket, due: Due, *, office: Office, urgent: bool, now: datetime
) -> tuple[ReachedStep, ...]:
    """The moments of one step that matter at `now`: one at most, or the latest and the next of what comes each day."""
    case = _Case(step, watched.ticket.received_at.astimezone(UTC), due, office, urgent, now)
    return tuple(
        ReachedStep(step, _key(watched.ticket.reference, step, day), at) for day, at in _MOMENTS[step.moment](case)
    )


def step_of_key(key: str) -> str | None:
    """The id of the step that an outbox key is about, None for keys of other mail."""
    parts = key.split(":")
    return parts[2] if len(parts) > 2 and parts[0] == _PREFIX else None


def _key(reference: str, step: EscalationStep, day: date | None) -> str:
    key = f"{_PREFIX}:{reference}:{step.id}"
    return key if day is None else f"{key}:{day.isoformat()}"


def _after_reception(case: _Case) -> Moments:
    span = timedelta(hours=case.step.amount)
    yield None, case.received_at + span if case.urgent else add_hours(case.received_at, span, office=case.office)


def _before_due(case: _Case) -> Moments:
    span, due_at = timedelta(hours=case.step.amount), case.due.due_at
    if case.urgent:
        yield None, max(case.received_at, due_at - span)
    elif not is_open(due_at, office=case.office):
        yield None, next_opening(due_at, office=case.office)
    else:
        # Due on a Monday at nine, received on the Sunday: four hours before lie on the Friday, before the reception.
        earliest_at = max(case.received_at, subtract_hours(due_at, span, office=case.office))
        yield None, when_open(earliest_at, office=case.office)


def _on_day(case: _Case) -> Moments:
    received_on = local_day(case.received_at, calendar=case.office.calendar)
    yield None, _at(case, add_business_days(received_on, case.step.amount, calendar=case.office.calendar))


def _each_day_late(case: _Case) -> Moments:
    """The latest that has come, if any, and the first to come: what was missed before is told by the latest."""
    calendar = case.office.calendar
    due_on = case.due.due_on or local_day(case.due.due_at, calendar=calendar)
    today = local_day(case.now, calendar=calendar)
    day = max(today, due_on)
    while day > due_on:
        if is_business_day(day, calendar=calendar) and _at(case, day) <= case.now:
            yield day, _at(case, day)
            break
        day -= _DAY
    day = add_business_days(day, 1, calendar=calendar)
    yield day, _at(case, day)


def _before_closed(case: _Case) -> Moments:
    if is_open(case.due.due_at, office=case.office):
        return
    closing_at = last_closing(case.due.due_at, office=case.office)
    day = local_day(closing_at, calendar=case.office.calendar)
    moment_at = wall_time(day, _clock(case), office=case.office)
    # Before the office opens nobody reads a list; after it closed the list « at closing » has said it all.
    too_late = moment_at > closing_at or (moment_at == closing_at and case.step.at is not OfficeEdge.CLOSING)
    if case.received_at <= moment_at and not too_late:
        yield None, when_open(moment_at, office=case.office) if moment_at < closing_at else closing_at


def _after_closed(case: _Case) -> Moments:
    if not is_open(case.due.due_at, office=case.office):
        yield None, next_opening(case.due.due_at, office=case.office)


def _at(case: _Case, day: date) -> datetime:
    """The step's time of that business day, moved to when the office is open and the matter was there."""
    wanted_at = wall_time(day, _clock(case), office=case.office)
    if case.step.at is OfficeEdge.CLOSING:
        return wanted_at
    return when_open(max(case.received_at, wanted_at), office=case.office)


def _clock(case: _Case) -> time:
    match case.step.at:
        case OfficeEdge.OPENING:
            return case.office.opens
        case OfficeEdge.CLOSING:
            return case.office.closes
        case time() as at:
            return at


_MOMENTS: MappingProxyType[StepMoment, Callable[[_Case], Moments]] = MappingProxyType(
    {
        StepMoment.AFTER_RECEPTION: _after_reception,
        StepMoment.BEFORE_DUE: _before_due,
        StepMoment.DAY: _on_day,
        StepMoment.EACH_DAY_LATE: _each_day_late,
        StepMoment.BEFORE_CLOSED: _before_closed,
        StepMoment.AFTER_CLOSED: _after_closed,
    }
)
