"""`triage status` as an operator runs it: one screen, and an exit code for whatever watches the machine."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.operator_worlds import Operator
from tests.servers.dovecot_settings import PASSWORD
from triage.store.engine import make_engine, transaction
from triage.store.health.signs import Living, SignOf, give_sign
from triage.store.schema import migrate
from triage.transport.imap import ImapAccess

NOWHERE = ImapAccess(
    host="127.0.0.1",
    port=1,
    tls="none",
    ca_file=None,
    username="boite",
    password=PASSWORD,
    inbox="INBOX",
    processed="Traités",
)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator whose mail servers are all down: `status` needs none."""
    operator = Operator(tmp_path / "configuration")
    operator.configure(imap=NOWHERE, smtp_port=1)
    return operator


@pytest.fixture
def engine(operator: Operator) -> Engine:
    """The service's database, with its schema."""
    engine = make_engine(f"sqlite:///{operator.folder / 'triage.db'}")
    migrate(engine)
    return engine


def see(engine: Engine, *, living: Living = Living.RUNNING, at: datetime | None = None) -> None:
    """The daemon was seen, and looked through its mailbox: just now, where no instant is given."""
    at = at or datetime.now(UTC)
    with transaction(engine) as tx:
        give_sign(tx, SignOf.DAEMON, at=at, living=living)
        give_sign(tx, SignOf.MAILBOX, at=at)


def test_a_service_that_is_well_exits_with_zero(operator: Operator, engine: Engine) -> None:
    """Counts and instants on one screen; holidays that nobody confirmed are only a warning."""
    see(engine)
    done = operator.run("status")

    assert 0 == done.returncode, done.stderr
    assert "today    received 0, taken in 0" in done.stdout
    assert "PROBLEM" not in done.stdout


def test_a_daemon_that_vanished_needs_a_person(operator: Operator, engine: Engine) -> None:
    """No sign of life for a day: exit code 1, and where to look."""
    see(engine, at=datetime(2026, 1, 5, 12, tzinfo=UTC))
    done = operator.run("status")

    assert 1 == done.returncode
    assert "PROBLEM  daemon: no sign of life since 2026-01-05T12:00:00Z" in done.stdout
    assert "journalctl" in done.stdout


def test_a_daemon_that_was_stopped_is_a_warning(operator: Operator, engine: Engine) -> None:
    """Who stopped it knows; the JSON says it too."""
    see(engine, living=Living.STOPPED)
    done = operator.run("status", "--json")
    standing = json.loads(done.stdout)

    assert (0, True) == (done.returncode, standing["daemon_stopped"])
    assert ("daemon", "warning") == (standing["findings"][0]["check"], standing["findings"][0]["level"])


def test_looking_makes_no_database(operator: Operator) -> None:
    """Before the first start there is nothing to see, and nothing is made by looking."""
    done = operator.run("status")

    assert (1, "") == (done.returncode, done.stdout)
    assert "`triage run` makes it" in done.stderr
    assert not (operator.folder / "triage.db").exists()


def test_a_database_server_that_is_down_is_worth_another_try(operator: Operator) -> None:
    """Exit code 75, in words, without a trace and without the password."""
    url = "postgresql+psycopg://triage:secret-de-fiction@127.0.0.1:1/triage"
    operator.configure(imap=NOWHERE, smtp_port=1, database=url)
    codes = {command: operator.run(command) for command in ("status", "tickets", "migrate")}
    once = operator.run("run", "--once")

    assert [75] * 4 == [*(each.returncode for each in codes.values()), once.returncode]
    assert [True] * 4 == ["it cannot be reached" in each.stderr for each in (*codes.values(), once)]
    assert "secret-de-fiction" not in "".join(each.stderr for each in (*codes.values(), once))
