"""Whether the calendar and the promises are good for today and for next year (R-08, R-53)."""

from collections.abc import Sequence
from datetime import date

from triage.model.codes import Channel, TicketKind
from triage.model.health import Finding, Level
from triage.model.standard import BusinessCalendar, ServiceStandard

WARNS_FROM_MONTH = 9
"""From 1 September next year's holidays must be listed and confirmed (R-53)."""


def judge_calendar(calendar: BusinessCalendar, *, today: date) -> tuple[Finding, ...]:
    """One finding for this year and one for the next."""
    return (
        _judge_year(calendar, today.year, urgent=True, unlisted=Level.PROBLEM),
        _judge_year(
            calendar, today.year + 1, urgent=today.month >= WARNS_FROM_MONTH, unlisted=_of(today.month, Level.WARNING)
        ),
    )


def judge_standards(standards: Sequence[ServiceStandard], *, today: date) -> Finding:
    """Which promises hold for a mail that arrives today; a complaint by e-mail must have one."""
    held = [
        each
        for each in standards
        if each.effective_from <= today and (each.effective_to is None or today <= each.effective_to)
    ]
    if not any(TicketKind.COMPLAINT in each.kinds and Channel.EMAIL in each.channels for each in held):
        mend = "mend effective_from and effective_to in standards.toml"
        return Finding("standards", Level.PROBLEM, "no promise holds today for a complaint by e-mail", mend)
    listed = ", ".join(f"{each.id} {each.amount} {each.unit.replace('_', ' ')}" for each in held)
    return Finding("standards", Level.OK, f"in force today: {listed}")


def _of(month: int, level: Level) -> Level:
    return level if month >= WARNS_FROM_MONTH else Level.OK


def _judge_year(calendar: BusinessCalendar, year: int, *, urgent: bool, unlisted: Level) -> Finding:
    check = f"holidays {year}"
    rows = [holiday for on, holiday in calendar.holidays.items() if on.year == year]
    if year not in calendar.listed_years:
        mend = f"list the year in holidays.toml (`triage calendar {year}` prints the rows to check)" if urgent else ""
        return Finding(check, unlisted, "not listed: due dates are counted by the rule, and provisional", mend)
    open_rows = sum(holiday.confirmed_by is None for holiday in rows)
    if open_rows and urgent:
        mend = "compare them with the agreement's annex; fill in confirmed_by and confirmed_on in holidays.toml"
        return Finding(check, Level.WARNING, f"{open_rows} of {len(rows)} days are confirmed by nobody", mend)
    confirmed = "all confirmed" if not open_rows else f"{open_rows} not confirmed yet"
    return Finding(check, Level.OK, f"{len(rows)} days listed, {confirmed}")
