"""`triage check`: whether all that the daemon needs is there, and what mends it where it is not."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.options import ConfigOption, JsonOption

if TYPE_CHECKING:
    from pathlib import Path

    from triage.model.health import Finding

FOUND_PROBLEMS, WRONG_USAGE = 1, 2

_WORDS = {"ok": "ok", "warning": "warning", "problem": "PROBLEM"}


def check(
    config: ConfigOption = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Send one mail to a plus address of the mailbox and wait for it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify all that can be reached, in plain words; no mail is sent (unless --probe), no ticket made."""
    import asyncio

    from triage.model.errors import ConfigurationError
    from triage.settings.loading import find_folder

    try:
        folder = find_folder(config)
    except ConfigurationError as error:
        typer.echo(f"triage: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None
    found = asyncio.run(_print_all(folder, probe=probe, as_json=as_json))
    if not as_json:
        typer.echo(_closing(found))
    if found["problem"]:
        raise typer.Exit(FOUND_PROBLEMS)


async def _print_all(folder: "Path", *, probe: bool, as_json: bool) -> dict[str, int]:
    """Print each finding as soon as it is known; the answer is how many there were of each level."""
    from triage.daemon.checking.report import check_everything

    found = dict.fromkeys(_WORDS, 0)
    async for finding in check_everything(folder, probe=probe):
        found[finding.level] += 1
        text = json.dumps(finding_fields(finding), ensure_ascii=False) if as_json else finding_lines(finding)
        typer.echo(text.encode("utf-8", "replace"))
    return found


def finding_fields(finding: "Finding") -> dict[str, str]:
    """A finding in JSON."""
    return {
        "check": finding.check,
        "level": finding.level.value,
        "sentence": finding.sentence,
        "mend": finding.mend,
    }


def finding_lines(finding: "Finding") -> str:
    """A finding for a person: the level first, the mend below."""
    line = f"{_WORDS[finding.level.value]:<8} {finding.check}: {finding.sentence}"
    return f"{line}\n{'':<8} -> {finding.mend}" if finding.mend else line


def _closing(found: dict[str, int]) -> str:
    problems, warnings = found["problem"], found["warning"]
    if not problems:
        return f"\nThe daemon can run ({warnings} warnings)." if warnings else "\nThe daemon can run."
    return f"\n{problems} problems, {warnings} warnings: mend the problems before the daemon runs."
