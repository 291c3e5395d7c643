"""Databases for tests, as fixtures: every test that takes `engine` runs on SQLite and on PostgreSQL.

Each test has a clean database of its own, copied from one that was migrated once; a test that changes the schema
begins with `empty_url`. Where PostgreSQL is missing its half
skips with a reason; where CI=true it fails.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.servers.postgresql import Postgresql, find_postgresql
from triage.store.database import Database
from triage.store.engine import make_engine
from triage.store.schema import migrate

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A private PostgreSQL that runs; give each test a database of its own (`new_database`)."""
    programs = find_postgresql()
    if programs is None:
        reason = "PostgreSQL is not installed (Debian: postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with Postgresql(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("template") / "triage.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Postgresql) -> str:
    """The name of a migrated database, to be copied."""
    name = postgresql.new_database()
    _migrate(postgresql.url(name))
    return name


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test is about."""
    return str(request.param)


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the schema of this release."""
    if database_kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "triage.db")
        yield f"sqlite:///{tmp_path / 'triage.db'}"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    name = server.take_database(template=request.getfixturevalue("postgresql_template"))
    yield server.url(name)
    server.give_back(name)


@pytest.fixture
def new_engine() -> Iterator[Callable[[str], Engine]]:
    """Makes engines that are closed when the test ends."""
    made: list[Engine] = []

    def make(url: str) -> Engine:
        made.append(make_engine(url))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, new_engine: Callable[[str], Engine]) -> Engine:
    """An engine on a database with the schema of this release."""
    return new_engine(database_url)


@pytest.fixture
async def database(engine: Engine) -> AsyncIterator[Database]:
    """The daemon's view of `engine`, with its writer thread."""
    made = Database(engine)
    yield made
    made.close()


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
