"""Alembic's numbered steps of the schema; `store.schema` runs them, nothing else does."""
