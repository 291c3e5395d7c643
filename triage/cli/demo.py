"""`triage demo`: the whole thing on this machine with nothing to configure (extra `demo`)."""

import importlib.util
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

_PAUSE_SECONDS = 1.6  # between two mails, for whoever reads along
_SERVERS = ("pymap", "aiosmtpd")  # what the extra `demo` brings


def demo(
    out: Annotated[
        Path, typer.Option(help="Folder for the mails that leave; made, or emptied of an earlier run.")
    ] = Path("demo-mail"),
    serve: Annotated[
        bool, typer.Option("--serve", help="Tell no story: stay up until Ctrl-C, to join with a mail program.")
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=20, help="So many business days at speed: agents, a supervisor, escalations, figures."),
    ] = None,
) -> None:
    """Show the main job: real daemon, own mailbox and mail server on loopback, people who write; half a minute."""
    if serve and days is not None:
        raise typer.BadParameter("--days tells a story and --serve tells none: choose one")
    missing = [name for name in _SERVERS if importlib.util.find_spec(name) is None]
    if missing:
        print(f"triage demo needs {' and '.join(missing)}: pip install 'triage-plaintes[demo]'", file=sys.stderr)
        raise typer.Exit(2)
    from triage.demo.days.show import run_days
    from triage.demo.gallery import FolderTaken
    from triage.demo.serving.open_house import run_open_house
    from triage.demo.show import run_demo

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show « é » still gets the story
    try:
        if serve:
            code = run_open_house(out, to=sys.stdout)
        elif days is not None:
            code = run_days(out, days, to=sys.stdout)
        else:
            code = run_demo(out, pause_seconds=_PAUSE_SECONDS, to=sys.stdout)
    except FolderTaken as refusal:
        print(refusal, file=sys.stderr)
        raise typer.Exit(2) from None
    raise typer.Exit(code)
