"""`triage digest` as an operator runs it: it prints, sends once, and prints other days without sending."""

import json
from pathlib import Path

import pytest

from tests.digest_worlds import Desk
from tests.operator_worlds import Operator
from triage.daemon.clock import utc_now
from triage.store.engine import make_engine, snapshot
from triage.store.ledgers.outgoing import OutgoingFilter, list_outgoing
from triage.store.schema import migrate
from triage.transport.imap import ImapAccess

MEMBERS = """
intake_team = ["marie"]
restricted_handlers = ["nathalie"]

[[member]]
id = "marie"
name = "Marie Fiction"
title = "Conseillère"
phone = "418 555-0101"
address = "marie@organisme.example"
roles = ["agent"]

[[member]]
id = "nathalie"
name = "Nathalie Fiction"
title = "Cheffe"
phone = "418 555-0102"
address = "nathalie@organisme.example"
roles = ["supervisor"]
"""


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """A folder with a database, one complaint of this minute, and one supervisor."""
    operator = Operator(tmp_path / "config")
    operator.configure(
        imap=ImapAccess(
            host="127.0.0.1", port=1, tls="none", ca_file=None, username="x", password="y", inbox="INBOX", processed="T"
        ),
        smtp_port=1,
    )
    (operator.folder / "staff.toml").write_text(MEMBERS, encoding="utf-8")
    engine = make_engine(f"sqlite:///{operator.folder / 'triage.db'}")
    migrate(engine)
    Desk(engine).open(utc_now())
    engine.dispose()
    return operator


def outbox(operator: Operator) -> list[tuple[str, str]]:
    """Recipient and state of what waits."""
    engine = make_engine(f"sqlite:///{operator.folder / 'triage.db'}")
    with snapshot(engine) as tx:
        found = [(each.recipient, each.state) for each in list_outgoing(tx, OutgoingFilter())]
    engine.dispose()
    return found


def test_it_prints_and_sends_once(operator: Operator) -> None:
    """A dry run leaves the outbox alone; a second sending finds the first one there, and tells that it waits."""
    dry, first, again = (operator.run("digest", *more) for more in (("--dry-run",), (), ()))

    assert [0, 0, 0] == [each.returncode for each in (dry, first, again)], first.stderr
    assert "nathalie\n\nPlaintes et commentaires\u00a0: bilan du " in dry.stdout
    assert dry.stdout == first.stdout
    assert "En file d’attente\u00a0: 1\u00a0courriel" in again.stdout
    assert ["", "put in the outbox: 1; there already: 0\n", "put in the outbox: 0; there already: 1\n"] == [
        each.stderr for each in (dry, first, again)
    ]
    assert [("nathalie@organisme.example", "pending")] == outbox(operator)


def test_figures_as_json(operator: Operator) -> None:
    """One object for each supervisor, with whole numbers."""
    done = operator.run("digest", "--dry-run", "--json")
    found = json.loads(done.stdout)
    line = next(line for section in found["sections"] for line in section["lines"])

    assert ("nathalie", 1, "PLA", "new") == (found["staff"], line["number"], line["kind"], line["status"])
    assert ["E1", "E2", "E3"] == [each["standard"] for each in found["figures"]["standards"]]
    assert (0, 0, 1, 0) == tuple(
        found["figures"]["standards"][0][key] for key in ("met", "counted", "pending", "margin")
    )


@pytest.mark.parametrize("options", [("--date", "2026-12-07"), ("--to", "marie"), ("--to", "nobody")])
def test_what_makes_no_sense_is_refused(operator: Operator, options: tuple[str, ...]) -> None:
    """Another day is not sent, and who is no supervisor gets no digest (exit code 2)."""
    assert 2 == operator.run("digest", *options).returncode
    assert [] == outbox(operator)


def test_another_day_is_printed(operator: Operator) -> None:
    """As of its morning."""
    done = operator.run("digest", "--date", "2027-01-05", "--to", "nathalie", "--dry-run")

    assert "bilan du mardi 5\u00a0janvier 2027" in done.stdout
    assert [] == outbox(operator)


def test_who_only_observes_sends_none(operator: Operator) -> None:
    """Printing remains."""
    file = operator.folder / "triage.toml"
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[delivery]\nmode = "observe"\n', encoding="utf-8")
    refused, printed = operator.run("digest"), operator.run("digest", "--dry-run")

    assert (1, 0) == (refused.returncode, printed.returncode)
    assert "nothing leaves" in refused.stderr
    assert [] == outbox(operator)
