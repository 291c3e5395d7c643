"""Instants on the command line: read as typed, printed as UTC with `Z`. It never guesses an hour or an offset."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_FIRST_YEAR, _LAST_YEAR = 1900, 2999  # local years; the rules count far beyond reception, so not to the last of all


class InstantError(ValueError):
    """What was typed is no single instant; the text says why and what to type."""


def parse_instant(text: str, *, zone: ZoneInfo) -> datetime:
    """The instant (UTC) meant by an ISO 8601 date and time, with an offset or `Z`, or local in `zone`.

    Raises `InstantError` for anything else: above all for a local time that exists twice or never, in the nights
    when the clocks change.
    """
    typed = text.strip()
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError as error:
        raise InstantError(f"{text!r} is not a date and time; write 2026-11-27T16:45 or {_example()}") from error
    if _is_bare_date(typed):
        raise InstantError(f"{text!r} says no hour; write {typed}T16:45")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise InstantError(f"{text!r} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    if moment.tzinfo is None:
        moment = _in_zone(moment, zone=zone)
    return moment.astimezone(UTC)


def write_instant(instant_at: datetime) -> str:
    """ISO 8601 in UTC with `Z`."""
    return instant_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def show_instant(instant_at: datetime) -> str:
    """The same for people: to the second."""
    return instant_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _in_zone(moment: datetime, *, zone: ZoneInfo) -> datetime:
    first, second = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    ways = " or ".join(passage.isoformat() for passage in (first, second))
    # In the gap the two readings do not come back from UTC as they went; in the hour that is repeated they do.
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise InstantError(
            f"{moment.isoformat()} does not exist in {zone.key}, the clocks skip it; give an offset, as in {_example()}"
        )
    raise InstantError(f"{moment.isoformat()} happens twice in {zone.key} that night; give an offset: {ways}")


def _is_bare_date(typed: str) -> bool:
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return True


def _example() -> str:
    return "2026-11-27T16:45-05:00"
