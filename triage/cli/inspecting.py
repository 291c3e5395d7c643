"""`triage inspect`: what would be understood of a mail, and decided from it alone. Needs no configuration.

Reads files, folders and the standard input, and touches nothing else: no mailbox, no database, no network.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated

import typer

from triage.cli.inspected import Inspected, Mailbox, explain, to_json

_STDIN = "-"
_MAX_BYTES = 40 * 1024 * 1024  # as the daemon's default; of larger mail it keeps the first MiB
_TRUNCATED_BYTES = 1024 * 1024
_MAILDIR = {"cur", "new"}


def inspect(
    files: Annotated[list[str], typer.Argument(help="Mails: .eml files, folders (with all below), or - for one mail.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each mail.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="DIR", help="Judge it as the mailbox configured there would.")
    ] = None,
) -> None:
    """Show what triage understands of a mail and what it would decide, without touching anything."""
    missing = [name for name in files if name != _STDIN and not Path(name).exists()]
    if missing:
        typer.echo(f"triage: no such file or folder: {', '.join(missing)}", err=True)
        raise typer.Exit(2)
    mailbox = None if config is None else _mailbox_of(config)
    if not asyncio.run(_inspect_all(files, mailbox, as_json=as_json)):
        raise typer.Exit(2)


def _mailbox_of(config: Path) -> Mailbox:
    from triage.daemon.build import own_addresses_of, trust_of
    from triage.settings.loading import find_folder, load_settings

    settings = load_settings(find_folder(config))
    return Mailbox(own_addresses_of(settings), trust_of(settings))


async def _inspect_all(files: list[str], mailbox: Mailbox | None, *, as_json: bool) -> bool:
    """Print each mail as soon as it is understood; False where a file could not be read."""
    unreadable: list[str] = []
    first = True
    async for inspected in _understand(files, mailbox, unreadable):
        text = json.dumps(to_json(inspected), ensure_ascii=False) if as_json else explain(inspected)
        if not as_json and not first:
            text = f"\n{text}"
        # As bytes, so that no locale of the terminal can make the output fail.
        typer.echo(text.encode("utf-8", "replace"))
        first = False
    for name in unreadable:
        typer.echo(f"triage: cannot be read: {name}", err=True)
    return not unreadable


async def _understand(files: list[str], mailbox: Mailbox | None, unreadable: list[str]) -> AsyncIterator[Inspected]:
    from triage.daemon.rereading.inspection import open_reader

    async with open_reader() as read:
        for name in _mails(files):
            try:
                raw, truncated = _load(name)
            except OSError:
                unreadable.append(name)
                continue
            yield Inspected(file=name, message=await read(raw), truncated=truncated, mailbox=mailbox)


def _mails(files: list[str]) -> Iterator[str]:
    """Every mail asked for: of a folder the .eml files and those of a Maildir, or all files where there is neither."""
    for name in files:
        path = Path(name)
        if name == _STDIN or not path.is_dir():
            yield name
            continue
        below = sorted(file for file in path.rglob("*") if file.is_file())
        mails = [file for file in below if file.suffix.lower() == ".eml" or file.parent.name in _MAILDIR]
        yield from map(str, mails or below)


def _load(name: str) -> tuple[bytes, bool]:
    """The bytes of one mail, and whether only its beginning was kept."""
    if name == _STDIN:
        raw = sys.stdin.buffer.read(_MAX_BYTES + 1)
    else:
        with Path(name).open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    return (raw[:_TRUNCATED_BYTES], True) if len(raw) > _MAX_BYTES else (raw, False)
