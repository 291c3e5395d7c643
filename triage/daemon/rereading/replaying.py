"""Reading a mail again for the operator, with the daemon's own parts, beside it: `triage mail replay` and `release`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from triage.daemon.agents import agents_policy
from triage.daemon.build import intake_policy, open_engine, require_schema, stationery_of
from triage.daemon.clock import utc_now
from triage.model.decision import IntakePolicy
from triage.settings.loading import Configuration
from triage.store.database import Database
from triage.transport.sandbox import Sandbox
from triage.workflows.intake import Intake, Rereading, read_again
from triage.workflows.record import Stationery
from triage.workflows.replies import Confirmation, Replies, ask_to_confirm


@dataclass(frozen=True, slots=True)
class _Tools:
    """What one mail is read again with."""

    database: Database
    reader: Sandbox
    policy: IntakePolicy
    stationery: Stationery


async def replay(configuration: Configuration, mail_id: int) -> Rereading:
    """One mail that nobody could read, in a sandbox of its own. Raises `ConfigurationError`."""
    async with _tools(configuration) as tools:
        intake = Intake(tools.database, tools.reader, tools.policy, tools.stationery, on_enqueued=lambda: None)
        return await read_again(intake, mail_id, now=utc_now())


async def confirm(configuration: Configuration, mail_id: int) -> Confirmation:
    """A mail of staff in quarantine: the registered mailbox is asked about it. Raises `ConfigurationError`."""
    async with _tools(configuration) as tools:
        desk = Replies(tools.policy, tools.stationery, agents=agents_policy(configuration.settings))
        return await ask_to_confirm(desk, tools.database, tools.reader, mail_id, now=utc_now())


@asynccontextmanager
async def _tools(configuration: Configuration) -> AsyncIterator[_Tools]:
    engine = open_engine(configuration)
    try:
        require_schema(engine)
        policy, stationery = intake_policy(configuration), stationery_of(configuration, engine)
    except BaseException:
        engine.dispose()
        raise
    database, reader = Database(engine), Sandbox(workers=1)
    try:
        yield _Tools(database, reader, policy, stationery)
    finally:
        await reader.close()
        database.close()
