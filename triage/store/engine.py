"""The engine, and `transaction()`: the only place that commits; a part of one may fail alone.

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
# A deferred transaction that reads first and writes later fails at once when another wrote in between.
_BEGIN_TO_WRITE, _BEGIN_TO_READ = "BEGIN IMMEDIATE", "BEGIN"


def make_engine(url: str, *, password: str | None = None) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`; no error message of it carries a bound value."""
    target = make_url(url)
    if password is not None:
        target = target.set(password=password)
    engine = create_engine(target, hide_parameters=True, pool_pre_ping=target.get_backend_name() != "sqlite")
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "handle_error", _keep_first_line)
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Transaction]:
    """A write transaction: commits at the end of the block, rolls back on any exception."""
    with engine.connect() as tx, tx.begin():
        _begin(tx, _BEGIN_TO_WRITE)
        yield tx


@contextmanager
def snapshot(engine: Engine) -> Iterator[Transaction]:
    """A consistent view for reading; nothing written in it is kept."""
    # PostgreSQL looks anew at each statement otherwise, SQLite never does within a transaction.
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as tx:
        _begin(tx, _BEGIN_TO_READ)
        yield tx


def begin_part(tx: Transaction) -> None:
    """A savepoint: what is written from here on may be taken back alone. Parts may stand within parts."""
    # In plain SQL, because a nested transaction of the library costs five times as much and each mail has two.
    tx.exec_driver_sql("SAVEPOINT part")


def keep_part(tx: Transaction) -> None:
    """The newest part belongs to what is around it now."""
    tx.exec_driver_sql("RELEASE SAVEPOINT part")


def undo_part(tx: Transaction) -> None:
    """Take back the newest part; the transaction goes on without it."""
    tx.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
    tx.exec_driver_sql("RELEASE SAVEPOINT part")


def _prepare_sqlite(connection: Any, _record: object) -> None:  # the driver's own type
    # Of itself the driver would begin at the first writing statement, and read without a transaction before it.
    connection.isolation_level = "IMMEDIATE"
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin(tx: Transaction, words: str) -> None:
    # Not as a listener of the engine: with one, each statement would be told to it, which costs a fifth of it.
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(words)


def _keep_first_line(context: ExceptionContext) -> None:
    # What follows, its DETAIL, quotes the row that was refused: names and addresses among it.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0],)
