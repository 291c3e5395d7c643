"""Where a campaign takes place: a rig on the chosen database and mail server, and how its evidence is gathered."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.evidence import Evidence, gather
from tests.campaigns.reading import PostgresqlDatabase, Reading, SqliteFile
from tests.campaigns.relays import postfix_relay
from tests.campaigns.rig import DATABASE, Rig
from tests.servers.dovecot import Dovecot
from tests.servers.postgresql import Postgresql, find_postgresql
from tests.servers.scripted_smtp import ScriptedSmtpServer

DATABASES = ("sqlite", "postgresql")
RELAYS = ("scripted", "postfix")
_POSTFIX_DOT_SECONDS = 20  # it flushes each letter to disk before it answers


@dataclass(frozen=True, slots=True)
class Place:
    """A rig; `taken` counts the letters that the mail server has taken, `gather` waits for the last to arrive."""

    rig: Rig
    taken: Callable[[], int]
    gather: Callable[[], Evidence]
    script: Callable[..., None] | None = None


@contextmanager
def find_place(folder: Path, dovecot: Dovecot, *, database: str, relay: str) -> Iterator[Place]:
    """Start what is not there yet; every daemon has ended afterwards."""
    with _DATABASES[database](folder) as reading, _RELAYS[relay](folder, dovecot, reading) as place:
        try:
            yield place
        finally:
            place.rig.end()


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Reading]:
    yield SqliteFile(folder, DATABASE)


@contextmanager
def _on_postgresql(_folder: Path) -> Iterator[Reading]:
    programs = find_postgresql()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed")
    with (
        Postgresql(programs, durable=True) as server,
        closing(PostgresqlDatabase(server.url(server.new_database()))) as reading,
    ):
        yield reading


@contextmanager
def _by_script(folder: Path, dovecot: Dovecot, database: Reading) -> Iterator[Place]:
    journal = folder / "sent"
    journal.mkdir()
    with ScriptedSmtpServer(journal=journal) as smtp:
        rig = Rig(folder, dovecot=dovecot, smtp=smtp, database=database)
        yield Place(rig, lambda: len(smtp.kept), lambda: gather(rig, journal=journal), smtp.script)


@contextmanager
def _by_postfix(folder: Path, dovecot: Dovecot, database: Reading) -> Iterator[Place]:
    with postfix_relay() as smtp:
        rig = Rig(folder, dovecot=dovecot, smtp=smtp, database=database, dot_timeout_seconds=_POSTFIX_DOT_SECONDS)

        def gather_arrived() -> Evidence:
            smtp.wait_delivered()
            return gather(rig, journal=None)

        yield Place(rig, smtp.taken, gather_arrived)


_DATABASES = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}
_RELAYS = {"scripted": _by_script, "postfix": _by_postfix}
