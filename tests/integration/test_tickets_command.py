"""`triage tickets`, `ticket` and `migrate`: the promised fields, filters, and words for people."""

import json
import shutil
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.matters import JEANNE, NOW, STRANGER, write_mail
from tests.office import Office
from tests.operator_worlds import Operator
from triage.cli import app
from triage.store.database import Database
from triage.store.engine import make_engine
from triage.store.lease import only_daemon
from triage.store.schema import HEAD
from triage.transport.imap import ImapAccess

TICKET_FIELDS = [
    *("reference", "kind", "status", "received_at", "acknowledged_at", "taken_charge_at", "answered_at"),
    *("assigned_to", "due", "restricted", "flags"),
]
ACCESS = ImapAccess("127.0.0.1", 9, "none", None, "boite", "fictif", "INBOX", "Traités")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration whose servers are not reached."""
    operator = Operator(tmp_path / "config")
    operator.configure(imap=ACCESS, smtp_port=9)
    return operator.folder


@pytest.fixture
async def office(folder: Path, sqlite_template: Path) -> AsyncIterator[Office]:
    """A complaint with a follow-up, a stranger's with her number, and a machine's mail about hers."""
    shutil.copy(sqlite_template, folder / "triage.db")
    database = Database(make_engine(f"sqlite:///{folder / 'triage.db'}"))
    office = Office(database)
    await office.handle(write_mail())
    await office.handle(write_mail("La suite.", message_id="2@client.example", subject="Re: 2026-000001"))
    await office.handle(write_mail("Moi aussi.", sender=STRANGER, message_id="3@x.example", subject="2026-000001"))
    yield office
    database.close()


WITH_A_PROGRAM = (
    f"From: {JEANNE}\r\nTo: plaintes@organisme.example\r\nMessage-ID: <5@client.example>\r\nSubject: Facture\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nVoici.\r\n--b\r\n'
    'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="facture.pdf"\r\n\r\nMZ\r\n--b--\r\n'
).encode()


async def test_what_came_with_a_mail_is_listed_by_its_hash(office: Office, folder: Path) -> None:
    """With what its bytes show it to be, and not what its sender says."""
    await office.handle(WITH_A_PROGRAM)
    _, output = run(folder, "ticket", "2026-000003")
    digest = sha256(b"MZ").hexdigest()

    assert f"file {digest}  facture.pdf  application/pdf  2 bytes  careful: program" in output.splitlines()


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*arguments, "--config", str(folder)])
    return done.exit_code, done.output


def run_json(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    code, output = run(folder, *arguments, "--json")
    assert 0 == code, output
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.usefixtures("office")
def test_tickets_are_listed_with_the_promised_fields(folder: Path) -> None:
    """One object a line, newest first; instants in UTC with Z, dues as `triage due` writes them."""
    newer, older = run_json(folder, "tickets")
    received = "2026-03-02T14:30:00Z"

    assert [TICKET_FIELDS] * 2 == [list(newer), list(older)]
    assert ("2026-000001", "PLA", "new", received, received, None, None, None, False, []) == tuple(
        older[name] for name in TICKET_FIELDS if name != "due"
    )
    dues = {due.pop("standard"): due for due in older["due"]}
    assert "elapsed_hours" == dues["E1"]["clock"]
    assert ("2026-03-03T14:30:00Z", True) == (dues["E1"]["due_at"], dues["E1"]["committed"])
    assert ("2026-03-23", "2026-03-24T04:00:00Z", True) == tuple(
        dues["E2"][name] for name in ("due_on", "due_at", "committed")
    )


@pytest.mark.usefixtures("office")
def test_tickets_are_filtered_and_limited(folder: Path) -> None:
    """By kind, by status, by number; a filter may be repeated."""

    def numbers(*options: str) -> list[object]:
        return [ticket["reference"] for ticket in run_json(folder, "tickets", *options)]

    assert ["2026-000002", "2026-000001"] == numbers("--kind", "PLA", "--kind", "INF")
    assert ["2026-000002"] == numbers("--limit", "1")
    assert [] == numbers("--status", "closed")
    assert (0, "no tickets\n") == run(folder, "tickets", "--kind", "INF")


@pytest.mark.usefixtures("office")
def test_a_ticket_shows_everything_on_it(folder: Path) -> None:
    """Its mails in and out, and each event with its hash; a stranger's kinship is shown."""
    (hers,) = run_json(folder, "ticket", "2026-000001")
    (strangers,) = run_json(folder, "ticket", "2026-000002")

    assert {*TICKET_FIELDS, "possibly_related", "mails", "outbox", "events"} <= set(hers)
    assert ["new_matter", "follow_up"] == [mail["reason"] for mail in hers["mails"]]
    assert [("acknowledgement", JEANNE, "sent", "2026-03-02T14:30:00Z")] == [
        (mail["kind"], mail["recipient"], mail["state"], mail["sent_at"]) for mail in hers["outbox"]
    ]
    events = [(event["sequence"], event["kind"], event["actor"], len(event["hash"])) for event in hers["events"]]
    assert [(1, "opened", "triage", 64), (2, "notice", "triage", 64), (3, "sent", "triage", 64)] == events[:3]
    assert (None, "2026-000001") == (hers["possibly_related"], strangers["possibly_related"])


@pytest.mark.usefixtures("office")
def test_people_read_lines(folder: Path) -> None:
    """Number, kind, status, days; the story of one ticket below its line; no name, no address, no subject."""
    code, listed = run(folder, "tickets")
    told_code, told = run(folder, "ticket", "2026-000002")

    assert (0, 0) == (code, told_code)
    assert listed.splitlines()[1] == (
        "2026-000001  PLA  new  2026-03-02T14:30:00Z  acknowledged  due E1 2026-03-03T14:30:00Z, E2 2026-03-23"
    )
    assert "possibly related to 2026-000001" in told
    assert "  1  2026-03-02T14:30:00Z  opened PLA new_matter  by triage" in told.splitlines()
    assert "@" not in listed + told


@pytest.mark.usefixtures("office")
def test_a_number_that_does_not_exist_is_wrong_usage(folder: Path) -> None:
    """Exit code 2, and the number."""
    code, output = run(folder, "ticket", "2026-999999")

    assert 2 == code
    assert "there is no ticket 2026-999999" in output


def test_an_empty_database_is_migrated_once(folder: Path) -> None:
    """The steps are told; the second time there is nothing to do."""
    assert (0, f"schema empty → {HEAD}\n") == run(folder, "migrate")
    assert (0, f"schema {HEAD}: nothing to do\n") == run(folder, "migrate")
    assert [] == run_json(folder, "tickets")


def test_a_daemon_is_not_migrated_under_its_feet(folder: Path) -> None:
    """Exit code 75: stop it first."""
    engine = make_engine(f"sqlite:///{folder / 'triage.db'}")
    with only_daemon(engine):
        code, output = run(folder, "migrate")
    engine.dispose()

    assert 75 == code
    assert "another triage works on this database; stop it first" in output


def test_the_specimens_were_received_when_the_test_says() -> None:
    """The figures above stand on this instant."""
    assert "2026-03-02T14:30:00+00:00" == NOW.isoformat()
