"""What staff are told with, from the configuration: digests and deadlines, for the daemon and for `triage digest`."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from triage.model.errors import ConfigurationError
from triage.model.escalation.office import Office
from triage.rules.digest import DigestPolicy
from triage.settings.dated import load_calendar, load_standards
from triage.settings.escalation import load_escalation
from triage.settings.hours import read_opening_hours
from triage.settings.loading import Configuration
from triage.settings.staff import staff_of
from triage.settings.wall_time import read_wall_time
from triage.store.database import Database
from triage.workflows.deadlines import Deadlines
from triage.workflows.digest import Digests
from triage.workflows.record import Stationery


def digest_policy(configuration: Configuration) -> DigestPolicy:
    """What the body decided about digests. Raises `ConfigurationError` where a dated file or staff.toml is wrong."""
    settings = configuration.settings
    policy = DigestPolicy(
        standards=load_standards(configuration.folder),
        office=office_of(configuration),
        staff=staff_of(configuration),
        at=read_wall_time(settings.digest.at),
        decide_days_left=settings.digest.decide_days_left,
    )
    if policy.at >= policy.office.closes:
        raise ConfigurationError("triage.toml: [digest] at: must be before the office closes")
    return policy


def digests_of(
    configuration: Configuration, database: Database, stationery: Stationery, *, on_enqueued: Callable[[], None]
) -> Digests:
    """The daemon's digests. Raises `ConfigurationError`."""
    return Digests(database, digest_policy(configuration), stationery, on_enqueued)


def deadlines_of(
    configuration: Configuration, database: Database, stationery: Stationery, *, on_enqueued: Callable[[], None]
) -> Deadlines:
    """The daemon's sweep of deadlines. Raises `ConfigurationError`."""
    standards = load_standards(configuration.folder)
    return Deadlines(
        database=database,
        staff=staff_of(configuration),
        office=office_of(configuration),
        policy=load_escalation(configuration.folder, standards=standards),
        stationery=stationery,
        on_enqueued=on_enqueued,
    )


def office_of(configuration: Configuration) -> Office:
    """When somebody is there. Raises `ConfigurationError` where the calendar is wrong."""
    body = configuration.settings.body
    hours = read_opening_hours(body.opening_hours)
    calendar = load_calendar(configuration.folder, zone=ZoneInfo(body.time_zone))
    return Office(calendar, hours.opens, hours.closes)
