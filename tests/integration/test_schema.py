"""The schema: made from nothing, compared with the tables, taken down again, and strict about states (MUST 1, 17)."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from triage.store.engine import snapshot, transaction
from triage.store.schema import HEAD, current_revision, migrate, migration_config
from triage.store.tables import METADATA

NewEngine = Callable[[str], Engine]

CLOSED_LISTS = {
    "mail": ("state", "remote_state"),
    "outbox": ("state",),
    "scan": ("state",),
    "ticket": ("status",),
}
"""The columns that the database itself keeps to a closed list."""


def test_an_empty_database_gets_the_whole_schema_once(empty_url: str, new_engine: NewEngine) -> None:
    """Up from nothing; a second time there is nothing to do."""
    engine = new_engine(empty_url)

    assert current_revision(engine) is None
    assert (None, HEAD) == migrate(engine)
    assert (HEAD, HEAD) == migrate(engine)
    assert {*METADATA.tables, "alembic_version"} == set(inspect(engine).get_table_names())


def test_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    """Alembic finds no difference of tables, columns, types, indexes or constraints."""
    with snapshot(engine) as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "render_as_batch": True})

        assert [] == compare_metadata(context, METADATA)


def test_the_checks_of_the_migrations_are_those_of_the_tables(engine: Engine) -> None:
    """Alembic does not compare CHECK constraints, so their names are compared here."""
    found = inspect(engine)
    made = {table: {each["name"] for each in found.get_check_constraints(table)} for table in METADATA.tables}
    meant = {name: {f"ck_{name}_{column}_listed" for column in columns} for name, columns in CLOSED_LISTS.items()}

    assert {name: meant.get(name, set()) for name in METADATA.tables} == made


def test_this_release_works_with_the_newest_migration() -> None:
    """The constant that the daemon compares is the head of the migrations, and there is one head."""
    assert (HEAD,) == tuple(ScriptDirectory.from_config(migration_config()).get_heads())


def test_the_schema_can_be_taken_down_again(empty_url: str, new_engine: NewEngine) -> None:
    """Down to nothing and up again."""
    engine = new_engine(empty_url)
    migrate(engine)
    with transaction(engine) as tx:
        config = migration_config()
        config.attributes["connection"] = tx
        command.downgrade(config, "base")

    assert ["alembic_version"] == inspect(engine).get_table_names()
    assert (None, HEAD) == migrate(engine)


def test_a_migration_that_fails_leaves_nothing(empty_url: str, new_engine: NewEngine) -> None:
    """All or nothing: a table that stands in the way, and none of the others is made."""
    engine = new_engine(empty_url)
    with transaction(engine) as tx:
        tx.execute(text("CREATE TABLE mail (id INTEGER)"))

    with pytest.raises(Exception, match="mail"):
        migrate(engine)

    assert ["mail"] == inspect(engine).get_table_names()
    assert current_revision(engine) is None


INSERT_FOLDER = text(
    "INSERT INTO folder (id, name, role, epoch, epoch_began_at, uidvalidity, first_uidnext, uidnext, low_water_uid,"
    " since_on, known_since_at) VALUES (1, 'INBOX', 'inbox', 1, '2026-01-01', 1, 1, 1, 0, '2026-01-01', '2026-01-01')"
)
INSERT_MAIL = text(
    "INSERT INTO mail (folder_id, epoch, uidvalidity, uid, announced_size, imported, date_doubted, observed_at,"
    " truncated, attempts, state, remote_state)"
    " VALUES (1, 1, 1, 1, 1, false, false, '2026-01-01', false, 0, :state, :remote)"
)


@pytest.mark.parametrize(
    ("state", "remote", "refused_by"),
    [
        ("dreaming", "in_place", "ck_mail_state_listed"),
        ("", "in_place", "ck_mail_state_listed"),
        ("PROCESSED", "in_place", "ck_mail_state_listed"),
        ("processed", "deleted", "ck_mail_remote_state_listed"),
    ],
)
def test_the_database_refuses_an_unknown_state_of_a_mail(
    engine: Engine, state: str, remote: str, refused_by: str
) -> None:
    """A state outside the closed list is refused by the database itself."""
    with transaction(engine) as tx:
        tx.execute(INSERT_FOLDER)

    with pytest.raises(IntegrityError, match=refused_by), transaction(engine) as tx:
        tx.execute(INSERT_MAIL, {"state": state, "remote": remote})


def test_no_error_of_the_database_quotes_a_value(engine: Engine) -> None:
    """What is bound to a statement may be a citizen's; it stands in no exception's text, nor in that of its causes."""
    broken = text("INSERT INTO person (name, created_at) VALUES (:name, :at)")
    with pytest.raises(IntegrityError) as caught, transaction(engine) as tx:
        tx.execute(broken, {"name": "Jeanne-Fictive", "at": None})
    chain = [caught.value, caught.value.orig, caught.value.__cause__]

    assert "created_at" in str(caught.value)
    assert not [text for text in map(repr, chain) if "Jeanne" in text]
    assert not [text for text in map(str, chain) if "Jeanne" in text]
