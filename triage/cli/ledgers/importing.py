"""`triage import`: the mail that was there before triage becomes tickets, and nobody is written to about it."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.options import ConfigOption, JsonOption, configuration_of

if TYPE_CHECKING:
    from triage.workflows.importing import Imported

FOUND_PROBLEMS, TRY_AGAIN_LATER = 1, 75

app = typer.Typer(
    no_args_is_help=True,
    help="Bring existing mail: tickets without acknowledgements or notices. Stopped, it goes on where it was.",
)

ClosedOption = Annotated[
    bool, typer.Option("--closed", help="Open the tickets as closed, without clocks: what is over, kept to be found.")
]


@app.command()
def mbox(
    path: Annotated[Path, typer.Argument(help="A file in mbox format.")],
    config: ConfigOption = None,
    closed: ClosedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the mails of an mbox file, as Thunderbird, Dovecot or Google Takeout write them."""
    _bring("mbox", path, config, closed=closed, as_json=as_json)


@app.command()
def maildir(
    path: Annotated[Path, typer.Argument(help="A folder with the folders cur and new in it.")],
    config: ConfigOption = None,
    closed: ClosedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the mails of a Maildir, without its subfolders."""
    _bring("maildir", path, config, closed=closed, as_json=as_json)


def _bring(kind: str, path: Path, config: Path | None, *, closed: bool, as_json: bool) -> None:
    from triage.daemon.rereading.importing import ARCHIVES, bring
    from triage.log import set_up_logging
    from triage.model.errors import NotAnArchive

    configuration = configuration_of(config)
    try:
        archive = ARCHIVES[kind](path)
        set_up_logging("error")
        with _progress(archive.size) as on_progress:
            done = asyncio.run(bring(configuration, archive, closed=closed, on_progress=on_progress))
    except (NotAnArchive, OSError) as why:
        raise typer.BadParameter(f"{path}: {why if isinstance(why, NotAnArchive) else why.strerror}") from None
    except KeyboardInterrupt:
        print("triage: stopped; the same command goes on from there", file=sys.stderr)
        raise typer.Exit(TRY_AGAIN_LATER) from None
    print(json.dumps(_fields(done)) if as_json else "\n".join(_lines(done)))
    if done.waiting:
        raise typer.Exit(FOUND_PROBLEMS)


@contextlib.contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """How far it is, on a terminal; nothing where the standard error goes elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("import"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("import", total=size)
        yield lambda done: bar.update(task, completed=done)


def _fields(done: "Imported") -> dict[str, object]:
    return {"read": done.read, "new": done.new, "waiting": done.waiting, "reasons": dict(done.reasons)}


def _lines(done: "Imported") -> list[str]:
    lines = [f"mails read: {done.read}, new: {done.new}"]
    lines += [f"  {_WORDS.get(reason, reason)}: {count}" for reason, count in done.reasons.items()]
    if done.waiting:
        lines.append(f"  not taken in: {done.waiting}; run the command again, and `triage mail list` shows which")
    return lines


_WORDS = {
    "new_matter": "tickets opened",
    "follow_up": "added to a ticket",
    "duplicate": "known already",
    "automation": "written by machines, no ticket",
    "own_loop": "written by triage, no ticket",
    "oversize": "tickets opened, of mails that are too large to be read whole",
    "unreadable": "tickets opened, of mails that could not be read",
}
