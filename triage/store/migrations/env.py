"""How Alembic runs here: on the connection that `store.schema` hands over, inside its transaction."""

from alembic import context

from triage.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
