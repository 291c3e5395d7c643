"""The campaigns' Postfix and PostgreSQL: what the checker reads through them is what was stored, byte for byte."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.campaigns.kills import Plan, run_campaign
from tests.campaigns.reading import PostgresqlDatabase
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgresql import Postgresql


def test_postgresql_is_read_in_the_shapes_of_sqlite(postgresql: Postgresql) -> None:
    """Instants are texts in UTC that do not say so, dates are ISO, and a table that is not there is no error."""
    name = postgresql.new_database()
    reading = PostgresqlDatabase(postgresql.url(name))
    instant = "TIMESTAMPTZ '2026-11-22 01:02:03.000004-05'"

    rows = reading.ask(f"SELECT {instant} AS at, {instant} AT TIME ZONE 'UTC' AS bare, DATE '2026-11-22' AS day")
    missing = reading.ask("SELECT * FROM mail")
    reading.close()
    postgresql.drop_database(name)

    text = datetime(2026, 11, 22, 6, 2, 3, 4, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")
    assert [{"at": text, "bare": text, "day": "2026-11-22"}] == rows
    assert missing is None


@pytest.mark.needs_dovecot
@pytest.mark.timeout(300)
def test_mails_survive_kills_on_postgresql_and_postfix(
    dovecot: Dovecot, postgresql: Postgresql, postfix: Postfix, tmp_path: Path
) -> None:
    """Every invariant holds where letters leave through Postfix and rows lie in a durable PostgreSQL."""
    _ = postgresql, postfix  # they skip where a program is missing; the campaign starts its own
    plan = Plan(mails=25, kills=2, seed=3, database="postgresql", relay="postfix")

    figures = run_campaign(plan, dovecot=dovecot, folder=tmp_path)

    assert [] == figures.violations
    assert figures.answers > 0
