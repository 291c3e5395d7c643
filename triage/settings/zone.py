"""The time zone of the body's office, `[body] time_zone`, for commands that need no other setting (R-56)."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.settings.dated import find_file
from triage.settings.entries import Entry, read_entry

DEFAULT_ZONE = "America/Toronto"

_FILE = "triage.toml"
_VARIABLE = "TRIAGE_BODY__TIME_ZONE"


def load_zone(folder: Path | None, *, environment: Mapping[str, str]) -> ZoneInfo:
    """The zone that the environment names, else the operator's `triage.toml` or the shipped one, else Quebec's.

    Only this key is read, so that an unfinished `triage.toml` does not hinder. Raises `ConfigurationError`.
    """
    if environment.get(_VARIABLE):
        return _zone(environment[_VARIABLE], entry=Entry(Path(_VARIABLE), "the variable", {}))
    entry, _ = read_entry(find_file(folder, _FILE))
    if "body" not in entry.values or "time_zone" not in entry.table("body").values:
        return ZoneInfo(DEFAULT_ZONE)
    return _zone(entry.table("body").text("time_zone"), entry=entry.table("body"))


def _zone(name: str, *, entry: Entry) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise entry.fault(f"{name!r} is not a time zone", mend="write an IANA name such as America/Toronto") from error
