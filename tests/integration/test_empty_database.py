"""Commands that only look make no schema and no file: an empty or older database is said in one line (exit code 1)."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from tests.operator_worlds import Operator
from triage.cli import app
from triage.model.errors import ConfigurationError
from triage.store.engine import make_engine, transaction
from triage.store.schema import current_revision
from triage.transport.imap import ImapAccess

ACCESS = ImapAccess("127.0.0.1", 9, "none", None, "boite", "fictif", "INBOX", "Traités")
EMPTY = "this database is empty: start the daemon or run `triage migrate`"
READING = [
    ("tickets",),
    ("ticket", "2026-000001"),
    ("mail", "list"),
    ("mail", "show", "1"),
    ("mail", "replay", "1"),
    ("mail", "release", "1"),
    ("outbox", "list"),
    ("outbox", "show", "1"),
    ("outbox", "retry", "1"),
    ("report", "observation"),
]


def refusal(operator: Operator, *arguments: str) -> str:
    """What the command says when it refuses."""
    with pytest.raises(ConfigurationError) as refused:
        CliRunner().invoke(app, [*arguments, "--config", str(operator.folder)], catch_exceptions=False)
    return str(refused.value)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """A configuration whose database is not there."""
    made = Operator(tmp_path / "config")
    made.configure(imap=ACCESS, smtp_port=9)
    return made


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_no_file_is_made(operator: Operator, command: tuple[str, ...]) -> None:
    """It would belong to whoever looked, not to the service; an empty file stays empty."""
    missing = refusal(operator, *command)
    present = sorted(file.name for file in operator.folder.iterdir())
    (operator.folder / "triage.db").touch()
    unwritten = refusal(operator, *command)

    assert [EMPTY, EMPTY] == [missing, unwritten]
    assert ["imap-password", "triage.toml"] == present
    assert not (operator.folder / "triage.db").stat().st_size


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_no_schema_is_made(operator: Operator, command: tuple[str, ...], empty_url: str) -> None:
    """Nor is one changed: a database of another release names the command to run, and stays as it is."""
    operator.configure(imap=ACCESS, smtp_port=9, database=empty_url)
    engine = make_engine(empty_url)
    engine.connect().close()
    empty = refusal(operator, *command)
    after = current_revision(engine)
    with transaction(engine) as tx:
        tx.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        tx.execute(text("INSERT INTO alembic_version VALUES ('0000')"))
    older = refusal(operator, *command)
    kept = current_revision(engine)
    engine.dispose()

    assert (EMPTY, None) == (empty, after)
    assert older.startswith("the database has schema 0000, ")
    assert "run `triage migrate`" in older
    assert "0000" == kept


def test_the_exit_code_is_1_and_there_is_no_traceback(operator: Operator) -> None:
    """As an operator sees it."""
    done = operator.run("tickets")

    assert (1, "", f"triage: {EMPTY}\n") == (done.returncode, done.stdout, done.stderr)
