"""A private PostgreSQL: one cluster on a socket of its own, no port, no password, gone with its folder.

It runs as an ordinary user, since PostgreSQL refuses root. Unless it is asked to be durable, nothing is flushed to
disk: these databases live as long as the tests, and what a power loss does to a real one is measured elsewhere.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from sqlalchemy import URL, create_engine, text

from triage.store.tables import METADATA

_OWNER = "triage"
_DEBIAN = Path("/usr/lib/postgresql")
_PATIENCE_SECONDS = 60
_SETTINGS = ("listen_addresses=", "max_connections=60")
_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def find_postgresql() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest that is installed; None where there is none."""
    versions = sorted(_DEBIAN.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]), reverse=True)
    in_path = shutil.which("pg_ctl")
    found = [path.parent for path in versions] + ([Path(in_path).parent] if in_path else [])
    return next((folder for folder in found if (folder / "initdb").exists()), None)


_TABLES = [table.name for table in reversed(METADATA.sorted_tables)]
_COUNTED = [
    (table.name, column.name)
    for table in METADATA.tables.values()
    if (column := table.autoincrement_column) is not None
]
_WIPE = "; ".join(
    [f'DELETE FROM "{name}"' for name in _TABLES]  # noqa: S608  names of our own tables
    + [f"SELECT setval(pg_get_serial_sequence('\"{name}\"', '{column}'), 1, false)" for name, column in _COUNTED]
)


class Postgresql:
    """One cluster; a context manager. `new_database` makes as many databases as are asked for.

    `durable` is as PostgreSQL comes, which is what `triage run` asks for.
    """

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self._programs = programs
        self._settings = (*_SETTINGS, *(f"{name}={'on' if durable else 'off'}" for name in _DURABILITY))
        # Short, because the path of a socket may have 107 characters; not in pytest's folder, which only we may enter.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-pg-"))
        self._user = _find_user()
        self._numbers = itertools.count(1)
        self._clean: list[str] = []

    def __enter__(self) -> Self:
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        data = str(self._folder / "data")
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={_OWNER}", "--encoding=UTF8", "-D", data)
        options = " ".join(f"-c {setting}" for setting in self._settings)
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", f"{options} -k {self._folder}")
        self._administrator = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        return self

    def __exit__(self, *_: object) -> None:
        self._administrator.dispose()
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self._folder / "data"))
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """How triage reaches one database."""
        address = URL.create("postgresql+psycopg", username=_OWNER, database=name, query={"host": str(self._folder)})
        return address.render_as_string(hide_password=False)

    def new_database(self, *, template: str = "template0") -> str:
        """Make a database like `template`, to which nobody is connected; its name."""
        name = f"triage_{next(self._numbers)}"
        with self._administrator.connect() as connection:
            # Copying files is three times as fast as copying through the log; before version 15 it was the only way.
            info = connection.connection.dbapi_connection.info  # type: ignore[union-attr]  # psycopg's own
            strategy = "STRATEGY FILE_COPY" if info.server_version >= 150_000 else ""
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}"))
        return name

    def take_database(self, *, template: str) -> str:
        """A database like `template` and as clean; its name. `give_back` makes it clean for the next taker."""
        return self._clean.pop() if self._clean else self.new_database(template=template)

    def give_back(self, name: str) -> None:
        """Empty every table and count from one again: a tenth of the time that a new copy takes."""
        engine = create_engine(self.url(name))
        with self._administrator.connect() as connection, engine.begin() as tx:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> :own"
            own = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            connection.execute(text(others), {"name": name, "own": own})
            tx.execute(text(_WIPE))
        engine.dispose()
        self._clean.append(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        with self._administrator.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _run(self, program: str, *arguments: str) -> None:
        prefix = [] if self._user is None else ["runuser", "-u", self._user.pw_name, "--"]
        command = [*prefix, str(self._programs / program), *arguments]
        # Its output goes to a file: the server inherits it, and a pipe would stay open as long as it lives.
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(command, cwd="/", stdout=out, stderr=out, timeout=_PATIENCE_SECONDS, check=False)
            if done.returncode:
                out.seek(0)
                raise RuntimeError(f"{program} failed: {out.read().decode(errors='replace')[-2000:]}")


def _find_user() -> pwd.struct_passwd | None:
    """As whom the server runs when we are root: postgres, or nobody; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
