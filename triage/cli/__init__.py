"""The operator's commands, one module a group; the daemon is imported inside them, so that --help stays fast."""

import sys

import typer

from triage.cli import clocks, demo, inspecting, letters, tickets
from triage.cli.ledgers import digests, importing, mails, outbox, reports
from triage.cli.service import checking, database, running, standing, starting

WRONG_USAGE = 2
TRY_AGAIN_LATER = 75

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
app.command("status")(standing.status)
app.command("demo")(demo.demo)
app.command("inspect")(inspecting.inspect)
app.command("due")(clocks.due)
app.command("calendar")(clocks.calendar)
app.command("tickets")(tickets.tickets)
app.command("ticket")(tickets.ticket)
app.add_typer(mails.app, name="mail")
app.add_typer(outbox.app, name="outbox")
app.add_typer(importing.app, name="import")
app.command("digest")(digests.digest)
app.command("report")(reports.report)
app.command("letters")(letters.letters)
app.command("migrate")(database.migrate)


def main() -> None:
    """Run one command; what is wrong with usage, configuration or database is said without a traceback (2, 1, 75)."""
    from triage.model.errors import ConfigurationError, NoConfiguration

    try:
        app()
    except NoConfiguration as error:
        print(f"triage: {error}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    except ConfigurationError as error:
        sys.exit(f"triage: {error}")
    except Exception as error:
        from triage.store.health.trouble import database_trouble

        trouble = database_trouble(error)
        if trouble is None:
            raise
        print(f"triage: the database cannot be used: {trouble.words}; `triage check` says more", file=sys.stderr)
        sys.exit(TRY_AGAIN_LATER)
