"""The promises and the calendar from the operator's files: `standards.toml` and `holidays.toml` (R-08, R-52).

A file that the operator's folder lacks is the shipped one. Nothing is guessed: a value that makes no sense stops the
program with a sentence that names the file, the entry, the fault and the mend.
"""

import hashlib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.model.codes import Channel, TicketKind
from triage.model.errors import ConfigurationError
from triage.model.standard import BusinessCalendar, ClockUnit, Holiday, ServiceStandard
from triage.settings.defaults import config_dir
from triage.settings.entries import Entry, read_entry

HOLIDAYS_FILE = "holidays.toml"
STANDARDS_FILE = "standards.toml"

# What a file may name; beyond it a figure is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1900, 2999
_LARGEST_AMOUNT = {ClockUnit.ELAPSED_HOURS: 24 * 366, ClockUnit.BUSINESS_DAYS: 260}
_LARGEST_MOVE = timedelta(days=7)
_SATURDAY = 5

_CALENDAR_KEYS = ("years", "minimum_days_a_year", "sources", "holidays")
_HOLIDAY_KEYS = ("date", "label", "natural_date", "provenance", "confirmed_by", "confirmed_on")
_STANDARD_KEYS = (
    *("id", "version", "unit", "amount", "target_percent", "kinds", "channels", "committed_channels"),
    *("effective_from", "effective_to", "source", "sentence"),
)


def load_calendar(folder: Path | None, *, zone: ZoneInfo) -> BusinessCalendar:
    """The calendar of `folder`, or the shipped one; its version is the file's SHA-256, first twelve digits.

    Raises `ConfigurationError`.
    """
    entry, content = read_entry(find_file(folder, HOLIDAYS_FILE))
    entry.allow_only(_CALENDAR_KEYS)
    years = _years(entry)
    sources = _sources(entry.table("sources"))
    holidays: dict[date, Holiday] = {}
    for row in entry.tables("holidays", one="holiday"):
        holiday = _holiday(row, years=years, sources=sources)
        if holiday.on in holidays:
            raise row.fault(f"the date {holiday.on} is listed twice", mend="leave one of the two rows out")
        holidays[holiday.on] = holiday
    _refuse_thin_years(entry, years=years, holidays=holidays)
    version = hashlib.sha256(content).hexdigest()[:12]
    return BusinessCalendar(zone=zone, holidays=holidays, listed_years=years, version=version)


def load_standards(folder: Path | None) -> tuple[ServiceStandard, ...]:
    """The promises of `folder`, or the shipped ones, by id and first day. Raises `ConfigurationError`."""
    entry, _ = read_entry(find_file(folder, STANDARDS_FILE))
    entry.allow_only(("standard",))
    pairs = [(row, _standard(row)) for row in entry.tables("standard", one="standard")]
    pairs.sort(key=lambda pair: (pair[1].id, pair[1].effective_from))
    for (_, earlier), (row, later) in pairwise(pairs):
        if earlier.id == later.id:
            _refuse_overlap(row, earlier=earlier, later=later)
    _refuse_reused_versions(pairs)
    return tuple(standard for _, standard in pairs)


def find_file(folder: Path | None, name: str) -> Path:
    """The operator's file, or the shipped one where `folder` is None or lacks it.

    Raises `ConfigurationError` for a folder that does not exist: falling back would hide a mistyped path.
    """
    if folder is None:
        return config_dir() / name
    if not folder.is_dir():
        raise ConfigurationError(f"the configuration folder {folder} does not exist; mend --config or TRIAGE_CONFIG")
    return folder / name if (folder / name).exists() else config_dir() / name


def _years(entry: Entry) -> frozenset[int]:
    years = [
        entry.check_number(year, what="a year in 'years'", least=FIRST_YEAR, most=LAST_YEAR)
        for year in entry.items("years")
    ]
    if len(set(years)) < len(years):
        raise entry.fault("'years' names the same year twice", mend="leave one of them out")
    return frozenset(years)


def _sources(entry: Entry) -> dict[str, str]:
    return {key: entry.text(key) for key in entry.values}


def _holiday(row: Entry, *, years: frozenset[int], sources: dict[str, str]) -> Holiday:
    row.allow_only(_HOLIDAY_KEYS)
    on, natural_on = row.day("date"), row.day("natural_date")
    source = row.text("provenance")
    if on.year not in years:
        raise row.fault(f"its year {on.year} is not in 'years'", mend="mend the date, or list that whole year")
    if on.weekday() >= _SATURDAY:
        raise row.fault(f"{on} is on a weekend, which never counts", mend="write the weekday that is taken instead")
    if abs(on - natural_on) > _LARGEST_MOVE:
        raise row.fault("'natural_date' is more than a week from 'date'", mend="mend one of the two")
    if source not in sources:
        raise row.fault(f"'provenance' says {source!r}, which is not in [sources]", mend="add it there")
    confirmed_by, confirmed_on = row.optional_text("confirmed_by"), row.optional_day("confirmed_on")
    if (confirmed_by is None) != (confirmed_on is None):
        raise row.fault("only one of 'confirmed_by' and 'confirmed_on' is filled in", mend="fill in both or neither")
    return Holiday(on, row.text("label"), natural_on, sources[source], confirmed_by, confirmed_on)


def _refuse_thin_years(entry: Entry, *, years: frozenset[int], holidays: dict[date, Holiday]) -> None:
    """A half-written year would make due dates earlier without a word."""
    least = entry.whole_number("minimum_days_a_year", least=1, most=50)
    rows = Counter(on.year for on in holidays)
    for year in sorted(years):
        if rows[year] < least:
            problem = f"the year {year} is listed with {rows[year]} holidays, fewer than the {least} a year should have"
            mend = f"add the missing rows (`triage calendar {year}` shows what the rule proposes), or take the year out"
            raise entry.fault(problem, mend=mend)


def _standard(row: Entry) -> ServiceStandard:
    row.allow_only(_STANDARD_KEYS)
    unit = row.code("unit", ClockUnit)
    standard = ServiceStandard(
        id=row.text("id"),
        version=row.text("version"),
        unit=unit,
        amount=row.whole_number("amount", least=1, most=_LARGEST_AMOUNT[unit]),
        target_percent=row.whole_number("target_percent", least=1, most=100),
        kinds=row.code_list("kinds", TicketKind),
        channels=row.code_list("channels", Channel),
        committed_channels=row.code_list("committed_channels", Channel, least=0),
        effective_from=row.day("effective_from"),
        effective_to=row.optional_day("effective_to"),
        source=row.text("source"),
        sentence=row.text("sentence"),
    )
    if standard.effective_to is not None and standard.effective_to < standard.effective_from:
        raise row.fault("'effective_to' lies before 'effective_from'", mend="mend one of the two")
    if not set(standard.committed_channels) <= set(standard.channels):
        raise row.fault("'committed_channels' names a channel that 'channels' lacks", mend="add it to 'channels'")
    return standard


def _refuse_overlap(row: Entry, *, earlier: ServiceStandard, later: ServiceStandard) -> None:
    if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
        day_before = later.effective_from - timedelta(days=1)
        problem = f"from {later.effective_from} it overlaps version {earlier.version!r} of {earlier.id}"
        raise row.fault(problem, mend=f"give that version effective_to = {day_before}, or mend the dates")


def _refuse_reused_versions(pairs: list[tuple[Entry, ServiceStandard]]) -> None:
    seen: set[tuple[str, str]] = set()
    for row, standard in pairs:
        if (standard.id, standard.version) in seen:
            raise row.fault("another entry has the same id and version", mend="give this one another version")
        seen.add((standard.id, standard.version))
