"""The schema's version: what the database has, what this release needs, and the way between them.

Alembic is loaded only to migrate: a start on a current schema does not pay for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from triage.store.engine import snapshot, transaction

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
"""The revision this release works with; a test holds it against the migrations."""


def current_revision(engine: Engine) -> str | None:
    """The revision of the database, None where it is empty."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with snapshot(engine) as tx:
        return tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to this release's revision, all or nothing; the answer is (before, after)."""
    before = current_revision(engine)
    if before != HEAD:
        from alembic import command  # noqa: PLC0415  half a second of imports, only when there is something to do

        with transaction(engine) as tx:
            config = migration_config()
            config.attributes["connection"] = tx
            command.upgrade(config, "head")
    return before, HEAD


def migration_config() -> "Config":
    """Alembic's configuration, without a file: the steps lie beside this module."""
    from alembic.config import Config  # noqa: PLC0415  see migrate

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
