"""Reading again a mail that nobody could read, for `triage mail replay`: with the daemon's own parts, beside it."""

from triage.daemon.build import intake_policy, open_engine, require_schema, stationery_of
from triage.daemon.clock import utc_now
from triage.settings.loading import Configuration
from triage.store.database import Database
from triage.transport.sandbox import Sandbox
from triage.workflows.intake import Intake, Rereading, read_again


async def replay(configuration: Configuration, mail_id: int) -> Rereading:
    """One mail, in a sandbox of its own. Raises `ConfigurationError`."""
    engine = open_engine(configuration)
    try:
        require_schema(engine)
        policy, stationery = intake_policy(configuration), stationery_of(configuration, engine)
    except BaseException:
        engine.dispose()
        raise
    database, reader = Database(engine), Sandbox(workers=1)
    try:
        tools = Intake(database, reader, policy, stationery, on_enqueued=lambda: None)
        return await read_again(tools, mail_id, now=utc_now())
    finally:
        await reader.close()
        database.close()
