"""What the digests are made with, from the configuration: for the daemon, and for `triage digest`."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from triage.model.errors import ConfigurationError
from triage.model.escalation.office import Office
from triage.rules.digest import DigestPolicy
from triage.settings.dated import load_calendar, load_standards
from triage.settings.loading import Configuration
from triage.settings.staff import load_staff
from triage.settings.wall_time import read_wall_time
from triage.store.database import Database
from triage.workflows.digest import Digests
from triage.workflows.record import Stationery


def digest_policy(configuration: Configuration) -> DigestPolicy:
    """What the body decided about digests. Raises `ConfigurationError` where a dated file or staff.toml is wrong."""
    settings = configuration.settings
    own = frozenset((settings.body.address, *settings.body.aliases))
    domains = {address.rpartition("@")[2] for address in own}
    policy = DigestPolicy(
        standards=load_standards(configuration.folder),
        office=Office(load_calendar(configuration.folder, zone=ZoneInfo(settings.body.time_zone))),
        staff=load_staff(configuration.folder, domains=domains, own_addresses=own),
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
