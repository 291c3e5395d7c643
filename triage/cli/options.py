"""Options that several commands share, and where their configuration comes from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from triage.settings.loading import Configuration

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration folder; TRIAGE_CONFIG names it otherwise.", metavar="DIR"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]


def configuration_of(config: Path | None) -> "Configuration":
    """The configuration that a command works with; `ConfigurationError` says what is wrong with it."""
    from triage.settings.loading import find_folder, load_configuration

    return load_configuration(find_folder(config))
