"""Existing mail into the database, for `triage import`: with the daemon's own parts, beside it or without it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from triage.daemon.build import intake_policy, open_engine, require_schema, stationery_of
from triage.daemon.clock import utc_now
from triage.settings.loading import Configuration
from triage.store.database import Database
from triage.transport.archives import open_maildir, open_mbox
from triage.transport.sandbox import Sandbox
from triage.workflows.importing import Imported, Importing, import_archive
from triage.workflows.intake import Intake, take_in_waiting
from triage.workflows.ports import Archive

ARCHIVES: Mapping[str, Callable[[Path], Archive]] = {"mbox": open_mbox, "maildir": open_maildir}


async def bring(
    configuration: Configuration, archive: Archive, *, closed: bool, on_progress: Callable[[int], None]
) -> Imported:
    """Every mail of an archive, in a sandbox of its own. Raises `ConfigurationError`, or `OSError` of the archive."""
    engine = open_engine(configuration)
    try:
        require_schema(engine)
        policy = replace(intake_policy(configuration), closing_imports=closed)
        stationery = stationery_of(configuration, engine)
    except BaseException:
        engine.dispose()
        raise
    database, reader = Database(engine), Sandbox()
    intake = Intake(database, reader, policy, stationery, on_enqueued=lambda: None, imported=True)

    async def take_in() -> None:
        while (await take_in_waiting(intake, now=utc_now())).goes_on:
            pass

    tools = Importing(database, take_in, configuration.settings.intake.max_bytes, on_progress)
    try:
        return await import_archive(tools, archive, now=utc_now())
    finally:
        await reader.close()
        database.close()
