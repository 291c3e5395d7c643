"""`triage migrate`: the schema of the database."""

import typer

from triage.cli.options import ConfigOption, configuration_of

TRY_AGAIN_LATER = 75


def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this release's schema, all or nothing; stop the daemon and make a backup first."""
    from triage.daemon.build import open_engine
    from triage.store.lease import AlreadyRunning, only_daemon
    from triage.store.schema import migrate as migrate_schema

    engine = open_engine(configuration_of(config))
    try:
        with only_daemon(engine):
            before, after = migrate_schema(engine)
    except AlreadyRunning as error:
        typer.echo(f"triage: {error}; stop it first", err=True)
        raise typer.Exit(TRY_AGAIN_LATER) from None
    print(f"schema {after}: nothing to do" if before == after else f"schema {before or 'empty'} → {after}")
