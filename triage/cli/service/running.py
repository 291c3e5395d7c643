"""`triage run`: the daemon, or one pass of it."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from triage.cli.options import ConfigOption, configuration_of

TRY_AGAIN_LATER = 75
FOUND_PROBLEMS = 1


def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="One full pass, then the end.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first local day whose mail is treated, for a folder that is new."),
    ] = None,
) -> None:
    """Watch the mailbox, open tickets, acknowledge, until SIGTERM."""
    import asyncio

    from triage.daemon.running import run_forever, run_once
    from triage.log import set_up_logging
    from triage.model.errors import ConfigurationError, MailboxRefused, MailboxUnavailable
    from triage.store.lease import AlreadyRunning

    configuration = configuration_of(config)
    if since is not None:
        configuration = configuration.since(since.date())
    set_up_logging(configuration.settings.logging.level)
    ended: tuple[BaseException, int] | None = None
    try:
        asyncio.run(run_once(configuration) if once else run_forever(configuration))
    # What a loop raises comes in a group, and so would an exception that left one of these blocks.
    except* (MailboxUnavailable, AlreadyRunning) as group:
        ended = group.exceptions[0], TRY_AGAIN_LATER
    except* (MailboxRefused, ConfigurationError) as group:
        ended = group.exceptions[0], FOUND_PROBLEMS
    if ended is not None:
        error, code = ended
        print(f"triage: {error}", file=sys.stderr)
        raise typer.Exit(code)
