"""What `triage calendar` prints: a JSON object a holiday, or lines of English for a person.

For a year that nobody listed it prints the proposal of the rule in the form in which the file takes it.
"""

from collections.abc import Iterator

from triage.cli.due_text import dated, holiday_text
from triage.model.standard import BusinessCalendar, Holiday
from triage.rules.clocks.holidays import propose_holidays


def holidays_of(year: int, *, calendar: BusinessCalendar) -> tuple[Holiday, ...]:
    """The holidays in force in that year, in order: those of the file, or the proposal where it is not listed."""
    if year not in calendar.listed_years:
        return propose_holidays(year)
    return tuple(calendar.holidays[on] for on in sorted(calendar.holidays) if on.year == year)


def holiday_object(holiday: Holiday, *, provisional: bool) -> dict[str, object]:
    """One holiday in JSON, with the keys of holidays.toml; the confirmation is null while there is none."""
    return {
        "date": holiday.on.isoformat(),
        "label": holiday.label,
        "natural_date": holiday.natural_on.isoformat(),
        "provenance": holiday.provenance,
        "confirmed_by": holiday.confirmed_by,
        "confirmed_on": None if holiday.confirmed_on is None else holiday.confirmed_on.isoformat(),
        "provisional": provisional,
    }


def calendar_lines(year: int, *, calendar: BusinessCalendar) -> Iterator[str]:
    """The year in English."""
    if year in calendar.listed_years:
        yield from _listed_lines(year, calendar=calendar)
    else:
        yield from _proposal_lines(year)


def _listed_lines(year: int, *, calendar: BusinessCalendar) -> Iterator[str]:
    holidays = holidays_of(year, calendar=calendar)
    confirmed = sum(holiday.confirmed_by is not None for holiday in holidays)
    yield f"{year}: {len(holidays)} holidays, {confirmed} of them confirmed (calendar version {calendar.version})"
    for holiday in holidays:
        yield f"{dated(holiday.on):<21} {holiday_text(holiday)}"
        yield f"{'':<21}   {holiday.provenance}; {_confirmation(holiday)}"
    yield from _differences(year, holidays=holidays)


def _confirmation(holiday: Holiday) -> str:
    if holiday.confirmed_by is None:
        return "not confirmed"
    return f"confirmed by {holiday.confirmed_by} on {holiday.confirmed_on}"


def _differences(year: int, *, holidays: tuple[Holiday, ...]) -> Iterator[str]:
    """Where list and rule disagree; either may be right, a person knows."""
    proposed = {holiday.on for holiday in propose_holidays(year)}
    listed = {holiday.on for holiday in holidays}
    for on in sorted(proposed - listed):
        yield f"The rule proposes {dated(on)}, which is not listed."
    for on in sorted(listed - proposed):
        yield f"The rule does not propose {dated(on)}, which is listed."


def _proposal_lines(year: int) -> Iterator[str]:
    yield f"{year} is not listed in holidays.toml. Provisional: the rule proposes these days, nobody confirmed them."
    for holiday in propose_holidays(year):
        yield f"{dated(holiday.on):<21} {holiday_text(holiday)}"
    yield ""
    yield f"To settle the year, add {year} to `years` and these rows to `holidays`, checked, with who confirmed them:"
    for holiday in propose_holidays(year):
        yield (
            f'  {{ date = {holiday.on}, label = "{holiday.label}", natural_date = {holiday.natural_on}, '
            'provenance = "regle", confirmed_by = "", confirmed_on = "" },'
        )
