"""The engine, and `transaction()`: the only place that commits.

SQLite writes under BEGIN IMMEDIATE with WAL and synchronous=FULL (MUST 1); PostgreSQL needs nothing special.
A transaction is a plain function's argument and cannot be awaited in, so no socket call can stand inside one (MUST 17).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url

Transaction = Connection

BUSY_MILLISECONDS = 10_000
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
)


def make_engine(url: str, *, password: str | None = None) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`; no error message of it carries a bound value."""
    target = make_url(url)
    if password is not None:
        target = target.set(password=password)
    engine = create_engine(target, hide_parameters=True, pool_pre_ping=target.get_backend_name() != "sqlite")
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "handle_error", _keep_first_line)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Transaction]:
    """A write transaction: commits at the end of the block, rolls back on any exception."""
    with engine.execution_options(write=True).begin() as tx:
        yield tx


@contextmanager
def snapshot(engine: Engine) -> Iterator[Transaction]:
    """A consistent view for reading; nothing written in it is kept."""
    # PostgreSQL looks anew at each statement otherwise, SQLite never does within a transaction.
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as tx:
        yield tx


def _prepare_sqlite(connection: Any, _record: object) -> None:  # the driver's own type
    connection.isolation_level = None  # the driver must not open transactions behind our back
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once when another wrote in between.
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _keep_first_line(context: ExceptionContext) -> None:
    # What follows, its DETAIL, quotes the row that was refused: names and addresses among it.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0],)
