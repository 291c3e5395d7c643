"""The operator's commands, one module a group; the daemon is imported inside them, so that --help stays fast."""

import sys

import typer

from triage.cli import checking, clocks, database, demo, inspecting, running, starting, tickets

app = typer.Typer(
    name="triage",
    help="The daemon that runs a public body's complaints mailbox.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local variables would show the mail of citizens
)
app.command("run")(running.run)
app.command("init")(starting.init)
app.command("check")(checking.check)
app.command("demo")(demo.demo)
app.command("inspect")(inspecting.inspect)
app.command("due")(clocks.due)
app.command("calendar")(clocks.calendar)
app.command("tickets")(tickets.tickets)
app.command("ticket")(tickets.ticket)
app.command("migrate")(database.migrate)


def main() -> None:
    """Run one command; what is wrong with the configuration is said without a traceback, with exit code 1."""
    from triage.model.errors import ConfigurationError

    try:
        app()
    except ConfigurationError as error:
        sys.exit(f"triage: {error}")
