"""`triage due` and `triage calendar`: what falls due when and why, and which days do not count.

Both need no configuration and no database, and touch nothing. They print in English, with ISO dates.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from triage.model.codes import Channel, TicketKind

if TYPE_CHECKING:
    from triage.cli.due_text import Question
    from triage.model.standard import BusinessCalendar

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="DIR", envvar="TRIAGE_CONFIG", help="Folder with holidays.toml, standards.toml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def due(
    *,
    received: Annotated[
        str,
        typer.Option(metavar="INSTANT", help="Reception, as 2026-11-27T16:45 (local) or with an offset or Z."),
    ],
    kind: Annotated[
        TicketKind, typer.Option(case_sensitive=False, metavar="KIND", help="PLA complaint, INF information request …")
    ],
    channel: Annotated[
        Channel, typer.Option(case_sensitive=False, metavar="CHANNEL", help="email, phone or other.")
    ] = Channel.EMAIL,
    explain: Annotated[bool, typer.Option("--explain", help="Show each day counted or skipped, and why.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """When each published promise falls due for a matter received at that instant."""
    import json

    from triage.cli.due_text import due_lines, due_object
    from triage.cli.instants import InstantError
    from triage.model.errors import ConfigurationError

    try:
        question = _question(received=received, kind=kind, channel=channel, config=config)
    except InstantError as error:
        _refuse(f"--received: {error}")
    except ConfigurationError as error:
        _refuse(str(error))
    if as_json:
        typer.echo(json.dumps(due_object(question, with_days=explain), ensure_ascii=False))
    else:
        typer.echo("\n".join(due_lines(question, with_days=explain)))


def calendar(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The calendar year.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The holidays in force in a year, where each was read, and who confirmed it."""
    import json

    from triage.cli.calendar_text import calendar_lines, holiday_object, holidays_of
    from triage.model.errors import ConfigurationError
    from triage.settings.dated import FIRST_YEAR, LAST_YEAR

    if not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse(f"YEAR: {year} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    try:
        in_force = _calendar(config)
    except ConfigurationError as error:
        _refuse(str(error))
    if as_json:
        provisional = year not in in_force.listed_years
        for holiday in holidays_of(year, calendar=in_force):
            typer.echo(json.dumps(holiday_object(holiday, provisional=provisional), ensure_ascii=False))
    else:
        typer.echo("\n".join(calendar_lines(year, calendar=in_force)))


def _question(*, received: str, kind: TicketKind, channel: Channel, config: Path | None) -> "Question":
    from triage.cli.due_text import Question
    from triage.cli.instants import parse_instant
    from triage.rules.clocks.explain import explain_dues
    from triage.settings.dated import load_standards

    in_force = _calendar(config)
    received_at = parse_instant(received, zone=in_force.zone)
    explanations = explain_dues(
        received_at=received_at, kind=kind, channel=channel, standards=load_standards(config), calendar=in_force
    )
    return Question(received_at, kind, channel, in_force, explanations)


def _calendar(config: Path | None) -> "BusinessCalendar":
    import os

    from triage.settings.dated import load_calendar
    from triage.settings.zone import load_zone

    return load_calendar(config, zone=load_zone(config, environment=os.environ))


def _refuse(sentence: str) -> NoReturn:
    """Wrong usage: one plain sentence, exit code 2."""
    typer.echo(f"triage: {sentence}", err=True)
    raise typer.Exit(2)
