"""How the ledgers' commands reach the database, beside a daemon that runs or not, and how they say no."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from triage.cli.instants import show_instant, write_instant
from triage.cli.options import configuration_of
from triage.model.codes import DeliveryMode

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from triage.settings.loading import Configuration
    from triage.store.engine import Transaction

T = TypeVar("T")

FOUND_PROBLEMS = 1


def look(config: Path | None, work: "Callable[[Transaction], T]") -> T:
    """What a work finds on a consistent view."""
    from triage.store.engine import snapshot

    with _engine(configuration_of(config)) as engine, snapshot(engine) as tx:
        return work(tx)


def act(
    config: Path | None, ids: Sequence[int], work: "Callable[[Transaction, int], None]", *, done: str, sends: bool
) -> None:
    """Do a work for each id, each in its own transaction; what is refused is said, and makes the command fail.

    `sends` is for works after which a mail leaves: none does while triage only observes.
    """
    from triage.store.engine import transaction
    from triage.workflows.record import Refused

    configuration = configuration_of(config)
    if sends and configuration.settings.delivery.mode is DeliveryMode.OBSERVE:
        fail('[delivery] mode is "observe": nothing leaves')
    refused = False
    with _engine(configuration) as engine:
        for each in ids:
            try:
                with transaction(engine) as tx:
                    work(tx, each)
                print(f"{each}: {done}")
            except Refused as why:
                refused = True
                print(f"triage: {why}", file=sys.stderr)
    if refused:
        raise typer.Exit(FOUND_PROBLEMS)


@contextmanager
def _engine(configuration: "Configuration") -> "Iterator[Engine]":
    from triage.daemon.build import open_engine, require_schema

    engine = open_engine(configuration)
    try:
        require_schema(engine)
        yield engine
    finally:
        engine.dispose()


def fail(sentence: str) -> NoReturn:
    """Say what is wrong, and end with exit code 1."""
    print(f"triage: {sentence}", file=sys.stderr)
    raise typer.Exit(FOUND_PROBLEMS)


def instant(at: datetime | None) -> str | None:
    """An instant as the contract prints it, null where there is none."""
    return None if at is None else write_instant(at)


def shown(at: datetime | None) -> str | None:
    """An instant as people read it, None where there is none."""
    return None if at is None else show_instant(at)


def write_raw(raw: bytes) -> None:
    """The very bytes to the standard output."""
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
