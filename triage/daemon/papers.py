"""The weekly paper « ce que triage aurait fait »: gathered, counted, and written once a week into a folder.

It is due on Monday at eight, local time, for the week that ended; the file's name is its key, so a missed tick, a
restart or a second daemon writes it neither twice nor never.
"""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.engine import make_url

from triage.model.codes import DeliveryMode
from triage.model.papers.observation import ObservationFigures
from triage.papers.observation import observation_page
from triage.rules.observation import count_observation, last_week, week_of
from triage.settings.loading import Configuration
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.ledgers.observation import list_observed, observed_since

FOLDER = "papers"
DUE_AT = time(8)
STATE_DIRECTORY = "STATE_DIRECTORY"
"""Where systemd lets the service write."""

log = structlog.get_logger("triage.daemon.papers")


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """Whether papers are written, for which local weeks, and where."""

    observing: bool
    zone: ZoneInfo
    folder: Path


def paper_desk(configuration: Configuration) -> PaperDesk:
    """As the configuration says; without a folder of its own, beside what else triage writes."""
    settings = configuration.settings
    return PaperDesk(
        observing=settings.delivery.mode is DeliveryMode.OBSERVE,
        zone=ZoneInfo(settings.body.time_zone),
        folder=configuration.folder / (settings.delivery.papers or _beside(configuration)),
    )


def gather_observation(tx: Transaction, *, day: date | None, zone: ZoneInfo, now: datetime) -> ObservationFigures:
    """The figures of the week of a local day; without one, of the last week that is over."""
    first_on, _ = last_week(now.astimezone(zone).date()) if day is None else week_of(day)
    begins_at, ends_at = _span(first_on, zone)
    mails = list_observed(tx, since_at=begins_at, until_at=ends_at)
    return count_observation(mails, first_on=first_on, zone=zone)


async def write_due_paper(desk: PaperDesk, database: Database, *, now: datetime) -> Path | None:
    """Write last week's paper if it is due and not there; the answer is the file that was written."""
    if not desk.observing:
        return None
    local = now.astimezone(desk.zone)
    first_on, _ = last_week(local.date())
    file = desk.folder / f"observation-{first_on:%G-W%V}.html"
    if (local.weekday() == 0 and local.time() < DUE_AT) or file.exists():
        return None
    since_at = await database.read(observed_since)
    if since_at is None or since_at >= _span(first_on, desk.zone)[1]:
        return None  # nobody watched in that week
    figures = await database.read(partial(gather_observation, day=first_on, zone=desk.zone, now=now))
    try:
        _write(file, observation_page(figures, zone=desk.zone))
    except OSError as error:
        log.error("paper_not_written", kind="observation", error=error)  # noqa: TRY400  no traceback in our logs
        return None
    log.info("paper_written", kind="observation", count=figures.total.received)
    return file


def _span(first_on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begins, ends = (datetime.combine(on, time(), zone) for on in (first_on, first_on + timedelta(days=7)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _beside(configuration: Configuration) -> Path:
    database = make_url(configuration.settings.database.url)
    if database.get_backend_name() == "sqlite" and database.database:
        return (configuration.folder / database.database).parent / FOLDER
    return Path(os.environ.get(STATE_DIRECTORY) or configuration.folder) / FOLDER


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)
