"""`triage report`: papers from the database, to the standard output."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from triage.cli.ledgers.access import look
from triage.cli.options import ConfigOption, configuration_of


class Kind(StrEnum):
    """The papers there are."""

    OBSERVATION = "observation"


class Format(StrEnum):
    """The forms of a paper."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def report(
    kind: Annotated[Kind, typer.Argument(help="observation: « ce que triage aurait fait », one week.")],
    config: ConfigOption = None,
    week: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The week of this local day; the last one otherwise."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, html or json.")] = Format.TEXT,
) -> None:
    """Print a paper: counts and numbers of tickets, nothing of any person."""
    from triage.daemon.clock import utc_now
    from triage.daemon.papers import gather_observation, paper_desk
    from triage.papers.observation import observation_json, observation_page, observation_text

    _ = kind  # the only one there is
    zone = paper_desk(configuration_of(config)).zone
    day = None if week is None else week.date()
    figures = look(config, lambda tx: gather_observation(tx, day=day, zone=zone, now=utc_now()))
    match form:
        case Format.JSON:
            print(json.dumps(observation_json(figures), ensure_ascii=False))
        case Format.HTML:
            print(observation_page(figures, zone=zone))
        case Format.TEXT:
            print(observation_text(figures, zone=zone), end="")
