"""The database: is it there, does it keep what it commits, has it the right schema, may we write, is there room."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from triage.daemon.build import open_engine
from triage.model.errors import ConfigurationError
from triage.model.health import Finding, Level
from triage.rules.checking.database import judge_durability, judge_revision
from triage.rules.checking.machine import judge_clock, judge_disk
from triage.settings.loading import Configuration
from triage.store.engine import make_engine, transaction
from triage.store.health.durability import read_clock, read_durability
from triage.store.health.trouble import DatabaseTrouble, database_trouble
from triage.store.schema import HEAD, current_revision

_MENDS = {
    DatabaseTrouble.FULL: "make room on its disk",
    DatabaseTrouble.READ_ONLY: "give this user the right to write, file and folder",
    DatabaseTrouble.LOCKED: "end that program, or wait",
    DatabaseTrouble.UNREACHABLE: "mend [database] url and password_file; is it running?",
    DatabaseTrouble.FAILING: "look into the system's log: limits, quotas, errors of the disk",
    DatabaseTrouble.DAMAGED: "stop the daemon and restore the last backup",
}


def check_database(configuration: Configuration, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    """All that can be asked of the database without changing it."""
    try:
        engine = open_engine(configuration)
    except ConfigurationError as error:
        return (Finding("database", Level.PROBLEM, str(error), "mend [database] url"),)
    try:
        if engine.dialect.name == "sqlite":
            return _check_file(engine)
        return _check_server(engine, clock=clock)
    except SQLAlchemyError as error:
        return (_tell(error),)
    finally:
        engine.dispose()


def _check_file(engine: Engine) -> tuple[Finding, ...]:
    file = Path(engine.url.database or "").resolve()
    folder = file.parent
    if not folder.is_dir():
        return (Finding("database", Level.PROBLEM, f"there is no folder {folder}", "make it, for the service's user"),)
    disk = judge_disk(shutil.disk_usage(folder).free, folder=str(folder))
    if file.exists():
        return (*_examine(engine, where=str(file)), disk)
    if not os.access(folder, os.W_OK):
        sentence = f"there is no {file} yet, and this user may not write in {folder}"
        return (Finding("database", Level.PROBLEM, sentence, "give the service's user the folder"), disk)
    found = Finding("database", Level.OK, f"there is no {file} yet; `triage run` makes it at its first start")
    return (found, *_try_beside(folder), disk)


def _try_beside(folder: Path) -> tuple[Finding, ...]:
    """What a database in this folder would be like: one is made in a folder of its own, and removed."""
    with tempfile.TemporaryDirectory(prefix=".triage-check-", dir=folder) as trial:
        engine = make_engine(f"sqlite:///{trial}/trial.db")
        try:
            return judge_durability(read_durability(engine))
        finally:
            engine.dispose()


def _check_server(engine: Engine, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    found = _examine(engine, where=f"{engine.url.database} on {engine.url.host or 'this machine'}")
    theirs, ours = read_clock(engine), clock()
    return found if theirs is None else (*found, judge_clock("the database", theirs - ours))


def _examine(engine: Engine, *, where: str) -> tuple[Finding, ...]:
    durability = judge_durability(read_durability(engine))
    revision = judge_revision(current_revision(engine), needed=HEAD)
    with transaction(engine):  # a write transaction that writes nothing: may we, and is nobody in the way
        pass
    return (Finding("database", Level.OK, f"{where} can be read and written"), *durability, revision)


def _tell(error: SQLAlchemyError) -> Finding:
    trouble = database_trouble(error)
    if trouble is None:
        return Finding("database", Level.PROBLEM, f"it does not work ({type(error).__name__})", "mend [database] url")
    return Finding("database", Level.PROBLEM, trouble.words, _MENDS[trouble])
