"""`triage migrate`: the schema of the database."""

from triage.cli.options import ConfigOption, configuration_of


def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this release's schema, all or nothing; stop the daemon and make a backup first."""
    from triage.daemon.build import open_engine
    from triage.store.lease import only_daemon
    from triage.store.schema import migrate as migrate_schema

    engine = open_engine(configuration_of(config))
    with only_daemon(engine):
        before, after = migrate_schema(engine)
    print(f"schema {after}: nothing to do" if before == after else f"schema {before or 'empty'} → {after}")
