"""How a due time came about, as a value: every day counted or skipped and why (R-03, R-59).

It counts nothing by itself: it walks the same days as `business_days`, so an explanation cannot disagree with the
due time it explains. Words are put to it elsewhere, in the language of whoever reads.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.model.codes import Channel, TicketKind
from triage.model.standard import BusinessCalendar, Due, ServiceStandard
from triage.rules.clocks.business_days import JudgedDay, days_between
from triage.rules.clocks.due import compute_dues, local_day, standards_in_force


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One day of the count; `number` is 1 for the first business day, None for a day that was skipped."""

    day: JudgedDay
    number: int | None


@dataclass(frozen=True, slots=True)
class DueExplanation:
    """One due time and its reasons.

    `received_at` and `due_at` stand in the body's zone. `clock_change` is how much the wall clock moved between
    them (zero, or an hour where daylight time starts or ends). `days` is empty for elapsed hours.
    """

    due: Due
    standard: ServiceStandard
    received_at: datetime
    received_on: date
    due_at: datetime
    clock_change: timedelta
    days: tuple[ExplainedDay, ...]


def explain_dues(
    *,
    received_at: datetime,
    kind: TicketKind,
    channel: Channel,
    standards: tuple[ServiceStandard, ...],
    calendar: BusinessCalendar,
) -> tuple[DueExplanation, ...]:
    """The reasons of `compute_dues`, one for each of its results and in its order; raises as it does."""
    received_on = local_day(received_at, calendar=calendar)
    chosen = standards_in_force(received_on=received_on, kind=kind, channel=channel, standards=standards)
    dues = compute_dues(received_at=received_at, kind=kind, channel=channel, standards=standards, calendar=calendar)
    return tuple(
        _explain(due, standard=standard, received_at=received_at, calendar=calendar)
        for due, standard in zip(dues, chosen, strict=True)
    )


def _explain(
    due: Due, *, standard: ServiceStandard, received_at: datetime, calendar: BusinessCalendar
) -> DueExplanation:
    local_received_at = received_at.astimezone(calendar.zone)
    local_due_at = due.due_at.astimezone(calendar.zone)
    received_on = local_received_at.date()
    return DueExplanation(
        due=due,
        standard=standard,
        received_at=local_received_at,
        received_on=received_on,
        due_at=local_due_at,
        clock_change=(local_due_at.utcoffset() or timedelta()) - (local_received_at.utcoffset() or timedelta()),
        days=() if due.due_on is None else _numbered_days(received_on, due.due_on, calendar=calendar),
    )


def _numbered_days(received_on: date, due_on: date, *, calendar: BusinessCalendar) -> tuple[ExplainedDay, ...]:
    number = 0
    explained = []
    for judged in days_between(received_on, due_on, calendar=calendar):
        number += judged.counts
        explained.append(ExplainedDay(judged, number if judged.counts else None))
    return tuple(explained)
