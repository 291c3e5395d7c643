"""`triage init`: a new configuration folder, with only what its owner must fill in.

The shipped promises, holidays and letters apply as they are; a copy of them here would only hide later versions.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

WRONG_USAGE = 2

_FILL_IN = "# >>> FILL IN"
_UNCOMMENTED = ("username", "password_file")  # most mail servers ask who we are
_USABLE = ("since", "url", "password_file")  # what stands there may stay
_SECRETS = ("imap-password", "smtp-password")
_README = """\
The configuration of triage.

triage.toml      your settings. Each key that must be filled in stands below a line "{fill_in}".
imap-password    the password of the mailbox, and nothing else in the file
smtp-password    the password for outgoing mail, likewise

What is not in this folder is taken from what was installed with triage, and follows it at each upgrade.
You may put here, one by one, what you want otherwise:

standards.toml   the published promises and their dates
holidays.toml    the days that do not count; each year is confirmed by a person
escalation.toml  who is reminded of what, and when
staff.toml       who works on complaints: without it nobody is told of a new one
templates/       letters, for instance templates/fr/acknowledgement.txt

They are copied from: {shipped}

Next: fill in triage.toml, write the passwords, then run
    triage check --config {folder}
and, once it finds no problem,
    triage run --config {folder}
"""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist, or is empty.")],
) -> None:
    """Write a new configuration folder, with comments, and say what to do next."""
    from zoneinfo import ZoneInfo

    from triage.settings.defaults import config_dir
    from triage.settings.zone import DEFAULT_ZONE

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        typer.echo(f"triage: {folder} is not empty; nothing was written. Name a new folder.", err=True)
        raise typer.Exit(WRONG_USAGE)
    shipped = config_dir()
    today = datetime.now(ZoneInfo(DEFAULT_ZONE)).date()
    try:
        _write_folder(folder, shipped=shipped, today=today)
    except OSError as error:
        typer.echo(f"triage: {folder} cannot be written ({error.strerror})", err=True)
        raise typer.Exit(WRONG_USAGE) from None
    typer.echo(_next_steps(folder, shipped=shipped, today=today))


def fill_in(shipped: str, *, today: date) -> str:
    """The shipped triage.toml with what must be filled in marked, and `since` set to a first day."""
    lines: list[str] = []
    for line in shipped.splitlines():
        key = line.removeprefix("# ").partition(" = ")[0]
        if " = " in line and (not line.startswith("#") or _is_wanted(key, lines)):
            text = f"since = {today}" if key == "since" else line.removeprefix("# ")
            lines += [text] if key in _USABLE else [_FILL_IN, text]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _is_wanted(key: str, lines: list[str]) -> bool:
    section = next((line for line in reversed(lines) if line.startswith("[")), "")
    return key == "since" or (section in {"[imap]", "[smtp]"} and key in _UNCOMMENTED)


def _write_folder(folder: Path, *, shipped: Path, today: date) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = (shipped / "triage.toml").read_text(encoding="utf-8")
    (folder / "triage.toml").write_text(fill_in(text, today=today), encoding="utf-8")
    readme = _README.format(fill_in=_FILL_IN, shipped=shipped, folder=folder)
    (folder / "README.txt").write_text(readme, encoding="utf-8")
    for name in _SECRETS:
        (folder / name).touch(mode=0o600)  # before there is anything in it to read


def _next_steps(folder: Path, *, shipped: Path, today: date) -> str:
    return f"""\
{folder} is ready to be filled in:

1. Edit {folder / "triage.toml"}: each key below a line "{_FILL_IN}".
   `since` is {today}: mail that arrived before that day is left alone and never acknowledged.
2. Write the passwords into {folder / "imap-password"} and {folder / "smtp-password"}.
3. Put your staff into {folder / "staff.toml"}; its model is {shipped / "staff.toml"}.
4. triage check --config {folder}
5. triage run --config {folder}"""
